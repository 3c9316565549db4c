import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import type { StreamRecord } from '../demo-state.ts';
import { encodeEvent } from '../encode-event.ts';
import { dropConnection, eventStream, quietTime } from '../event-stream.ts';

/** Bytes as `JSON.stringify` writes a Buffer of Node. */
const asBuffer = (bytes: Uint8Array) => ({ type: 'Buffer', data: [...bytes] });

/** Bytes in base64 (RFC 4648), by what Node and a service worker both have. */
const asBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** One wave of the picture: a path across it at some height. */
function wave(y: number): string {
  const bends = Array.from({ length: 8 }, (_, index) => `T${80 + index * 40} ${y}`);
  return `<path d="M0 ${y} Q20 ${y - 14} 40 ${y} ${bends.join(' ')}"/>`;
}

/** The file that is sent: a picture of a river, as text. */
const PICTURE = new TextEncoder().encode(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180">' +
    '<rect width="320" height="180" fill="#cfe6f7"/><circle cx="248" cy="46" r="24" fill="#f6b73c"/>' +
    '<path d="M0 96 L70 40 L128 92 L180 56 L236 98 L320 70 V180 H0Z" fill="#4d7d57"/>' +
    '<rect y="96" width="320" height="84" fill="#1f6f9f"/>' +
    `<g fill="none" stroke="#e6f4ff" stroke-width="3">${[112, 132, 152, 172].map(wave).join('')}</g></svg>`,
);

/** The order in which the slices go: `?order=shuffled` mixes it, `?repeat=5` sends every fifth twice. */
function sendingOrder(context: DemoContext, total: number): number[] {
  const isShuffled = context.req.query('order') === 'shuffled';
  // A stride that has no factor in common with a small total visits every slice once.
  const indexes = Array.from({ length: total }, (_, place) =>
    isShuffled ? (place * 7 + 3) % total : place,
  );
  const repeat = numberOf(context, 'repeat', Number.POSITIVE_INFINITY);
  const lost = numberOf(context, 'lose', Number.NaN);
  return indexes
    .flatMap((index, place) => ((place + 1) % repeat === 0 ? [index, index] : [index]))
    .filter((index) => index !== lost);
}

/** A file in numbered slices, each a Buffer as JSON. The id of an event is its place in the order. */
function fileSlices(context: DemoContext, hasDropped: WeakSet<StreamRecord>): Response {
  const total = Math.max(1, numberOf(context, 'slices', 24));
  const size = Math.ceil(PICTURE.length / total);
  const order = sendingOrder(context, total);
  const record = context.get('record');
  return eventStream(context, async function* (pause) {
    for (let id = nextNumberOf(context); id <= order.length; id += 1) {
      yield* quietTime(context, pause, numberOf(context, 'interval', 100));
      const index = order[id - 1] ?? 0;
      const chunk = asBuffer(PICTURE.subarray(index * size, (index + 1) * size));
      yield encodeEvent({ id, data: JSON.stringify({ index, total, name: 'river.svg', chunk }) });
      if (id === numberOf(context, 'drop', Number.NaN) && !hasDropped.has(record)) {
        hasDropped.add(record);
        await dropConnection(pause);
      }
    }
    yield encodeEvent({ event: 'end', data: 'river.svg' });
  });
}

/** Width and height of a frame, in pixels. */
const FRAME_SIZE = 16;

/** The pixels of one moment of a ripple, four bytes each. */
function frameAt(moment: number): Uint8Array {
  const pixels = new Uint8Array(4 * FRAME_SIZE ** 2);
  for (let place = 0; place < FRAME_SIZE ** 2; place += 1) {
    const [x, y] = [place % FRAME_SIZE, Math.floor(place / FRAME_SIZE)];
    const height = Math.sin(Math.hypot(x - 7.5, y - 7.5) - moment / 2);
    pixels.set([40 + 30 * height, 120 + 60 * height, 190 + 50 * height, 255], 4 * place);
  }
  return pixels;
}

/** A short animation; every frame is one event, its bytes written as text. */
function frames(context: DemoContext): Response {
  const isBuffer = context.req.query('form') === 'buffer';
  return eventStream(context, async function* (pause) {
    for (let moment = 0; moment < numberOf(context, 'count', 30); moment += 1) {
      await pause(numberOf(context, 'interval', 120));
      const frame = frameAt(moment);
      yield encodeEvent({ data: isBuffer ? JSON.stringify(asBuffer(frame)) : asBase64(frame) });
    }
    yield encodeEvent({ event: 'end', data: 'bye' });
  });
}

/**
 * Bytes over a stream of text.
 *
 * - `GET /file-slices`: `{ index, total, name, chunk }` for each slice of a file, `chunk` as Node
 *   writes a Buffer, then `end`. `?slices=24 &interval=100 &order=shuffled &repeat=5 &lose=7`;
 *   `&drop=10` breaks the connection after ten, once
 * - `GET /frames`: 16 by 16 pixels in each event. `?form=base64|buffer &count=30 &interval=120`
 */
export function sliceRoutes(): Hono<DemoEnv> {
  const hasDropped = new WeakSet<StreamRecord>();
  return new Hono<DemoEnv>()
    .get('/file-slices', (context) => fileSlices(context, hasDropped))
    .get('/frames', frames);
}
