import type { DemoContext } from './demo-request.ts';
import { numberOf } from './demo-request.ts';
import { encodeComment, encodeEvent } from './encode-event.ts';

/** Resolves after a number of ms; rejects when the client goes away, which ends the generator. */
export type Pause = (ms: number) => Promise<void>;

/** Thrown by a generator of frames: the connection breaks in the middle of the response. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

/** Breaks the connection, once what was sent has left: a broken one takes the rest with it. */
export async function dropConnection(pause: Pause): Promise<never> {
  await pause(250);
  throw new ConnectionDropped();
}

function createPause(gone: AbortSignal): Pause {
  return (ms) =>
    new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        reject(gone.reason);
      };
      const timer = setTimeout(() => {
        gone.removeEventListener('abort', leave);
        resolve();
      }, ms);
      if (gone.aborted) leave();
      else gone.addEventListener('abort', leave, { once: true });
    });
}

/** The chunks of a body, text or bytes, one for each read. */
type Chunks = (pause: Pause) => AsyncGenerator<string | Uint8Array, void>;

/** Nothing between server and page may keep or hold back a stream. */
const STREAM_HEADERS = {
  'Cache-Control': 'no-cache',
  // nginx and its relatives hold back a response unless they are told not to.
  'X-Accel-Buffering': 'no',
};

/**
 * A body of the chunks a generator yields, one for each read, so the pace is the generator's. When
 * the client goes away the generator is ended, its pause rejected.
 *
 * Only the `cancel` of the body says so everywhere: in a service worker the signal of a request
 * never aborts.
 */
export function streamBody(context: DemoContext, contentType: string, chunks: Chunks): Response {
  const record = context.get('record');
  const gone = new AbortController();
  const iterator = chunks(createPause(gone.signal));
  const encoder = new TextEncoder();
  let finished = false;
  record.open += 1;

  function finish(): void {
    if (!finished) record.open -= 1;
    finished = true;
  }

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const { done, value } = await iterator.next();
      if (!done) {
        return controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
      }
      finish();
      controller.close();
    } catch (error) {
      if (finished) return;
      finish();
      // Node's adapter would log an errored body; closing the socket is the same on the wire.
      if (context.env.outgoing !== undefined) context.env.outgoing.destroy();
      else controller.error(error);
    }
  }

  function cancel(): void {
    finish();
    // One microtask later: an abort that runs listeners inside `cancel` hangs the service worker of
    // WebKit for good, and every stream after it.
    queueMicrotask(() => gone.abort());
    void iterator.return();
  }

  const body = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  return new Response(body, { headers: { 'Content-Type': contentType, ...STREAM_HEADERS } });
}

/**
 * An event stream of the frames a generator yields. It begins with a comment, so that there is a
 * byte at once, and with the reconnection time if `?retry=` asks for one.
 */
export function eventStream(
  context: DemoContext,
  frames: (pause: Pause) => AsyncGenerator<string, void>,
): Response {
  const retry = context.req.query('retry');
  return streamBody(context, 'text/event-stream; charset=utf-8', async function* (pause) {
    const connected = encodeComment('connected');
    yield retry === undefined ? connected : connected + encodeEvent({ retry: Number(retry) });
    yield* frames(pause);
  });
}

/** Waits; with `?heartbeat=ms` it yields a comment that often, as servers do in silent times. */
export async function* quietTime(
  context: DemoContext,
  pause: Pause,
  ms: number,
): AsyncGenerator<string, void> {
  const heartbeat = Math.max(1, numberOf(context, 'heartbeat', Number.POSITIVE_INFINITY));
  for (let left = ms; left > 0; left -= heartbeat) {
    await pause(Math.min(left, heartbeat));
    if (left > heartbeat) yield encodeComment('heartbeat');
  }
}

/** The frames of the numbers from `first` to `last`, `?interval=` ms apart. */
export async function* numberedFrames(
  context: DemoContext,
  pause: Pause,
  range: { readonly first: number; readonly last: number; readonly interval: number },
  frame: (number: number) => string,
): AsyncGenerator<string, void> {
  const interval = numberOf(context, 'interval', range.interval);
  for (let number = range.first; number <= range.last; number += 1) {
    yield* quietTime(context, pause, interval);
    yield frame(number);
  }
}
