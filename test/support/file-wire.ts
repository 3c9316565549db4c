import type { ErrorInfo, Status, StreamError } from 'rivulet/core';
import {
  createMockFetch,
  createMockStream,
  createTestEnvironment,
  type MockStream,
  type MockStreamOptions,
  type RecordedRequest,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from 'rivulet/testing';

/** One answer of a scripted file server. */
export interface FileAnswer extends MockStreamOptions {
  /** The answer is cross-origin, as CORS filters it. */
  readonly isCors?: boolean | undefined;
  /** Sent at once, and then the end. Without it the test writes the body. */
  readonly body?: string | undefined;
  /** Where redirects led to. */
  readonly url?: string | undefined;
}

/** `'refused'`: the request fails before an answer, as after a refused preflight. */
export type ScriptedAnswer = FileAnswer | 'refused';

/** The far end of a download, with a clock to move and a log of the callbacks. */
export interface FileWire {
  readonly environment: TestEnvironment;
  /** `environment`, and callbacks that write to `log`, `errors` and `chunks`. */
  readonly options: {
    readonly environment: TestEnvironment;
    readonly onStatusChange: (status: Status, previous: Status) => void;
    readonly onOpen: (response: Response) => void;
    readonly onError: (error: StreamError, info: ErrorInfo) => void;
    readonly onChunk: (bytes: Uint8Array, progress: { readonly loaded: number }) => void;
  };
  readonly log: string[];
  readonly errors: StreamError[];
  /** What `onChunk` was told: text of the bytes, and how many are loaded. */
  readonly chunks: [text: string, loaded: number][];
  readonly requests: readonly RecordedRequest[];
  readonly streams: readonly MockStream[];
  /** Requests under way or with a body that is being read. */
  readonly inProgress: number;
  /** `Range` and `If-Range` of every request so far; `undefined` for none. */
  readonly ranges: readonly (readonly [range: string | undefined, ifRange: string | undefined])[];
  /** Writes to the newest body, each argument a chunk, and lets it be read. */
  send(...chunks: readonly (string | Uint8Array)[]): Promise<void>;
  /** Ends the newest body and lets that be noticed. */
  close(): Promise<void>;
  /** Breaks the newest body and lets that be noticed. */
  drop(): Promise<void>;
}

function streamFor({ isCors = false, body, url, ...options }: FileAnswer): MockStream {
  const stream = createMockStream({ headers: {}, ...options });
  if (isCors) Object.defineProperty(stream.response, 'type', { value: 'cors' });
  if (url !== undefined) Object.defineProperty(stream.response, 'url', { value: url });
  if (body !== undefined) {
    stream.write(body);
    stream.close();
  }
  return stream;
}

/** Makes a file server that gives these answers in turn, the last of them again and again. */
export function createFileWire(
  answers: readonly ScriptedAnswer[] = [{}],
  page: TestEnvironmentOptions = {},
): FileWire {
  const streams: MockStream[] = [];
  const log: string[] = [];
  const errors: StreamError[] = [];
  const chunks: [string, number][] = [];
  const mock = createMockFetch((_, index) => {
    const answer = answers[index] ?? answers.at(-1) ?? {};
    if (answer === 'refused') throw new TypeError('Failed to fetch');
    // No response of this status can be made with a body.
    if (answer.status === 204) return new Response(null, { status: 204 });
    const stream = streamFor(answer);
    streams.push(stream);
    return stream;
  });
  const environment = createTestEnvironment({ fetch: mock.fetch, ...page });

  async function act(step: (stream: MockStream) => void): Promise<void> {
    await environment.settle();
    const stream = streams.at(-1);
    if (stream === undefined) throw new Error('There was no request so far.');
    step(stream);
    await environment.settle();
  }

  return {
    environment,
    options: {
      environment,
      onStatusChange: (status, previous) => void log.push(`${previous} -> ${status}`),
      onOpen: ({ status }) => void log.push(`opened with ${status}`),
      onError(error, { willRetry }) {
        log.push(`${error.code}, ${willRetry ? 'will retry' : 'final'}`);
        errors.push(error);
      },
      onChunk: (bytes, { loaded }) => void chunks.push([new TextDecoder().decode(bytes), loaded]),
    },
    log,
    errors,
    chunks,
    requests: mock.requests,
    streams,
    get inProgress() {
      return mock.inProgress;
    },
    get ranges() {
      return mock.requests.map(({ headers }) => {
        return [headers.get('range') ?? undefined, headers.get('if-range') ?? undefined] as const;
      });
    },
    send: (...given) => act((stream) => given.forEach(stream.write)),
    close: () => act((stream) => stream.close()),
    drop: () => act((stream) => stream.fail()),
  };
}

/** All that a download may leave behind; {@link NOTHING_LEFT_OF_FILES} after a complete cleanup. */
export function leftOfFiles({ environment, inProgress }: FileWire): object {
  const kept = environment.saved.filter(({ isFreed }) => !isFreed).length;
  return { ...environment.pending(), inProgress, kept };
}

export const NOTHING_LEFT_OF_FILES: object = { timers: 0, listeners: 0, inProgress: 0, kept: 0 };
