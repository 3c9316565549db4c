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
 * @param scope The caller's function: requests that share it share the refresh.
 * @param sentAt When the refused request was sent, in ms since the epoch.
 * @param refresh Calls that function; must not reject.
 */
export async function refreshOnce(
  scope: object,
  sentAt: number,
  refresh: () => Promise<void>,
  now: () => number,
): Promise<void> {
  const known = refreshes.get(scope);
  if (known?.running) return known.running;
  if (known !== undefined && sentAt < known.doneAt) return;
  const running = refresh().then(() => {
    refreshes.set(scope, { running: null, doneAt: now() });
  });
  refreshes.set(scope, { running, doneAt: 0 });
  await running;
}
