import type { ReadableStore, Status } from 'rivulet/core';

/** What can be waited for: a snapshot that says when nothing follows any more. */
interface Snapshot {
  readonly status: Status;
  readonly readyState: number;
  readonly error: unknown;
}

/**
 * Resolves with the first snapshot that meets a condition. Rejects when the store came to its end
 * without it.
 */
export function until<TSnapshot extends Snapshot>(
  store: ReadableStore<TSnapshot>,
  condition: (snapshot: TSnapshot) => boolean,
): Promise<TSnapshot> {
  return new Promise((resolve, reject) => {
    const stop = store.subscribe(check);
    check();

    function check(): void {
      const snapshot = store.getSnapshot();
      const isOver = snapshot.readyState === 2 && snapshot.status !== 'idle';
      const isMet = condition(snapshot);
      if (!isMet && !isOver) return;
      stop();
      if (isMet) resolve(snapshot);
      else reject(new Error(`The stream is ${snapshot.status}.`, { cause: snapshot.error }));
    }
  });
}

/** Resolves when the store has a status; the snapshot is narrowed to it. */
export async function untilStatus<TSnapshot extends Snapshot, TStatus extends Status>(
  store: ReadableStore<TSnapshot>,
  status: TStatus,
): Promise<Extract<TSnapshot, { readonly status: TStatus }>> {
  const snapshot = await until(store, (candidate) => candidate.status === status);
  // The condition above is this very type.
  return snapshot as Extract<TSnapshot, { readonly status: TStatus }>;
}
