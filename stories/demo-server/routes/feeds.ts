import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { eventStream, numberedFrames } from '../event-stream.ts';

const LOG_LINES = [
  'INFO  GET /orders 200 in 12 ms',
  'INFO  GET /orders/7 200 in 9 ms',
  'DEBUG cache hit for customer 42',
  'INFO  POST /orders 201 in 31 ms',
  'WARN  queue "mail" holds 120 jobs',
  'INFO  job mail.send done in 214 ms',
  'ERROR payment gateway timed out, will retry',
];

/** A price that wanders the same way at every visit. */
function priceAt(number: number): number {
  return Math.round((100 + 5 * Math.sin(number / 3) + number / 10) * 100) / 100;
}

/** One event of the ticker: a price, and a volume or the state of the market now and then. */
function tickerFrame(number: number): string {
  if (number % 5 === 0) {
    return encodeEvent({
      id: number,
      event: 'volume',
      data: JSON.stringify({ shares: number * 40 }),
    });
  }
  if (number % 7 === 0) {
    const phase = number % 2 === 0 ? 'open' : 'auction';
    return encodeEvent({ id: number, event: 'market', data: JSON.stringify({ phase }) });
  }
  const price = { symbol: 'RVLT', price: priceAt(number) };
  return encodeEvent({ id: number, event: 'price', data: JSON.stringify(price) });
}

/** One reading; every third is broken, by turns cut short and of a wrong type. */
function readingFrame(number: number): string {
  const reading = { number, celsius: Math.round((20 + 3 * Math.sin(number)) * 10) / 10 };
  const whole = JSON.stringify(reading);
  const cut = whole.slice(0, -6);
  const wrong = JSON.stringify({ number, celsius: 'warm' });
  const data = number % 6 === 0 ? wrong : number % 3 === 0 ? cut : whole;
  return encodeEvent({ id: number, data });
}

function logFrame(number: number): string {
  return encodeEvent({ id: number, data: LOG_LINES[number % LOG_LINES.length] ?? '' });
}

const NOTES = [
  'Ada commented on "Headwaters"',
  'Lin shared a map of the delta',
  'Your export is ready',
  'Sam mentioned you in #floods',
  'A new version of "Tributaries" is out',
];

function notificationFrame(number: number): string {
  return encodeEvent({ id: number, data: NOTES[(number - 1) % NOTES.length] ?? '' });
}

/** A route whose events are made from their number. */
function feed(interval: number, frame: (number: number) => string) {
  return (context: DemoContext): Response => {
    const last = numberOf(context, 'count', Number.POSITIVE_INFINITY);
    const range = { first: nextNumberOf(context), last, interval };
    return eventStream(context, (pause) => numberedFrames(context, pause, range, frame));
  };
}

/**
 * Streams of data, endless unless `?count=` ends them.
 *
 * - `GET /ticker`: JSON events named `price`, `volume`, `market`. `?interval=400`
 * - `GET /log`: log lines with a level. `?interval=150`
 * - `GET /notifications`: short notes. `?interval=1200`
 * - `GET /invalid-json`: JSON readings, every third one bad. `?interval=500`
 */
export function feedRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .get('/ticker', feed(400, tickerFrame))
    .get('/log', feed(150, logFrame))
    .get('/notifications', feed(1200, notificationFrame))
    .get('/invalid-json', feed(500, readingFrame));
}
