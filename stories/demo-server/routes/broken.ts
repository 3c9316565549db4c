import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { type Pause, streamBody } from '../event-stream.ts';

/** So many steps of a job, each made to text in a way of its own. */
async function* steps(
  context: DemoContext,
  pause: Pause,
  write: (step: number) => string,
): AsyncGenerator<string, void> {
  for (let step = 1; step <= numberOf(context, 'count', 4); step += 1) {
    await pause(numberOf(context, 'interval', 300));
    yield write(step);
  }
}

/** A route that says event stream, whatever it sends. */
function broken(chunks: (context: DemoContext, pause: Pause) => AsyncGenerator<string, void>) {
  return (context: DemoContext): Response =>
    streamBody(context, 'text/event-stream', (pause) => chunks(context, pause));
}

/** Text as it is. */
async function* withoutData(context: DemoContext, pause: Pause) {
  yield* steps(context, pause, (step) => `Step ${step} of the job is done.\n`);
}

/** Fields, and never the blank line that makes a message of them. */
async function* withoutBlankLine(context: DemoContext, pause: Pause) {
  yield* steps(context, pause, (step) => `data: Step ${step}\n`);
}

/** Good messages, then an end that is no event: a bare line, or an event without data. */
async function* withBareEnd(context: DemoContext, pause: Pause) {
  yield* steps(context, pause, (step) => encodeEvent({ id: step, data: `Step ${step}` }));
  yield context.req.query('form') === 'event' ? 'event: end\n\n' : 'end\n\n';
}

/** Silence, then all messages at once: what a client sees behind a proxy that buffers. */
async function heldBack(context: DemoContext): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, numberOf(context, 'hold', 2500)));
  return broken(async function* () {
    const count = numberOf(context, 'count', 12);
    const frames = Array.from({ length: count }, (_, index) =>
      encodeEvent({ id: index + 1, data: `Step ${index + 1}` }),
    );
    yield [...frames, encodeEvent({ event: 'end', data: 'bye' })].join('');
  })(context);
}

/**
 * Servers as they are first written.
 *
 * - `GET /broken/no-data`: text without `data:`. `?count=4 &interval=300`
 * - `GET /broken/no-blank-line`: `data:` lines, and nothing ends a message. `?count=4 &interval=300`
 * - `GET /broken/bare-end`: messages, then `end`, or with `&form=event` an event without data
 * - `GET /broken/held-back`: headers and messages all at once, late. `?hold=2500 &count=12`
 */
export function brokenRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .get('/broken/no-data', broken(withoutData))
    .get('/broken/no-blank-line', broken(withoutBlankLine))
    .get('/broken/bare-end', broken(withBareEnd))
    .get('/broken/held-back', (context) => heldBack(context));
}
