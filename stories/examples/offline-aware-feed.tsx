import { useEventSource } from 'rivulet';

/** Says that the network is away, waits for it, and goes on where it was. */
export function OfflineAwareFeed({ url = './api/flaky' }: { url?: string }) {
  const { status, pausedBy, attempt, messages, reconnect } = useEventSource(url, {
    maxMessages: 48,
    retry: { baseDelayMs: 500 },
  });
  const isOffline = pausedBy.includes('offline');
  return (
    <section aria-label="Offline-aware feed">
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      <div aria-live="polite" style={{ minBlockSize: '7rem' }}>
        {isOffline && (
          <>
            <p>You are offline. This goes on by itself when the network is back.</p>
            <button type="button" onClick={reconnect}>
              Try anyway
            </button>
          </>
        )}
      </div>
      <h3 id="numbers">Numbers received</h3>
      <p role="log" aria-labelledby="numbers" style={{ minBlockSize: '3lh' }}>
        {messages.map(({ value }) => value).join(' ')}
      </p>
    </section>
  );
}
