import type { ProfilerOnRenderCallback } from 'react';
import type { FetchLike, StreamConfigProps, StreamMessage } from 'rivulet';
import { createWireLog, type WireSnapshot } from './wire-log.ts';
import type { WireHeader } from './wire-rows.ts';

/** Listens to the streams of one story, and shows what it heard at most once a frame. */
export interface WireRecorder {
  /** Whether the story had begun before. */
  readonly isLate: boolean;
  /** For `<StreamConfig>`: all that the panel knows of the wire. */
  readonly callbacks: Omit<StreamConfigProps, 'children'>;
  /** For `<Profiler>`. */
  readonly onRender: ProfilerOnRenderCallback;
  /** The log as it was last shown. */
  getSnapshot(): WireSnapshot;
  subscribe(listener: () => void): () => void;
}

/** While nothing comes, the moment on the time line and the countdown move on this often, in ms. */
const TICK_MS = 100;

/** Longest part of a message or header that is shown, in characters. */
const MAX_TEXT = 100;

/** Headers of an answer that decide about a stream. */
const ANSWER_HEADERS = [
  'content-type',
  'content-encoding',
  'content-length',
  'content-range',
  'retry-after',
  'etag',
  'last-modified',
];

/** Starts a record, and with it the time. It has no effect before a callback is called. */
export function createWireRecorder({ isLate }: { isLate: boolean }): WireRecorder {
  const log = createWireLog();
  const startedAt = performance.now();
  const listeners = new Set<() => void>();
  const numbers = new WeakMap<Response, number>();
  const seen = new WeakSet<Uint8Array>();
  /** One time for all that is told in one go: it tells the same change of several hooks. */
  let moment: number | null = null;
  /** To listen to a story that runs, its providers are rendered once. That is no work of the story. */
  let isFirstCommitOurs = isLate;
  let snapshot = log.snapshot(0);
  let frame: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const now = () => performance.now() - startedAt;

  function at(): number {
    if (moment === null) {
      moment = now();
      queueMicrotask(() => {
        moment = null;
      });
    }
    if (listeners.size > 0) showSoon();
    return moment;
  }

  function showSoon(): void {
    frame ??= requestAnimationFrame(show);
  }

  function show(): void {
    frame = null;
    clearTimeout(timer);
    snapshot = log.snapshot(now());
    if (snapshot.live + snapshot.waiting > 0) timer = setTimeout(showSoon, TICK_MS);
    for (const listener of [...listeners]) listener();
  }

  const recordedFetch: FetchLike = async (url, init) => {
    const { method = 'GET', headers, signal } = init;
    const shown = [...new Headers(headers)].map(conceal);
    const number = log.request(at(), { method, url: abbreviated(url), headers: shown });
    // A hook aborts the signal of a request whenever it lets go of it, after a clean end too.
    signal?.addEventListener('abort', () => log.ended(at(), number), { once: true });
    const response = await fetch(url, init);
    numbers.set(response, number);
    const { status, statusText } = response;
    log.answer(at(), number, { status, statusText, headers: headersOf(response) });
    return response;
  };

  return {
    isLate,
    callbacks: {
      fetch: recordedFetch,
      onOpen(response) {
        const number = numbers.get(response);
        if (number !== undefined) log.accepted(number);
      },
      onChunk(bytes, { loaded }) {
        // Hooks that share a connection are all told of its one chunk.
        if (seen.has(bytes)) log.shared();
        else log.chunk(at(), bytes.byteLength, loaded);
        seen.add(bytes);
      },
      onMessage: (message) => log.message(at(), previewOf(message)),
      onStatusChange: (status, previous) => log.status(at(), status, previous),
      onError({ code, message }, { willRetry, nextRetryAt }) {
        const time = at();
        const retryAt = nextRetryAt === null ? null : time + nextRetryAt - Date.now();
        log.error(time, { code, message, willRetry, retryAt });
      },
    },
    onRender(_id, _phase, actualDuration) {
      if (!isFirstCommitOurs) log.commit(at(), actualDuration);
      isFirstCommitOurs = false;
    },
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      showSoon();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        if (frame !== null) cancelAnimationFrame(frame);
        frame = null;
        clearTimeout(timer);
      };
    },
  };
}

function abbreviated(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** A token belongs on the wire, and on no screen. */
function conceal([name, value]: WireHeader): WireHeader {
  const shown = name === 'authorization' ? value.replace(/(?<=^\S+ ).+$/, '…') : value;
  return [name, abbreviated(shown)];
}

function headersOf({ headers }: Response): WireHeader[] {
  return ANSWER_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, abbreviated(value)] as const];
  });
}

/** The beginning of a message, behind the name of its event. */
function previewOf({ event, data }: StreamMessage<unknown> | StreamMessage<Uint8Array>): string {
  const name = event === 'message' ? '' : `${event}: `;
  const text = typeof data === 'string' ? data : `${data.byteLength} bytes`;
  return name + abbreviated(text);
}
