'use client';

import { useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';

/** The seconds until a moment, counted down. */
function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 100);
    return () => clearInterval(timer);
  }, [until]);
  return <>{(Math.max(0, left) / 1000).toFixed(1)} s</>;
}

/** Survives a server that drops the connection every few events, without losing any. */
export function ReconnectingFeed({ url = '/api/flaky' }: { url?: string }) {
  const { status, attempt, nextRetryAt, messages, lastEventId, state } = useEventSource(url, {
    maxMessages: 48,
    // The numbers of this server follow one another; count those that do not.
    reduce: ({ last, gaps }: { last: number; gaps: number }, { value }) => ({
      last: Number(value),
      gaps: Number(value) === last + 1 ? gaps : gaps + 1,
    }),
    initialState: { last: 0, gaps: 0 },
  });
  return (
    <section aria-label="Reconnecting feed">
      <dl style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', gap: '0.25rem 1rem' }}>
        <dt>Status</dt>
        <dd style={{ margin: 0 }}>
          <output>{status}</output>{' '}
          {nextRetryAt !== null && (
            <span role="timer">
              next attempt in <Countdown key={nextRetryAt} until={nextRetryAt} />
            </span>
          )}
        </dd>
        <dt>Attempt</dt>
        <dd style={{ margin: 0 }}>{attempt}</dd>
        <dt>Resumes after</dt>
        <dd style={{ margin: 0 }}>{lastEventId === '' ? 'nothing yet' : `event ${lastEventId}`}</dd>
        <dt>Gaps</dt>
        <dd style={{ margin: 0 }}>{state.gaps === 0 ? 'none' : state.gaps}</dd>
      </dl>
      <h3 id="numbers">Numbers received</h3>
      <p role="log" aria-labelledby="numbers" style={{ minBlockSize: '2lh' }}>
        {messages.map((message) => message.value).join(' ')}
      </p>
    </section>
  );
}
