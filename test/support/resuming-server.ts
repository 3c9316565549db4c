import {
  createMockFetch,
  createMockStream,
  encodeMessage,
  type MockFetch,
  type MockStream,
} from 'rivulet/testing';

/** How a server can answer instead of with its stream. */
type Refusal = 'unreachable' | 'silent' | 'busy' | 'busy for 40 s' | 'unauthorized' | 'html';

/** A server that numbers its events and resumes where a client stopped. */
export interface ResumingServer {
  readonly mock: MockFetch;
  /** Most requests that were ever under way at once. */
  readonly mostInProgress: number;
  /** How many events there are so far. */
  readonly count: number;
  /** Makes events and sends them to whoever listens, cut into chunks at these places. */
  emit(events: number, ...cuts: readonly number[]): void;
  /** How the next requests are answered; the stream after that. */
  refuse(...refusals: readonly Refusal[]): void;
  /** From now on the present stream gets nothing more. */
  stall(): void;
  end(): void;
  drop(): void;
  /** Breaks the connection in the middle of an event. */
  dropInside(): void;
}

const REFUSALS: Record<Refusal, () => Response | Promise<Response>> = {
  unreachable: () => Promise.reject(new TypeError('Failed to fetch')),
  silent: () => new Promise(() => {}),
  busy: () => new Response('', { status: 503 }),
  'busy for 40 s': () => new Response('', { status: 503, headers: { 'retry-after': '40' } }),
  unauthorized: () => new Response('', { status: 401 }),
  html: () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
};

const encode = (id: number) => encodeMessage({ id, data: `event ${id}` });

/** Makes a server without events. */
export function createResumingServer(): ResumingServer {
  const refusals: Refusal[] = [];
  let count = 0;
  let mostInProgress = 0;
  let stream: MockStream | null = null;
  /** The last event the present stream got. */
  let sent = 0;

  function send(...cuts: readonly number[]): void {
    let text = '';
    for (; sent < count; sent += 1) text += encode(sent + 1);
    stream?.writeSplit(text, ...cuts.toSorted((left, right) => left - right));
  }

  const mock = createMockFetch(({ headers }) => {
    mostInProgress = Math.max(mostInProgress, mock.inProgress);
    const refusal = refusals.shift();
    if (refusal !== undefined) return REFUSALS[refusal]();
    stream = createMockStream();
    sent = Number(headers.get('last-event-id') ?? 0);
    send();
    return stream;
  });

  return {
    mock,
    get mostInProgress() {
      return mostInProgress;
    },
    get count() {
      return count;
    },
    emit(events, ...cuts) {
      count += events;
      if (stream !== null) send(...cuts);
    },
    refuse: (...names) => void refusals.push(...names),
    stall() {
      stream = null;
    },
    end: () => stream?.close(),
    drop: () => stream?.fail(),
    dropInside() {
      stream?.write(encode(sent + 1).slice(0, -1));
      stream?.fail();
    },
  };
}
