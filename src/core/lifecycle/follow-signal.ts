/** Follows the abort signal of the caller while a lifecycle is active. */
export interface SignalFollower {
  /** Listens to this signal and no other; `undefined` to none. */
  follow(signal: AbortSignal | undefined): void;
}

/** Calls `onAbort` when the followed signal aborts. */
export function createSignalFollower(onAbort: () => void): SignalFollower {
  let followed: AbortSignal | undefined;
  return {
    follow(signal) {
      if (signal === followed) return;
      followed?.removeEventListener('abort', onAbort);
      followed = signal;
      if (signal?.aborted) queueMicrotask(onAbort);
      else signal?.addEventListener('abort', onAbort);
    },
  };
}
