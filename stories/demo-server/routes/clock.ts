import { Hono } from 'hono';
import { type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { eventStream, numberedFrames } from '../event-stream.ts';

const LETTERS = 'Streams tell their story one letter at a time. ♪';

/** Seconds as `mm:ss`. */
function stopwatch(seconds: number): string {
  return [Math.floor(seconds / 60), seconds % 60]
    .map((value) => `${value}`.padStart(2, '0'))
    .join(':');
}

/**
 * Streams without trouble.
 *
 * - `GET /clock`: a stopwatch with numbered events. `?interval=1000 &count= &retry= &heartbeat=`
 * - `GET /named`: `title`, then one `lol` for each character of a text, then `end`. `?text= &interval=80`
 */
export function clockRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .get('/clock', (context) => {
      const last = numberOf(context, 'count', Number.POSITIVE_INFINITY);
      const range = { first: nextNumberOf(context), last, interval: 1000 };
      return eventStream(context, (pause) =>
        numberedFrames(context, pause, range, (number) =>
          encodeEvent({ id: number, data: stopwatch(number) }),
        ),
      );
    })
    .get('/named', (context) => {
      const characters = [...(context.req.query('text') ?? LETTERS)];
      const range = { first: nextNumberOf(context), last: characters.length, interval: 80 };
      return eventStream(context, async function* (pause) {
        yield encodeEvent({ event: 'title', data: 'One letter at a time' });
        yield* numberedFrames(context, pause, range, (number) =>
          encodeEvent({ id: number, event: 'lol', data: characters[number - 1] ?? '' }),
        );
        // WHATWG HTML 9.2.6: a block without data is no event, so the end has some.
        yield encodeEvent({ event: 'end', data: 'bye' });
      });
    });
}
