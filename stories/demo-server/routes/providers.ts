import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { type Pause, streamBody } from '../event-stream.ts';

const ANSWER =
  'Most begin where nobody would call them a river: in a bog, under a glacier, at a spring that a ' +
  'boot can cover. What makes one is not its beginning but that everything on the way runs into it.';

/** The end of an answer that the provider gives up. */
const OVERLOADED = { error: { message: 'The model is overloaded.', type: 'server_error' } };

const chunk = (delta: object, finishReason: string | null = null) =>
  encodeEvent({
    data: JSON.stringify({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    }),
  });

/** The chunks of one answer, from the role of who speaks to what it cost. */
async function* chunks(context: DemoContext, pause: Pause): AsyncGenerator<string> {
  const words = ANSWER.split(/(?= )/);
  const after = numberOf(context, 'after', 12);
  const trouble = context.req.query('trouble');
  yield chunk({ role: 'assistant', content: '' });
  for (const content of trouble === undefined ? words : words.slice(0, after)) {
    await pause(numberOf(context, 'interval', 60));
    yield chunk({ content });
  }
  if (trouble === 'cut') return;
  if (trouble === 'in-band') {
    yield encodeEvent({ data: JSON.stringify(OVERLOADED) });
  } else {
    yield chunk({}, 'stop');
    const usage = { completion_tokens: words.length };
    yield encodeEvent({ data: JSON.stringify({ choices: [], usage }) });
  }
  yield encodeEvent({ data: '[DONE]' });
}

/**
 * Answers in the wire form of a provider of language models, as a server of yours would pass them on.
 *
 * - `POST /completions`: chat completions of OpenAI. `?interval=60`; `?trouble=cut|in-band &after=12`
 */
export function providerRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>().post('/completions', (context) =>
    streamBody(context, 'text/event-stream; charset=utf-8', (pause) => chunks(context, pause)),
  );
}
