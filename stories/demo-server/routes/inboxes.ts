import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { eventStream, numberedFrames } from '../event-stream.ts';

/** The messages of whoever the token names; 401 without one. */
function inbox(context: DemoContext): Response {
  const user = /^Bearer (\w+)$/.exec(context.req.header('Authorization') ?? '')?.[1];
  if (user === undefined) return context.json({ error: 'Who are you?' }, 401);
  const range = { first: nextNumberOf(context), last: Number.POSITIVE_INFINITY, interval: 500 };
  return eventStream(context, (pause) =>
    numberedFrames(context, pause, range, (number) =>
      encodeEvent({ id: number, data: `Message ${number} for ${user}` }),
    ),
  );
}

/**
 * Streams that differ by user, and only by a header.
 *
 * - `GET /inbox` wants `Authorization: Bearer <user>`: messages for that user. `?interval=500`
 */
export function inboxRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>().get('/inbox', inbox);
}
