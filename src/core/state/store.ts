import { type Environment, isolate } from '../environment.ts';
import type { FlushMode, ReadableStore } from '../types.ts';
import { flushSchedulerOf } from './flush-scheduler.ts';

/** What a store asks of its owner. */
export interface StoreHost<TSnapshot> {
  readonly environment: Environment;
  /** What a server renders and hydration starts from. */
  readonly initial: TSnapshot;
  /** The present state as a new snapshot. */
  build(): TSnapshot;
  mode(): FlushMode;
  /** How many characters of text the snapshot shows: `'auto'` slows down for long texts. */
  textLength(): number;
}

/** State that reaches its subscribers in flushes. The snapshot changes only then. */
export interface Store<TSnapshot> extends ReadableStore<TSnapshot> {
  /** The state changed; shows it when the mode says so. */
  invalidate(): void;
  /** New data came; the first of a lifecycle are shown at once. */
  receive(): void;
  /** A lifecycle begins: its first data are to come. */
  begin(): void;
  /** Shows the state now, if it changed. */
  flush(): void;
}

/** The pace of a text of medium and of large length, in ms. */
const MEDIUM_PACE = 33;
const SLOW_PACE = 50;
const SLOWEST_PACE = 1000;

/**
 * How often `'auto'` shows a text, in ms; 0 is every frame. A browser lays out a whole paragraph at
 * every commit, so long texts wait in proportion to their length: the cost of a stream stays linear.
 * 1,000 tokens per second for ten seconds take 0.55 of the processor time of a commit per frame.
 */
function paceOf(textLength: number): number {
  if (textLength < 5000) return 0;
  if (textLength < 20_000) return MEDIUM_PACE;
  return Math.min(Math.max(SLOW_PACE, textLength / 1000), SLOWEST_PACE);
}

/** A store over state that its owner keeps (decision 13). */
export function createStore<TSnapshot extends object>(
  host: StoreHost<TSnapshot>,
): Store<TSnapshot> {
  const { environment } = host;
  const scheduler = flushSchedulerOf(environment);
  const listeners = new Set<() => void>();
  let snapshot = host.initial;
  let lastFlushAt = 0;
  let awaitsFirstData = false;
  /** The mode by which a flush is scheduled. */
  let scheduledBy: FlushMode | null = null;

  function intervalMs(mode: Exclude<FlushMode, 'sync'>): number {
    if (typeof mode === 'number') return mode;
    return mode === 'auto' ? paceOf(host.textLength()) : 0;
  }

  /** Stores of one cadence share its grid, so that they flush in the same frame. */
  function dueAt(interval: number): number {
    // The next frame, whatever the clock says: asking it would cost every message.
    if (interval === 0) return 0;
    const now = environment.now();
    const next = (Math.floor(lastFlushAt / interval) + 1) * interval;
    return Math.min(Math.max(next, now), now + interval);
  }

  const store: Store<TSnapshot> = {
    getSnapshot: () => snapshot,
    getServerSnapshot: () => host.initial,
    subscribe(listener) {
      // A wrapper of its own, so that a listener that subscribes twice is called twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    invalidate() {
      const mode = host.mode();
      if (mode === 'sync') {
        store.flush();
      } else if (mode !== scheduledBy) {
        scheduledBy = mode;
        scheduler.schedule(store, dueAt(intervalMs(mode)));
      }
    },
    receive() {
      if (awaitsFirstData) store.flush();
      else store.invalidate();
      awaitsFirstData = false;
    },
    begin() {
      awaitsFirstData = true;
    },
    flush() {
      scheduler.cancel(store);
      scheduledBy = null;
      lastFlushAt = environment.now();
      const next = host.build();
      if (isEqual(snapshot, next)) return;
      snapshot = next;
      for (const listener of [...listeners]) isolate(environment, listener);
    },
  };
  return store;
}

/** Whether two snapshots of one shape hold the same fields. */
function isEqual<TSnapshot extends object>(left: TSnapshot, right: TSnapshot): boolean {
  const entries: [string, unknown][] = Object.entries(left);
  const others: unknown[] = Object.values(right);
  return entries.every(([, value], index) => Object.is(value, others[index]));
}
