import type { ErrorInfo, Status, StreamError } from 'rivulet/core';
import {
  createMockFetch,
  createMockStream,
  createTestEnvironment,
  type MockResponder,
  type MockStream,
  type RecordedRequest,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from 'rivulet/testing';

type Chunk = string | Uint8Array;

/** What a server on a wire sends. */
export interface WireOptions extends TestEnvironmentOptions {
  /** Default `text/plain`; `null` for none. */
  readonly contentType?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Answers a request; `undefined` for a stream that the test writes. */
  readonly respond?:
    | ((...call: Parameters<MockResponder>) => ReturnType<MockResponder> | undefined)
    | undefined;
}

/** The far end of streamed requests, with a clock to move and a log of the callbacks. */
export interface Wire {
  readonly environment: TestEnvironment;
  /** `environment`, and callbacks that write to `log` and `errors`. */
  readonly options: {
    readonly environment: TestEnvironment;
    readonly onStatusChange: (status: Status, previous: Status) => void;
    readonly onOpen: (response: Response) => void;
    readonly onError: (error: StreamError, info: ErrorInfo) => void;
  };
  readonly log: string[];
  readonly errors: StreamError[];
  readonly requests: readonly RecordedRequest[];
  readonly streams: readonly MockStream[];
  /** The newest stream. */
  readonly stream: MockStream;
  /** The newest request. */
  readonly request: RecordedRequest;
  /** Requests under way or with a body that is being read. */
  readonly inProgress: number;
  /** Writes to the newest stream, each argument a chunk, and lets it be read. */
  send(...chunks: readonly Chunk[]): Promise<void>;
  /** Ends the newest stream and lets that be noticed. */
  close(): Promise<void>;
  /** Breaks the newest stream and lets that be noticed. */
  drop(): Promise<void>;
}

/** Makes a wire; every request gets a stream of its own. */
export function createWire({ respond, contentType, headers, ...page }: WireOptions = {}): Wire {
  const streams: MockStream[] = [];
  const log: string[] = [];
  const errors: StreamError[] = [];
  const type = contentType === undefined ? 'text/plain' : contentType;
  const mock = createMockFetch((request, index) => {
    const answer = respond?.(request, index);
    if (answer !== undefined) return answer;
    const stream = createMockStream({
      headers: { ...(type !== null && { 'content-type': type }), ...headers },
    });
    streams.push(stream);
    return stream;
  });
  const environment = createTestEnvironment({ fetch: mock.fetch, ...page });

  const wire: Wire = {
    environment,
    options: {
      environment,
      onStatusChange: (status, previous) => void log.push(`${previous} -> ${status}`),
      onOpen: ({ status }) => void log.push(`opened with ${status}`),
      onError(error, { willRetry }) {
        log.push(`${error.code}, ${willRetry ? 'will retry' : 'final'}`);
        errors.push(error);
      },
    },
    log,
    errors,
    requests: mock.requests,
    streams,
    get stream() {
      return newest(streams);
    },
    get request() {
      return newest(mock.requests);
    },
    get inProgress() {
      return mock.inProgress;
    },
    async send(...chunks) {
      await environment.settle();
      for (const chunk of chunks) wire.stream.write(chunk);
      await environment.settle();
    },
    async close() {
      await environment.settle();
      wire.stream.close();
      await environment.settle();
    },
    async drop() {
      await environment.settle();
      wire.stream.fail();
      await environment.settle();
    },
  };
  return wire;
}

function newest<TItem>(items: readonly TItem[]): TItem {
  const item = items.at(-1);
  if (item === undefined) throw new Error('There was no request so far.');
  return item;
}

/** All that a run may leave behind; nothing, after a complete cleanup. */
export function leftOn({ environment, inProgress }: Wire): object {
  return { ...environment.pending(), inProgress };
}

/** {@link leftOn} after a complete cleanup. */
export const NOTHING_LEFT_ON_WIRE: object = { timers: 0, listeners: 0, inProgress: 0 };

/** The chunks of a body that is cut at these positions. */
function cutAt(body: Chunk, ...positions: readonly number[]): Uint8Array[] {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const ends = [...positions, bytes.length];
  return ends
    .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    .filter((chunk) => chunk.length > 0);
}

/** A body in one piece, cut in two at every byte, and in single bytes. */
export function everyCut(body: Chunk): Uint8Array[][] {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const positions = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => index + 1);
  return [
    [bytes],
    ...positions.map((position) => cutAt(bytes, position)),
    cutAt(bytes, ...positions),
  ];
}
