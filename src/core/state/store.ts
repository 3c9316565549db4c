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

/** How long a text waits from one commit to the next: 2 ms for every 1,000 characters. */
const MS_PER_CHARACTER = 0.002;
const LONGEST_WAIT_MS = 1000;

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

  /** When the next flush may be; it waits for a frame even so. */
  function dueAt(mode: Exclude<FlushMode, 'sync'>): number {
    if (mode === 'frame') return 0;
    if (mode === 'auto') {
      // A browser lays out a whole paragraph at every commit. Waiting in proportion keeps that linear:
      // 1,000 tokens per second for 10 s take 0.55 of the processor time of a commit per frame.
      return lastFlushAt + Math.min(MS_PER_CHARACTER * host.textLength(), LONGEST_WAIT_MS);
    }
    // Stores of one interval share its grid, so that they flush in the same frame.
    const now = environment.now();
    const next = (Math.floor(lastFlushAt / mode) + 1) * mode;
    return Math.min(Math.max(next, now), now + mode);
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
        scheduler.schedule(store, dueAt(mode));
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
