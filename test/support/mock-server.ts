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

/** A server of scripted streams, with the clock and the page of a test. */
export interface MockServer {
  readonly environment: TestEnvironment;
  readonly requests: readonly RecordedRequest[];
  /** The streams it answered with, oldest first. */
  readonly streams: readonly MockStream[];
  /** How many requests are under way or have a body that is still being read. */
  readonly inProgress: number;
  /** The newest stream. */
  readonly stream: MockStream;
  /** The newest request. */
  readonly request: RecordedRequest;
}

/**
 * Answers every request with an event stream of its own, or as it is told.
 *
 * @param respond `undefined` for the usual answer.
 */
export function createMockServer(
  respond: (...call: Parameters<MockResponder>) => ReturnType<MockResponder> | undefined = () =>
    undefined,
  options: TestEnvironmentOptions = {},
): MockServer {
  const streams: MockStream[] = [];
  const mock = createMockFetch((request, index) => {
    const answer = respond(request, index);
    if (answer !== undefined) return answer;
    const stream = createMockStream();
    streams.push(stream);
    return stream;
  });
  return {
    environment: createTestEnvironment({ fetch: mock.fetch, ...options }),
    requests: mock.requests,
    streams,
    get inProgress() {
      return mock.inProgress;
    },
    get stream() {
      return newest(streams);
    },
    get request() {
      return newest(mock.requests);
    },
  };
}

function newest<TItem>(items: readonly TItem[]): TItem {
  const item = items.at(-1);
  if (item === undefined) throw new Error('There was no request so far.');
  return item;
}

/** What a server and a page see of a library that has let go of everything. */
export function leftBehind({ environment, inProgress }: MockServer): object {
  return { ...environment.pending(), inProgress };
}

/** {@link leftBehind} after a complete cleanup. */
export const NOTHING_LEFT: object = { timers: 0, listeners: 0, inProgress: 0 };
