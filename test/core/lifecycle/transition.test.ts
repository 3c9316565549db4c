import { type PauseReason, type Status, StreamError } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import {
  IDLE,
  isOver,
  type LifecycleEvent,
  type LifecycleState,
  lifecycleFields,
  readyStateOf,
  transition,
} from '../../../src/core/lifecycle/transition.ts';
import type { ReadyState } from '../../../src/core/types.ts';

const error = new StreamError('network', 'The connection broke.');
const earlier = new StreamError('timeout-idle', 'No byte.');
const later = 5_000_000;
const due = 2_000_000;

/** Everything that can happen, in every form that makes a difference. */
const EVENTS = {
  start: { type: 'start', pausedBy: [] },
  'start while hidden': { type: 'start', pausedBy: ['hidden'] },
  refuse: { type: 'refuse' },
  accept: { type: 'accept' },
  'retry after a failure': { type: 'retry', error, nextRetryAt: later },
  'retry after a clean end': { type: 'retry', error: null, nextRetryAt: later },
  due: { type: 'due' },
  again: { type: 'again' },
  fail: { type: 'fail', error },
  end: { type: 'end', by: 'sentinel' },
  'pause: hidden': { type: 'pause', reason: 'hidden' },
  'pause: user': { type: 'pause', reason: 'user' },
  'pause: offline': { type: 'pause', reason: 'offline' },
  'unpause: hidden': { type: 'unpause', reason: 'hidden', waitUntil: null },
  'unpause: hidden, Retry-After': { type: 'unpause', reason: 'hidden', waitUntil: later },
  'unpause: offline': { type: 'unpause', reason: 'offline', waitUntil: null },
  'unpause: user': { type: 'unpause', reason: 'user', waitUntil: null },
  stop: { type: 'stop', reason: 'caller' },
  reset: { type: 'reset' },
} as const satisfies Record<string, LifecycleEvent>;

type Happening = keyof typeof EVENTS;

/** Does not compile when a kind of event is missing above. */
type Missing = Exclude<LifecycleEvent['type'], (typeof EVENTS)[Happening]['type']>;
const isComplete: [Missing] extends [never] ? true : Missing = true;

const state = (status: Status, fields: Partial<LifecycleState> = {}): LifecycleState => ({
  ...IDLE,
  status,
  ...fields,
});

/** A state of each status, with what belongs to it. */
const STATES: Record<Status, LifecycleState> = {
  idle: IDLE,
  connecting: state('connecting', { attempt: 3, error: earlier }),
  open: state('open', { attempt: 3 }),
  waiting: state('waiting', { attempt: 3, nextRetryAt: due, error: earlier }),
  paused: state('paused', { attempt: 3, pausedBy: ['hidden'], error: earlier }),
  done: state('done', { attempt: 3, endedBy: 'close' }),
  aborted: state('aborted', { attempt: 3, reason: 'superseded' }),
  failed: state('failed', { attempt: 3, error: earlier }),
};

/** What follows; `same` is the very object, since nothing happened. */
type Cell = LifecycleState | 'same';

const first = state('connecting', { attempt: 1 });
const held = state('paused', { pausedBy: ['hidden'] });
const refused = state('aborted', { reason: 'signal' });
const stopped = state('aborted', { attempt: 3, reason: 'caller' });
const failed = state('failed', { attempt: 3, error });
const done = state('done', { attempt: 3, endedBy: 'sentinel' });
const waitingAfterFailure = state('waiting', { attempt: 3, nextRetryAt: later, error });
const waitingAfterEnd = state('waiting', { attempt: 3, nextRetryAt: later });

/** Only a start, a refused start and a reset mean anything to what is over. */
const over: Record<Happening, Cell> = {
  start: first,
  'start while hidden': held,
  refuse: refused,
  accept: 'same',
  'retry after a failure': 'same',
  'retry after a clean end': 'same',
  due: 'same',
  again: 'same',
  fail: 'same',
  end: 'same',
  'pause: hidden': 'same',
  'pause: user': 'same',
  'pause: offline': 'same',
  'unpause: hidden': 'same',
  'unpause: hidden, Retry-After': 'same',
  'unpause: offline': 'same',
  'unpause: user': 'same',
  stop: 'same',
  reset: IDLE,
};

/** The table of the design: every status, everything that can happen to it. */
const TABLE: Record<Status, Record<Happening, Cell>> = {
  idle: { ...over, reset: 'same' },
  connecting: {
    ...over,
    accept: state('open', { attempt: 3 }),
    'retry after a failure': waitingAfterFailure,
    'retry after a clean end': waitingAfterEnd,
    again: state('connecting', { attempt: 4, error: earlier }),
    fail: failed,
    end: done,
    'pause: hidden': state('paused', { attempt: 3, pausedBy: ['hidden'], error: earlier }),
    'pause: user': state('paused', { attempt: 3, pausedBy: ['user'], error: earlier }),
    stop: stopped,
  },
  open: {
    ...over,
    'retry after a failure': waitingAfterFailure,
    'retry after a clean end': waitingAfterEnd,
    again: state('connecting', { attempt: 4 }),
    fail: failed,
    end: done,
    'pause: hidden': state('paused', { attempt: 3, pausedBy: ['hidden'] }),
    'pause: user': state('paused', { attempt: 3, pausedBy: ['user'] }),
    stop: stopped,
  },
  waiting: {
    ...over,
    due: state('connecting', { attempt: 4, error: earlier }),
    again: state('connecting', { attempt: 4, error: earlier }),
    fail: failed,
    'pause: hidden': state('paused', { attempt: 3, pausedBy: ['hidden'], error: earlier }),
    'pause: user': state('paused', { attempt: 3, pausedBy: ['user'], error: earlier }),
    'pause: offline': state('paused', { attempt: 3, pausedBy: ['offline'], error: earlier }),
    stop: stopped,
  },
  paused: {
    ...over,
    'pause: user': state('paused', { attempt: 3, pausedBy: ['hidden', 'user'], error: earlier }),
    'unpause: hidden': state('connecting', { attempt: 4, error: earlier }),
    'unpause: hidden, Retry-After': state('waiting', {
      attempt: 3,
      nextRetryAt: later,
      error: earlier,
    }),
    stop: stopped,
  },
  done: over,
  aborted: over,
  failed: over,
};

const READY_STATES: Record<Status, ReadyState> = {
  idle: 2,
  connecting: 0,
  open: 1,
  waiting: 0,
  paused: 0,
  done: 2,
  aborted: 2,
  failed: 2,
};

const statuses = Object.keys(TABLE) as Status[];
const happenings = Object.keys(EVENTS) as Happening[];
const cells = statuses.flatMap((status) => {
  return happenings.map((happening) => ({ status, happening, cell: TABLE[status][happening] }));
});

test('the table speaks of every kind of event', () => {
  expect(isComplete).toBe(true);
  expect(cells).toHaveLength(8 * 19);
});

test.each(cells)('$status, $happening', ({ status, happening, cell }) => {
  const before = STATES[status];
  const after = transition(before, EVENTS[happening]);
  if (cell === 'same') assertSame(after, before);
  else assertNew(after, cell, before);
});

function assertSame(after: LifecycleState, before: LifecycleState): void {
  expect(after).toBe(before);
}

function assertNew(after: LifecycleState, cell: LifecycleState, before: LifecycleState): void {
  expect(after).toEqual(cell);
  expect(after).not.toBe(before);
}

test.each(statuses)(
  'the fields of %s are those that belong to it, wherever it comes from',
  (status) => {
    const reached = cells
      .map(({ status: from, happening }) => transition(STATES[from], EVENTS[happening]))
      .filter((after) => after.status === status);
    expect(reached.length).toBeGreaterThan(0);
    for (const after of reached) {
      expect(after.nextRetryAt === null).toBe(status !== 'waiting');
      expect(after.reason === null).toBe(status !== 'aborted');
      expect(after.endedBy === null).toBe(status !== 'done');
      expect(after.pausedBy.length > 0).toBe(status === 'paused');
      const mayHaveError = ['connecting', 'waiting', 'paused', 'failed'].includes(status);
      expect(mayHaveError || after.error === null).toBe(true);
      expect(status !== 'failed' || after.error !== null).toBe(true);
      expect(lifecycleFields(after)).toEqual({ ...after, readyState: READY_STATES[status] });
    }
  },
);

test.each(Object.entries(READY_STATES))('readyState of %s is %i', (name, expected) => {
  const status = name as Status;
  expect(readyStateOf(status)).toBe(expected);
  expect(isOver(status)).toBe(expected === 2);
});

describe('several reasons to pause', () => {
  const paused = (...pausedBy: PauseReason[]) => state('paused', { attempt: 3, pausedBy });

  test('hold until the last of them goes', () => {
    const both = transition(paused('hidden'), EVENTS['pause: user']);
    const one = transition(both, EVENTS['unpause: hidden']);
    expect(one).toEqual(paused('user'));
    expect(transition(one, EVENTS['unpause: user'])).toEqual(state('connecting', { attempt: 4 }));
  });

  test('are named once each', () => {
    const before = paused('hidden', 'user');
    expect(transition(before, EVENTS['pause: user'])).toBe(before);
    expect(transition(before, EVENTS['unpause: offline'])).toBe(before);
  });

  test('`offline` holds back a retry, and what is paused already has none due', () => {
    expect(transition(paused('user'), EVENTS['pause: offline'])).toEqual(paused('user'));
    expect(transition(paused('offline'), EVENTS['pause: hidden'])).toEqual(
      paused('offline', 'hidden'),
    );
  });

  test('`user` goes on at once, also while a `Retry-After` runs', () => {
    const resume: LifecycleEvent = { type: 'unpause', reason: 'user', waitUntil: later };
    expect(transition(paused('user'), resume)).toEqual(state('connecting', { attempt: 4 }));
  });

  test('`offline` gives way to a `Retry-After` that still runs', () => {
    const online: LifecycleEvent = { type: 'unpause', reason: 'offline', waitUntil: later };
    expect(transition(paused('offline'), online)).toEqual(
      state('waiting', { attempt: 3, nextRetryAt: later }),
    );
  });
});
