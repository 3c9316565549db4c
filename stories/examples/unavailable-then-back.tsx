'use client';

import { type ComponentProps, useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** The seconds until a moment, counted down. */
function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 100);
    return () => clearInterval(timer);
  }, [until]);
  return <>{(Math.max(0, left) / 1000).toFixed(1)} s</>;
}

/** Shows what the server answers while it is down, and continues when it is back. */
export function UnavailableThenBack({ url = '/api/unavailable' }: { url?: string }) {
  const { status, attempt, error, nextRetryAt, data, reconnect } = useEventSource(url, {
    retry: { baseDelayMs: 500 }, // on top of the Retry-After of the server
  });
  return (
    <section aria-label="Unavailable, then back">
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      <div style={{ minBlockSize: '6lh' }}>
        {error !== null && (
          <div role="alert">
            <p>
              <strong>The server answered {error.status ?? 'nothing'}.</strong> {error.body}
            </p>
          </div>
        )}
        {nextRetryAt !== null && (
          <p>
            <span role="timer">
              Next attempt in <Countdown key={nextRetryAt} until={nextRetryAt} />
            </span>{' '}
            <Button onClick={reconnect}>Try now</Button>
          </p>
        )}
        {data !== undefined && <p>Last event: number {data}</p>}
      </div>
    </section>
  );
}
