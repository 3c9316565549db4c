'use client';

import type { ComponentProps } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Says that the browser is offline, waits for the network, and continues where it was. */
export function OfflineAwareFeed({ url = '/api/flaky' }: { url?: string }) {
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
            <p>You are offline. This continues by itself when the network is back.</p>
            <Button onClick={reconnect}>Try anyway</Button>
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
