import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { dropConnection, eventStream, numberedFrames, quietTime } from '../event-stream.ts';

const numbered = (number: number) => encodeEvent({ id: number, data: `${number}` });

/** A few numbered events, then the connection breaks, or with `?drop=end` the response ends. */
function flaky(context: DemoContext): Response {
  const first = nextNumberOf(context);
  const last = first + numberOf(context, 'every', 4) - 1;
  return eventStream(context, async function* (pause) {
    yield* numberedFrames(context, pause, { first, last, interval: 400 }, numbered);
    if (context.req.query('drop') === 'end') return;
    await dropConnection(pause);
  });
}

/** 503 with Retry-After for the first requests of an id, then numbered events. */
function unavailable(context: DemoContext): Response {
  if (context.get('record').requests <= numberOf(context, 'failures', 2)) {
    return context.text('Down for a moment, back soon.', 503, {
      'Retry-After': `${numberOf(context, 'retry_after', 1)}`,
    });
  }
  const range = { first: nextNumberOf(context), last: Number.POSITIVE_INFINITY, interval: 600 };
  return eventStream(context, (pause) => numberedFrames(context, pause, range, numbered));
}

/** A few events, then silence on an open connection; `?heartbeat=ms` fills it with comments. */
function stalled(context: DemoContext): Response {
  const first = nextNumberOf(context);
  const last = first + numberOf(context, 'after', 3) - 1;
  return eventStream(context, async function* (pause) {
    yield* numberedFrames(context, pause, { first, last, interval: 400 }, numbered);
    yield* quietTime(context, pause, numberOf(context, 'silence', 3_600_000));
  });
}

/** A few events; who comes back after them gets 204: there is no more, do not reconnect. */
function noContent(context: DemoContext): Response {
  const range = {
    first: nextNumberOf(context),
    last: numberOf(context, 'after', 3),
    interval: 400,
  };
  if (range.first > range.last) return context.body(null, 204);
  return eventStream(context, (pause) => numberedFrames(context, pause, range, numbered));
}

/** A few events, then a message that says "that was all". `?form=event` (default) or `data`. */
function sentinel(context: DemoContext): Response {
  const range = {
    first: nextNumberOf(context),
    last: numberOf(context, 'after', 5),
    interval: 300,
  };
  const byData = context.req.query('form') === 'data';
  return eventStream(context, async function* (pause) {
    yield* numberedFrames(context, pause, range, numbered);
    yield encodeEvent(byData ? { data: '[DONE]' } : { event: 'end', data: 'bye' });
  });
}

/**
 * Streams in trouble, and streams that end.
 *
 * - `GET /flaky`: `?every=4 &interval=400 &drop=break|end`
 * - `GET /unavailable`: `?failures=2 &retry_after=1`
 * - `GET /stalled`: `?after=3 &heartbeat= &silence=`
 * - `GET /html`: 200 with a login page
 * - `GET /no-content`: `?after=3`, 204 at once with 0
 * - `GET /sentinel`: `?after=5 &form=event|data`
 */
export function troubleRoutes(): Hono<DemoEnv> {
  const page = '<!doctype html><title>Sign in</title><h1>Please sign in</h1>';
  return new Hono<DemoEnv>()
    .get('/flaky', flaky)
    .get('/unavailable', unavailable)
    .get('/stalled', stalled)
    .get('/html', (context) => context.html(page))
    .get('/no-content', noContent)
    .get('/sentinel', sentinel);
}
