import type { Status, StreamErrorCode } from 'rivulet';
import {
  type ChangedStatus,
  changeText,
  type DataRow,
  isLiveStatus,
  type WireHeader,
  type WireRow,
} from './wire-rows.ts';
import { createWireSpans, type WireRequest, type WireWait } from './wire-spans.ts';

/** How much time the time line shows, in ms. When it is full, its older half makes room. */
export const WINDOW_MS = 10_000;

/** The time line counts together what happens in as many ms. */
export const SLOT_MS = 50;

/** How many rows the log keeps. */
export const MAX_ROWS = 200;

/** What follows within as many ms joins the row of what came before. */
const ROW_MS = 250;

/** How much came in some time. */
export interface WireCounts {
  readonly chunks: number;
  readonly bytes: number;
  readonly messages: number;
  readonly commits: number;
}

/** Sums since the log began. */
interface WireTotals extends WireCounts {
  readonly requests: number;
  readonly errors: number;
  /** What React spent on rendering, in ms. */
  readonly renderMs: number;
}

/** The log at one moment; it does not change any more. Times are ms since the log began. */
export interface WireSnapshot {
  readonly now: number;
  /** Where the time line begins. */
  readonly start: number;
  readonly totals: WireTotals;
  readonly requests: readonly WireRequest[];
  readonly waits: readonly WireWait[];
  /** What came, by the number of its slot of {@link SLOT_MS}. */
  readonly slots: ReadonlyMap<number, WireCounts>;
  /** Newest first. */
  readonly rows: readonly WireRow[];
  /** Requests under way. */
  readonly live: number;
  /** Waits that have not ended. */
  readonly waiting: number;
  /** The earliest known moment of a next request. */
  readonly nextRetryAt: number | null;
  /** Whether there was ever more than one request under way. */
  readonly hasSeveral: boolean;
  /** Whether bytes came while no request was known. */
  readonly hasStrays: boolean;
  /** Whether several hooks were told of the same chunk. */
  readonly isShared: boolean;
}

/** What the callbacks of one story told. Each call says when, in ms since the log began. */
export interface WireLog {
  /** Returns the number of the request. */
  request(
    at: number,
    request: { method: string; url: string; headers: readonly WireHeader[] },
  ): number;
  answer(
    at: number,
    number: number,
    answer: { status: number; statusText: string; headers: readonly WireHeader[] },
  ): void;
  accepted(number: number): void;
  /** The hook let go of the request, however that came. */
  ended(at: number, number: number): void;
  status(at: number, status: Status, previous: Status): void;
  error(
    at: number,
    error: { code: StreamErrorCode; message: string; willRetry: boolean; retryAt: number | null },
  ): void;
  /** @param loaded What the hook counts for the request, this chunk included. */
  chunk(at: number, bytes: number, loaded: number): void;
  /** A further hook was told of the newest chunk. */
  shared(): void;
  message(at: number, preview: string): void;
  commit(at: number, renderMs: number): void;
  snapshot(at: number): WireSnapshot;
}

const NOTHING: WireCounts = { chunks: 0, bytes: 0, messages: 0, commits: 0 };

function sum(left: WireCounts, right: WireCounts): WireCounts {
  return {
    chunks: left.chunks + right.chunks,
    bytes: left.bytes + right.bytes,
    messages: left.messages + right.messages,
    commits: left.commits + right.commits,
  };
}

/** Whether something belongs to a row: it came soon after it, or both are only commits. */
function joins(row: DataRow, at: number, added: WireCounts): boolean {
  const isCommitOnly = row.chunks + row.messages === 0 && added.commits > 0;
  return isCommitOnly || at - row.at < ROW_MS;
}

/**
 * A log that takes the same memory and the same time for every entry, however fast they come: rows,
 * requests and waits are the newest so many; chunks, messages and commits are counted, not kept.
 *
 * It has no clock, no DOM and no React in it.
 */
export function createWireLog(): WireLog {
  const spans = createWireSpans();
  const slots = new Map<number, WireCounts>();
  /** Newest first. */
  const rows: WireRow[] = [];
  let totals: WireTotals = { ...NOTHING, requests: 0, errors: 0, renderMs: 0 };
  let start = 0;
  let newestId = 0;
  let hasSeveral = false;
  let hasStrays = false;
  let isShared = false;
  /** The request that ended last: a status change that follows at once is its outcome. */
  let justEnded: WireRequest | null = null;

  function nextId(): number {
    newestId += 1;
    return newestId;
  }

  function add(row: WireRow): void {
    rows.unshift(row);
    if (rows.length > MAX_ROWS) rows.pop();
  }

  /** Replaces the newest row that matches, among those of this moment. */
  function replace(at: number, change: (row: WireRow) => WireRow | null): boolean {
    for (const [index, row] of rows.entries()) {
      if (row.at !== at) return false;
      const changed = change(row);
      if (changed !== null) {
        rows[index] = changed;
        return true;
      }
    }
    return false;
  }

  /** Makes room on the time line. */
  function moveTo(at: number): void {
    const over = at - (start + WINDOW_MS);
    if (over < 0) return;
    const half = WINDOW_MS / 2;
    start += (Math.floor(over / half) + 1) * half;
    for (const slot of slots.keys()) if (slot < start / SLOT_MS) slots.delete(slot);
    spans.forget(start);
  }

  /** Counts on the time line, in the sums, and in the newest row if that is near enough. */
  function count(at: number, some: Partial<WireCounts>, newest: string | null = null): void {
    moveTo(at);
    const added = { ...NOTHING, ...some };
    const slot = Math.floor(at / SLOT_MS);
    slots.set(slot, sum(slots.get(slot) ?? NOTHING, added));
    totals = { ...totals, ...sum(totals, added) };
    const [last] = rows;
    if (last?.kind === 'data' && joins(last, at, added)) {
      rows[0] = { ...last, ...sum(last, added), newest: newest ?? last.newest };
    } else {
      add({ kind: 'data', id: nextId(), at, ...added, newest });
    }
  }

  /** Puts the change to the end of the request that it follows from. */
  function explainsEnd(at: number, change: ChangedStatus): boolean {
    const ended = justEnded;
    if (ended === null || !isLiveStatus(change.previous) || isLiveStatus(change.status)) {
      return false;
    }
    return replace(at, (row) =>
      row.kind === 'end' && row.number === ended.number ? { ...row, change } : null,
    );
  }

  /** Several hooks of one connection tell the same at the same moment: one row, and their number. */
  function repeats(at: number, change: ChangedStatus): boolean {
    const isSame = (known: ChangedStatus | null) =>
      known !== null && changeText(known) === changeText(change);
    return replace(at, (row) => {
      if (row.kind === 'status' && isSame(row)) return { ...row, count: row.count + 1 };
      if (row.kind !== 'end' || row.change === null || !isSame(row.change)) return null;
      return { ...row, change: { ...row.change, count: row.change.count + 1 } };
    });
  }

  return {
    request(at, { method, url, headers }) {
      moveTo(at);
      const number = totals.requests + 1;
      totals = { ...totals, requests: number };
      spans.begin(at, number);
      hasSeveral ||= spans.live().length > 1;
      add({ kind: 'request', id: nextId(), at, number, method, url, headers });
      return number;
    },
    answer(at, number, { status, statusText, headers }) {
      moveTo(at);
      const request = spans.amend(number, { answeredAt: at, status });
      const afterMs = at - (request?.startedAt ?? at);
      add({ kind: 'answer', id: nextId(), at, number, status, statusText, headers, afterMs });
    },
    accepted(number) {
      spans.amend(number, { isAccepted: true });
    },
    ended(at, number) {
      moveTo(at);
      justEnded = spans.amend(number, { endedAt: at });
      if (justEnded === null) return;
      const { startedAt, bytes } = justEnded;
      const afterMs = at - startedAt;
      add({ kind: 'end', id: nextId(), at, number, afterMs, bytes, change: null });
    },
    status(at, status, previous) {
      moveTo(at);
      const change = { status, previous, count: 1 };
      const isOutcome = explainsEnd(at, change);
      if (!isOutcome && repeats(at, change)) return;
      if (!isOutcome) add({ kind: 'status', id: nextId(), at, ...change });
      if (previous === 'waiting') spans.stopWaiting(at);
      if (status === 'waiting') spans.wait(at, justEnded?.track ?? 0);
      justEnded = null;
    },
    error(at, { code, message, willRetry, retryAt }) {
      moveTo(at);
      const isRepeated = replace(at, (row) =>
        row.kind === 'error' && row.message === message ? { ...row, count: row.count + 1 } : null,
      );
      if (isRepeated) return;
      totals = { ...totals, errors: totals.errors + 1 };
      spans.breakAt(at);
      if (retryAt !== null) spans.dueAt(retryAt);
      const retryInMs = retryAt === null ? null : Math.max(0, retryAt - at);
      add({ kind: 'error', id: nextId(), at, code, message, willRetry, retryInMs, count: 1 });
    },
    chunk(at, bytes, loaded) {
      if (!spans.attribute(bytes, loaded)) hasStrays = true;
      count(at, { chunks: 1, bytes });
    },
    shared() {
      isShared = true;
    },
    message(at, preview) {
      count(at, { messages: 1 }, preview);
    },
    commit(at, renderMs) {
      totals = { ...totals, renderMs: totals.renderMs + renderMs };
      count(at, { commits: 1 });
    },
    snapshot(at) {
      moveTo(at);
      const due = spans.waiting().flatMap(({ until }) => until ?? []);
      return {
        now: at,
        start,
        totals,
        requests: spans.requests(),
        waits: spans.waits(),
        slots: new Map(slots),
        rows: [...rows],
        live: spans.live().length,
        waiting: spans.waiting().length,
        nextRetryAt: due.length === 0 ? null : Math.min(...due),
        hasSeveral,
        hasStrays,
        isShared,
      };
    },
  };
}
