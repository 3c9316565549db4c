/** How many requests can be under way on lines of their own; further ones share the last. */
export const TRACKS = 3;

/** How many requests, and how many waits, are kept. */
const MAX_SPANS = 100;

/** One request, as the `fetch` of the panel saw it. */
export interface WireRequest {
  /** 1 for the first. */
  readonly number: number;
  /** Its line on the time line, from 0. */
  readonly track: number;
  readonly startedAt: number;
  /** When there were headers. */
  readonly answeredAt: number | null;
  readonly status: number | null;
  /** Whether the hook took the answer for a stream. */
  readonly isAccepted: boolean;
  readonly endedAt: number | null;
  /** Whether an error ended it. */
  readonly isBroken: boolean;
  /** Bytes of the body so far; `null` once it cannot be told whose they are. */
  readonly bytes: number | null;
}

/** The time between a request and its repetition. */
export interface WireWait {
  readonly track: number;
  readonly since: number;
  /** When the next request is due; `null` where no callback told. */
  readonly until: number | null;
  readonly endedAt: number | null;
}

/** What takes time on the wire: requests, and the waits between them. */
export interface WireSpans {
  begin(at: number, number: number): void;
  /** Changes a request that is still kept, and returns what it is now. */
  amend(number: number, changes: Partial<WireRequest>): WireRequest | null;
  requests(): readonly WireRequest[];
  waits(): readonly WireWait[];
  /** Requests under way. */
  live(): readonly WireRequest[];
  /** Waits that have not ended. */
  waiting(): readonly WireWait[];
  /** Adds a chunk to the request it belongs to. Returns whether any request was under way. */
  attribute(bytes: number, loaded: number): boolean;
  /** An error was told: it is what ended the request that ended at this moment. */
  breakAt(at: number): void;
  wait(at: number, track: number): void;
  /** When the newest wait will be over. */
  dueAt(until: number): void;
  /** Ends the wait that is due first. */
  stopWaiting(at: number): void;
  /** Forgets what ended before. */
  forget(before: number): void;
}

const hasNotEnded = ({ endedAt }: { readonly endedAt: number | null }) => endedAt === null;

/** Makes the record of requests and waits; it keeps the newest of both. */
export function createWireSpans(): WireSpans {
  let requests: WireRequest[] = [];
  let waits: WireWait[] = [];

  const live = () => requests.filter(hasNotEnded);
  const waiting = () => waits.filter(hasNotEnded);

  function amend(number: number, changes: Partial<WireRequest>): WireRequest | null {
    const index = requests.findIndex((each) => each.number === number);
    const known = requests[index];
    if (known === undefined) return null;
    const amended = { ...known, ...changes };
    requests[index] = amended;
    return amended;
  }

  /** The lowest line without a request under way. */
  function freeTrack(): number {
    const taken = live().map(({ track }) => track);
    const tracks = Array.from({ length: TRACKS }, (_, track) => track);
    return tracks.find((track) => !taken.includes(track)) ?? TRACKS - 1;
  }

  function changeWait(changed: WireWait | undefined, changes: Partial<WireWait>): void {
    waits = waits.map((wait) => (wait === changed ? { ...wait, ...changes } : wait));
  }

  return {
    begin(at, number) {
      requests = requests.slice(1 - MAX_SPANS);
      requests.push({
        number,
        track: freeTrack(),
        startedAt: at,
        answeredAt: null,
        status: null,
        isAccepted: false,
        endedAt: null,
        isBroken: false,
        bytes: 0,
      });
    },
    amend,
    requests: () => [...requests],
    waits: () => waits,
    live,
    waiting,
    attribute(bytes, loaded) {
      const open = live().filter(({ answeredAt }) => answeredAt !== null);
      const matching = open.filter((each) => each.bytes === loaded - bytes);
      const candidates = open.length === 1 || matching.length === 0 ? open : matching;
      const isSure = candidates.length === 1 && (open.length === 1 || matching.length === 1);
      for (const { number, bytes: before } of candidates) {
        // It may be any of several: from here on none of them has a sum that is sure.
        amend(number, { bytes: isSure && before !== null ? before + bytes : null });
      }
      return open.length > 0;
    },
    breakAt(at) {
      const broken = requests.find(({ endedAt, isBroken }) => endedAt === at && !isBroken);
      if (broken !== undefined) amend(broken.number, { isBroken: true });
    },
    wait(at, track) {
      waits = [...waits.slice(1 - MAX_SPANS), { track, since: at, until: null, endedAt: null }];
    },
    dueAt(until) {
      changeWait(waiting().at(-1), { until });
    },
    stopWaiting(at) {
      const dueOf = ({ until }: WireWait) => until ?? at;
      let first: WireWait | undefined;
      for (const wait of waiting()) {
        if (first === undefined || dueOf(wait) < dueOf(first)) first = wait;
      }
      changeWait(first, { endedAt: at });
    },
    forget(before) {
      const isKept = ({ endedAt }: { readonly endedAt: number | null }) =>
        endedAt === null || endedAt >= before;
      requests = requests.filter(isKept);
      waits = waits.filter(isKept);
    },
  };
}
