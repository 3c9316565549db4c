interface Refresh {
  readonly running: Promise<void> | null;
  /** When the last refresh was over, in ms since the epoch. */
  readonly doneAt: number;
}

const refreshes = new WeakMap<object, Refresh>();

/**
 * Refreshes credentials once for any number of requests that were refused (single-flight). A request
 * that was sent before the last refresh was over needs none of its own. Never rejects: a refresh
 * that fails shows in the next answer.
 *
 * @param refresh The caller's function; each function is a scope of its own.
 * @param sentAt When the refused request was sent, in ms since the epoch.
 */
export async function refreshOnce(
  refresh: (...args: never[]) => unknown,
  sentAt: number,
  call: () => void | Promise<void>,
  now: () => number,
): Promise<void> {
  const known = refreshes.get(refresh);
  if (known?.running) return known.running;
  if (known !== undefined && sentAt < known.doneAt) return;
  const running = (async () => {
    try {
      await call();
    } finally {
      refreshes.set(refresh, { running: null, doneAt: now() });
    }
  })();
  refreshes.set(refresh, { running, doneAt: 0 });
  await running;
}
