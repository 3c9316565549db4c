import { describe, expect, it } from 'vitest';
import {
  createWireLog,
  MAX_ROWS,
  SLOT_MS,
  WINDOW_MS,
  type WireLog,
} from '../../../stories/wire-panel/wire-log.ts';
import type { WireRow } from '../../../stories/wire-panel/wire-rows.ts';
import { TRACKS } from '../../../stories/wire-panel/wire-spans.ts';

const get = { method: 'GET', url: './api/clock', headers: [['accept', '*/*']] } as const;
const ok = { status: 200, statusText: 'OK', headers: [] };
const broken = { code: 'network', message: 'It broke.', willRetry: true } as const;

/** Sends a request and has it accepted. */
function open(log: WireLog, at: number): number {
  const number = log.request(at, get);
  log.answer(at, number, ok);
  log.accepted(number);
  return number;
}

const kinds = (rows: readonly WireRow[]) => rows.map(({ kind }) => kind);

describe('the wire log', () => {
  it('is empty at first, whenever it is looked at', () => {
    expect(createWireLog().snapshot(3000)).toEqual({
      now: 3000,
      start: 0,
      totals: {
        requests: 0,
        chunks: 0,
        bytes: 0,
        messages: 0,
        commits: 0,
        errors: 0,
        renderMs: 0,
      },
      requests: [],
      waits: [],
      slots: new Map(),
      rows: [],
      live: 0,
      waiting: 0,
      nextRetryAt: null,
      hasSeveral: false,
      hasStrays: false,
      isShared: false,
    });
  });

  it('tells the story of a request, newest first', () => {
    const log = createWireLog();
    const number = log.request(10, get);
    log.answer(24, number, ok);
    log.status(24, 'open', 'connecting');
    log.accepted(number);
    expect(log.snapshot(30)).toMatchObject({ live: 1, requests: [{ isAccepted: true }] });
    log.chunk(40, 12, 12);
    log.ended(50, number);
    const { rows, requests, live } = log.snapshot(60);
    expect(rows).toEqual([
      { kind: 'end', id: 5, at: 50, number: 1, afterMs: 40, bytes: 12, change: null },
      expect.objectContaining({ kind: 'data', id: 4, at: 40, chunks: 1, bytes: 12 }),
      { kind: 'status', id: 3, at: 24, status: 'open', previous: 'connecting', count: 1 },
      { kind: 'answer', id: 2, at: 24, number: 1, afterMs: 14, ...ok },
      { kind: 'request', id: 1, at: 10, number: 1, ...get },
    ]);
    expect(requests).toEqual([
      {
        number: 1,
        track: 0,
        startedAt: 10,
        answeredAt: 24,
        status: 200,
        isAccepted: true,
        endedAt: 50,
        isBroken: false,
        bytes: 12,
      },
    ]);
    expect(live).toBe(0);
  });

  it('gives a snapshot that later entries do not change', () => {
    const log = createWireLog();
    const number = open(log, 0);
    log.message(5, 'one');
    const before = log.snapshot(5);
    const copy = structuredClone(before);
    log.message(6, 'two');
    log.ended(7, number);
    expect(before).toEqual(copy);
  });
});

describe('the data of the wire log', () => {
  it('go into one row from chunk to commit, with the newest message', () => {
    const log = createWireLog();
    log.chunk(100, 20, 20);
    log.message(100, 'one');
    log.message(100, 'two');
    log.commit(116, 1.5);
    expect(log.snapshot(200).rows).toEqual([
      {
        kind: 'data',
        id: 1,
        at: 100,
        chunks: 1,
        bytes: 20,
        messages: 2,
        commits: 1,
        newest: 'two',
      },
    ]);
    expect(log.snapshot(200).totals).toMatchObject({ renderMs: 1.5 });
  });

  it('begin a new row after a quarter of a second, and after anything else', () => {
    const log = createWireLog();
    log.message(0, 'a');
    log.message(249, 'b');
    log.message(250, 'c');
    log.status(251, 'open', 'connecting');
    log.message(252, 'd');
    expect(log.snapshot(300).rows).toMatchObject([
      { kind: 'data', at: 252, messages: 1 },
      { kind: 'status' },
      { kind: 'data', at: 250, messages: 1 },
      { kind: 'data', at: 0, messages: 2 },
    ]);
  });

  it('put commits without data into one row, however long they go on', () => {
    const log = createWireLog();
    for (let at = 0; at < 5000; at += 100) log.commit(at, 0);
    log.message(5000, 'a');
    log.commit(5010, 0);
    expect(log.snapshot(5020).rows).toMatchObject([
      { messages: 1, commits: 1 },
      { messages: 0, commits: 50 },
    ]);
  });

  it('are counted in slots of the time line', () => {
    const log = createWireLog();
    log.chunk(0, 10, 10);
    log.chunk(SLOT_MS - 1, 10, 20);
    log.chunk(SLOT_MS, 10, 30);
    log.message(2 * SLOT_MS, '');
    log.commit(2 * SLOT_MS, 0);
    expect([...log.snapshot(200).slots]).toEqual([
      [0, { chunks: 2, bytes: 20, messages: 0, commits: 0 }],
      [1, { chunks: 1, bytes: 10, messages: 0, commits: 0 }],
      [2, { chunks: 0, bytes: 0, messages: 1, commits: 1 }],
    ]);
  });
});

describe('the memory of the wire log', () => {
  it('has a limit for a burst without end, and every message is counted', () => {
    const log = createWireLog();
    const number = open(log, 0);
    for (let count = 1; count <= 100_000; count += 1) {
      log.chunk(count, 8, 8 * count);
      log.message(count, `${count}`);
    }
    log.ended(100_001, number);
    const { rows, slots, totals } = log.snapshot(100_001);
    expect(rows).toHaveLength(MAX_ROWS);
    expect(rows[0]).toMatchObject({ kind: 'end', bytes: 800_000 });
    expect(slots.size).toBeLessThanOrEqual(WINDOW_MS / SLOT_MS);
    expect(totals).toMatchObject({ chunks: 100_000, bytes: 800_000, messages: 100_000 });
  });

  it('has a limit for a storm of requests, of which the newest stay', () => {
    const log = createWireLog();
    for (let at = 0; at < 1000; at += 1) log.ended(at, open(log, at));
    const { requests, totals, rows } = log.snapshot(1000);
    expect(totals.requests).toBe(1000);
    expect(requests).toHaveLength(100);
    expect(requests.at(-1)?.number).toBe(1000);
    expect(rows).toHaveLength(MAX_ROWS);
  });

  it('has a limit for waits', () => {
    const log = createWireLog();
    for (let at = 0; at < 1000; at += 2) {
      log.status(at, 'waiting', 'open');
      log.status(at + 1, 'connecting', 'waiting');
    }
    expect(log.snapshot(1000).waits).toHaveLength(100);
  });

  it('lets go of the older half when the time line is full, but not of what still runs', () => {
    const log = createWireLog();
    const early = open(log, 0);
    log.ended(100, early);
    const running = open(log, 200);
    log.chunk(300, 5, 5);
    const recent = open(log, 400);
    log.ended(WINDOW_MS / 2, recent);
    log.chunk(WINDOW_MS - 1, 5, 10);
    expect(log.snapshot(WINDOW_MS - 1)).toMatchObject({ start: 0, requests: [{}, {}, {}] });
    const { start, requests, slots } = log.snapshot(WINDOW_MS);
    expect(start).toBe(WINDOW_MS / 2);
    expect(requests.map(({ number }) => number)).toEqual([running, recent]);
    expect([...slots.keys()]).toEqual([WINDOW_MS / SLOT_MS - 1]);
    expect(log.snapshot(10 * WINDOW_MS).start).toBe(9.5 * WINDOW_MS);
  });
});

describe('a retry in the wire log', () => {
  it('is counted down until it is due, and ends with the next request', () => {
    const log = createWireLog();
    const number = open(log, 0);
    log.ended(1000, number);
    log.status(1000, 'waiting', 'open');
    log.error(1000, { ...broken, retryAt: 1800 });
    expect(log.snapshot(1100)).toMatchObject({
      nextRetryAt: 1800,
      waiting: 1,
      live: 0,
      waits: [{ track: 0, since: 1000, until: 1800, endedAt: null }],
      requests: [{ isBroken: true }],
      rows: [
        { kind: 'error', retryInMs: 800, willRetry: true, count: 1 },
        { kind: 'end', change: { status: 'waiting', previous: 'open', count: 1 } },
        { kind: 'answer' },
        { kind: 'request' },
      ],
    });
    log.status(1805, 'connecting', 'waiting');
    expect(log.snapshot(1805)).toMatchObject({
      nextRetryAt: null,
      waiting: 0,
      waits: [{ endedAt: 1805 }],
    });
  });

  it('has no known end where no error told of it', () => {
    const log = createWireLog();
    log.ended(10, open(log, 0));
    log.status(10, 'waiting', 'open');
    expect(log.snapshot(20)).toMatchObject({ waiting: 1, nextRetryAt: null });
    log.error(30, { code: 'parse', message: 'No JSON.', willRetry: false, retryAt: null });
    expect(log.snapshot(40)).toMatchObject({ nextRetryAt: null, requests: [{ isBroken: false }] });
  });

  it('that is due first is counted down, and ends first', () => {
    const log = createWireLog();
    for (const retryAt of [900, 700]) {
      const at = retryAt - 600;
      log.ended(at, open(log, at));
      log.status(at, 'waiting', 'open');
      log.error(at, { ...broken, retryAt });
    }
    expect(log.snapshot(400).nextRetryAt).toBe(700);
    log.status(700, 'connecting', 'waiting');
    expect(log.snapshot(701)).toMatchObject({ nextRetryAt: 900, waiting: 1 });
  });
});

describe('several streams in the wire log', () => {
  it('have lines of their own as far as there are lines', () => {
    const log = createWireLog();
    const numbers = Array.from({ length: TRACKS + 1 }, (_, at) => open(log, at));
    expect(log.snapshot(10).requests.map(({ track }) => track)).toEqual([0, 1, 2, 2]);
    log.ended(11, numbers[1] ?? 0);
    open(log, 12);
    expect(log.snapshot(13).requests.at(-1)?.track).toBe(1);
    expect(log.snapshot(13).hasSeveral).toBe(true);
  });

  it('one after the other are not several', () => {
    const log = createWireLog();
    log.ended(1, open(log, 0));
    open(log, 2);
    expect(log.snapshot(3).hasSeveral).toBe(false);
  });

  it('have bytes of their own where their sums tell them apart', () => {
    const log = createWireLog();
    open(log, 0);
    log.chunk(1, 10, 10);
    open(log, 2);
    log.chunk(3, 7, 7);
    log.chunk(4, 5, 15);
    expect(log.snapshot(5).requests.map(({ bytes }) => bytes)).toEqual([15, 7]);
  });

  it('have none where they do not, instead of wrong ones', () => {
    const log = createWireLog();
    const [one, two] = [open(log, 0), open(log, 0)];
    log.chunk(1, 10, 10);
    log.chunk(2, 10, 10);
    log.ended(3, one);
    log.chunk(4, 10, 20);
    log.ended(5, two);
    const { rows, totals } = log.snapshot(6);
    const ends = rows.filter((row) => row.kind === 'end');
    expect(ends.map(({ bytes }) => bytes)).toEqual([null, null]);
    expect(totals.bytes).toBe(30);
  });

  it('give a resumed request only the bytes of its own', () => {
    const log = createWireLog();
    const number = open(log, 0);
    log.chunk(1, 10, 60_010);
    log.ended(2, number);
    expect(log.snapshot(3).rows[0]).toMatchObject({ kind: 'end', bytes: 10 });
  });

  it('that were open before the log began are strays', () => {
    const log = createWireLog();
    log.chunk(1, 10, 500);
    expect(log.snapshot(2)).toMatchObject({ hasStrays: true, totals: { bytes: 10, requests: 0 } });
  });
});

describe('hooks that share a connection, in the wire log', () => {
  it('make one row of what they are told at one moment, with their number', () => {
    const log = createWireLog();
    const number = open(log, 0);
    for (let hook = 0; hook < 3; hook += 1) log.status(0.5, 'open', 'connecting');
    log.ended(9, number);
    for (let hook = 0; hook < 3; hook += 1) {
      log.status(9, 'waiting', 'open');
      log.error(9, { ...broken, retryAt: 50 });
    }
    const { rows, totals, waiting } = log.snapshot(10);
    expect(rows.slice(0, 3)).toMatchObject([
      { kind: 'error', count: 3 },
      { kind: 'end', change: { status: 'waiting', count: 3 } },
      { kind: 'status', count: 3 },
    ]);
    expect({ errors: totals.errors, waiting }).toEqual({ errors: 1, waiting: 1 });
  });

  it('are told apart from a change that comes again later', () => {
    const log = createWireLog();
    log.status(1, 'open', 'connecting');
    log.status(2, 'open', 'connecting');
    expect(kinds(log.snapshot(3).rows)).toEqual(['status', 'status']);
  });
});

describe('the end of a request in the wire log', () => {
  it('takes only a change that ends one, not the next request of the same hook', () => {
    const log = createWireLog();
    log.ended(5, open(log, 0));
    log.status(5, 'open', 'connecting');
    const newest = log.snapshot(6).rows.slice(0, 2);
    expect(newest).toMatchObject([{ kind: 'status' }, { kind: 'end', change: null }]);
  });

  it('is told for each of two requests that end at one moment', () => {
    const log = createWireLog();
    const numbers = [open(log, 0), open(log, 0)];
    for (const number of numbers) {
      log.ended(5, number);
      log.status(5, 'aborted', 'open');
    }
    const ends = log.snapshot(6).rows.filter((row) => row.kind === 'end');
    expect(ends).toMatchObject([
      { number: 2, change: { status: 'aborted', count: 1 } },
      { number: 1, change: { status: 'aborted', count: 1 } },
    ]);
  });
});
