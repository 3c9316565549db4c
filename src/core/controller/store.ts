import { type Environment, isolate } from '../environment.ts';
import type { FlushMode, ReadableStore } from '../types.ts';
import { flushSchedulerOf } from './flush-scheduler.ts';

/** State that reaches its subscribers in flushes. The snapshot changes only then. */
export interface Store<TSnapshot> extends ReadableStore<TSnapshot> {
  /** The state changed; shows it when the mode says so. */
  invalidate(): void;
  /** New data came; the first of a lifecycle are shown at once. */
  receive(): void;
  /** A lifecycle begins: its first data are to come. */
  begin(): void;
  /** Makes the snapshot the present state; the subscribers are to be told next. */
  set(): void;
  /** Tells the subscribers of a snapshot that they do not know yet. */
  tell(): void;
  /** Shows the state now, if it changed. */
  flush(): void;
}

const LONG_TEXT = 20_000;
/** How often a long text is shown, for each 20,000 characters of it. */
const LONG_TEXT_INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 1000;

/**
 * A store over state that its owner keeps.
 *
 * @param initial What a server renders and hydration starts from.
 * @param build The present state as a new snapshot.
 * @param textLength How many characters of text it shows: `'auto'` slows down for long texts.
 */
export function createStore<TSnapshot extends object>(
  environment: Environment,
  initial: TSnapshot,
  build: () => TSnapshot,
  mode: () => FlushMode | undefined,
  textLength: () => number,
): Store<TSnapshot> {
  const scheduler = flushSchedulerOf(environment);
  const listeners = new Set<() => void>();
  let snapshot = initial;
  let told = initial;
  let lastFlushAt = 0;
  let awaitsFirstData = false;
  /** The mode by which a flush is scheduled. */
  let scheduledBy: FlushMode | null = null;

  function intervalMs(pace: FlushMode): number {
    if (typeof pace === 'number') return pace > 0 ? pace : 0;
    if (pace === 'frame') return 0;
    // A browser lays out a whole paragraph at every commit: at one pace, a text of ten times the length
    // takes 14 times the processor time, at a pace in proportion to its length 8 times.
    const parts = Math.floor(textLength() / LONG_TEXT);
    return Math.min(parts * LONG_TEXT_INTERVAL_MS, LONGEST_INTERVAL_MS);
  }

  /** When the next flush may be. Stores of one pace share its grid, so that they flush in one frame. */
  function dueAt(interval: number): number {
    // The next frame, whatever the clock says: asking it would cost every message.
    if (interval === 0) return 0;
    const now = environment.now();
    const next = (Math.floor(lastFlushAt / interval) + 1) * interval;
    return Math.min(Math.max(next, now), now + interval);
  }

  const store: Store<TSnapshot> = {
    getSnapshot: () => snapshot,
    getServerSnapshot: () => initial,
    subscribe(listener) {
      // A wrapper of its own, so that a listener that subscribes twice is called twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    invalidate() {
      const pace = mode() ?? 'auto';
      if (pace === 'sync') {
        store.flush();
      } else if (pace !== scheduledBy) {
        scheduledBy = pace;
        scheduler.schedule(store, dueAt(intervalMs(pace)));
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
    set() {
      scheduler.cancel(store);
      scheduledBy = null;
      lastFlushAt = environment.now();
      const next = build();
      if (!isEqual(snapshot, next)) snapshot = next;
    },
    tell() {
      if (told === snapshot) return;
      told = snapshot;
      for (const listener of [...listeners]) isolate(environment, listener);
    },
    flush() {
      store.set();
      store.tell();
    },
  };
  return store;
}

/** Whether two snapshots of one shape hold the same fields. */
function isEqual<TSnapshot extends object>(left: TSnapshot, right: TSnapshot): boolean {
  const others: unknown[] = Object.values(right);
  return Object.values(left).every((value, index) => Object.is(value, others[index]));
}
