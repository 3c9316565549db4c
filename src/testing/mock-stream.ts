import { type EncodableMessage, encodeMessage } from './encode-message.ts';

/** How the response around a scripted body looks. */
export interface MockStreamOptions {
  /** Default 200. */
  readonly status?: number | undefined;
  /** Default `content-type: text/event-stream`. */
  readonly headers?: HeadersInit | undefined;
}

/** A response body that a test writes step by step. */
export interface MockStream {
  /** The response; its body can be read once. */
  readonly response: Response;
  /** Writes a message; a string is its data. */
  send(message: string | EncodableMessage): void;
  /** Writes text or bytes as one chunk, exactly as they are. */
  write(chunk: string | Uint8Array): void;
  /** Writes text or bytes as chunks that end at these byte positions. */
  writeSplit(chunk: string | Uint8Array, ...positions: readonly number[]): void;
  /** Ends the body cleanly. */
  close(): void;
  /** Breaks the connection; an `AbortError` counts as cancelled by the reader. */
  fail(reason?: unknown): void;
  /** Whether the body is still being read. */
  readonly isOpen: boolean;
  /** Whether the reader cancelled it or the request was aborted. */
  readonly isCancelled: boolean;
}

const aborts = new WeakMap<MockStream, (reason: unknown) => void>();

/** Breaks the body of a stream as fetch does when the request is aborted, for whatever reason. */
export function abortStream(stream: MockStream, reason: unknown): void {
  (aborts.get(stream) ?? stream.fail)(reason);
}

/**
 * A scripted response body. Writing after the reader has left does nothing, as on a real socket.
 *
 * @example
 * const stream = createMockStream();
 * const { fetch } = createMockFetch(() => stream);
 * const source = createEventSource('/api/prices', { fetch });
 * source.start();
 * stream.send({ event: 'price', data: { value: 3 } });
 */
export function createMockStream(options: MockStreamOptions = {}): MockStream {
  const encoder = new TextEncoder();
  let state: 'open' | 'closed' | 'cancelled' = 'open';
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel() {
      state = 'cancelled';
    },
  });

  function write(chunk: string | Uint8Array): void {
    if (state !== 'open') return;
    controller?.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
  }

  function breakOff(as: 'closed' | 'cancelled', reason: unknown): void {
    if (state !== 'open') return;
    state = as;
    controller?.error(reason);
  }

  const stream: MockStream = {
    response: new Response(body, {
      status: options.status ?? 200,
      headers: options.headers ?? { 'content-type': 'text/event-stream' },
    }),
    send(message) {
      write(encodeMessage(typeof message === 'string' ? { data: message } : message));
    },
    write,
    writeSplit(chunk, ...positions) {
      const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
      let start = 0;
      for (const end of [...positions, bytes.length]) {
        if (end > start) write(bytes.subarray(start, end));
        start = Math.max(start, end);
      }
    },
    close() {
      if (state !== 'open') return;
      state = 'closed';
      controller?.close();
    },
    fail(reason = new TypeError('network error')) {
      const isAbort = reason instanceof Error && reason.name === 'AbortError';
      breakOff(isAbort ? 'cancelled' : 'closed', reason);
    },
    get isOpen() {
      return state === 'open';
    },
    get isCancelled() {
      return state === 'cancelled';
    },
  };
  aborts.set(stream, (reason) => breakOff('cancelled', reason));
  return stream;
}
