import type { FetchLike } from '../core/environment.ts';
import { abortStream, type MockStream } from './mock-stream.ts';

/** A request as the mock received it. */
export interface RecordedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** The body as it was given to fetch; `null` without one. */
  readonly body: BodyInit | null;
  /** The init object that fetch was called with. */
  readonly init: RequestInit;
  /** Whether the request was aborted, before or after its answer. */
  readonly isAborted: boolean;
}

/** Answers a request: a scripted stream, any response, or a throw for a network failure. */
export type MockResponder = (
  request: RecordedRequest,
  /** How many requests came before this one. */
  index: number,
) => MockStream | Response | Promise<MockStream | Response>;

/** A fetch-compatible function that remembers its requests. */
export interface MockFetch {
  readonly fetch: FetchLike;
  /** All requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** How many requests are under way or have a body that is still being read. */
  readonly inProgress: number;
}

/**
 * A function to pass as the option `fetch`. It records every request and, like fetch, rejects or
 * breaks the body when the request is aborted.
 *
 * @example
 * const stream = createMockStream();
 * const mock = createMockFetch(() => stream);
 * const app = <StreamConfig fetch={mock.fetch}>What is tested</StreamConfig>;
 * stream.send({ data: 'Hello' });
 */
export function createMockFetch(respond: MockResponder): MockFetch {
  const requests: RecordedRequest[] = [];
  const live = new Set<() => boolean>();

  async function fetch(url: string, init: RequestInit): Promise<Response> {
    const { signal } = init;
    signal?.throwIfAborted();
    let stream: MockStream | undefined;
    let answered = false;
    const isLive = () => !signal?.aborted && (!answered || stream?.isOpen === true);
    const request: RecordedRequest = {
      url: String(url),
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: init.body ?? null,
      init,
      get isAborted() {
        return signal?.aborted === true;
      },
    };
    requests.push(request);
    live.add(isLive);
    try {
      const answer = respond(request, requests.length - 1);
      const given = await untilAborted(Promise.resolve(answer), signal);
      if (given instanceof Response) return given;
      stream = given;
      signal?.addEventListener('abort', () => abortStream(given, signal.reason), { once: true });
      return given.response;
    } finally {
      answered = true;
    }
  }

  return {
    fetch,
    requests,
    get inProgress() {
      for (const isLive of live) if (!isLive()) live.delete(isLive);
      return live.size;
    },
  };
}

function untilAborted<TValue>(
  promise: Promise<TValue>,
  signal: AbortSignal | null | undefined,
): Promise<TValue> {
  if (signal === null || signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
