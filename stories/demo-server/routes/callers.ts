import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { eventStream, numberedFrames } from '../event-stream.ts';

/** The headers that are the caller's own: those of the browser would differ from one to the next. */
function ownHeaders(context: DemoContext): Record<string, string> {
  const all = Object.entries(context.req.header());
  return Object.fromEntries(
    all.filter(
      ([name]) => ['authorization', 'content-type'].includes(name) || name.startsWith('x-'),
    ),
  );
}

/** The prompt in a JSON body, empty if there is none. */
function promptOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const named = typeof value === 'object' && value !== null && 'prompt' in value;
    return named ? String(value.prompt) : '';
  } catch {
    return '';
  }
}

/** Says back what it was sent, then answers word by word. */
async function prompt(context: DemoContext): Promise<Response> {
  const body = await context.req.text();
  const asked = promptOf(body);
  const answer = `You asked: "${asked}". A good question has ${[...asked].length} letters.`;
  const words = answer.split(/(?<= )/);
  const echo = { method: context.req.method, headers: ownHeaders(context), body };
  const range = { first: 1, last: words.length, interval: 120 };
  return eventStream(context, async function* (pause) {
    yield encodeEvent({ event: 'request', data: JSON.stringify(echo, null, 2) });
    yield* numberedFrames(context, pause, range, (number) =>
      encodeEvent({ event: 'token', data: words[number - 1] ?? '' }),
    );
  });
}

/** A stream for the holder of the newest token; 401 for everybody else. */
function onlyForHolder(context: DemoContext): Response {
  const { tokens } = context.get('record');
  const sent = context.req.header('Authorization');
  if (tokens === 0 || sent !== `Bearer token-${tokens}`) {
    return context.json({ error: 'The token has expired.' }, 401, { 'WWW-Authenticate': 'Bearer' });
  }
  const range = {
    first: nextNumberOf(context),
    last: numberOf(context, 'count', Number.POSITIVE_INFINITY),
    interval: 500,
  };
  return eventStream(context, (pause) =>
    numberedFrames(context, pause, range, (number) =>
      encodeEvent({ id: number, data: `Private message ${number}` }),
    ),
  );
}

/**
 * Streams that look at who is calling.
 *
 * - `POST /prompt` with `{ "prompt": "…" }`: a `request` event that repeats method, headers and
 *   body, then the answer in `token` events. `?interval=120`
 * - `GET /private` wants `Authorization: Bearer <token>`; `POST /token` gives the only valid one
 */
export function callerRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .post('/prompt', (context) => prompt(context))
    .get('/private', onlyForHolder)
    .post('/token', (context) => {
      const record = context.get('record');
      record.tokens += 1;
      return context.json({ token: `token-${record.tokens}` });
    });
}
