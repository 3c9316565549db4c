import { detachTexts } from './detach-texts.ts';

/** The newest messages, at most so many. */
export interface History<TMessage> {
  push(message: TMessage): void;
  /** Oldest first; the same array until something changes. */
  snapshot(): readonly TMessage[];
  /** How many messages were dropped. */
  dropped(): number;
}

/**
 * A ring of at most `limit` messages. Pushing costs the same however long the stream; an array is made
 * only when a snapshot is asked for after a change.
 *
 * @param seed Messages to begin with; `droppedBefore` came before them and were dropped.
 */
export function createHistory<TMessage extends object>(
  limit: number,
  seed: readonly TMessage[] = [],
  droppedBefore = 0,
): History<TMessage> {
  const ring: TMessage[] = limit === 0 ? [] : seed.slice(-limit);
  /** Where the oldest message is once the ring is full. */
  let start = 0;
  let dropped = droppedBefore + seed.length - ring.length;
  let snapshot: readonly TMessage[] | undefined;
  /** How many messages came since the last snapshot. */
  let fresh = 0;

  return {
    push(message) {
      snapshot = undefined;
      fresh += 1;
      if (ring.length < limit) {
        ring.push(message);
        return;
      }
      dropped += 1;
      if (limit === 0) return;
      ring[start] = message;
      start = start + 1 === limit ? 0 : start + 1;
    },
    snapshot() {
      if (snapshot === undefined) {
        snapshot = [...ring.slice(start), ...ring.slice(0, start)];
        for (const message of fresh > 0 ? snapshot.slice(-fresh) : []) detachTexts(message);
        fresh = 0;
      }
      return snapshot;
    },
    dropped: () => dropped,
  };
}
