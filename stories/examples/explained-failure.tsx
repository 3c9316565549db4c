'use client';

import type { ComponentProps } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Shows what went wrong and what the server sent instead, and offers to try again. */
export function ExplainedFailure({ url = '/api/html' }: { url?: string }) {
  const { status, error, data, reconnect } = useEventSource(url);
  return (
    <section aria-label="Explained failure">
      <p>
        Status <output>{status}</output>
      </p>
      <div style={{ minBlockSize: '16rem' }}>
        {data !== undefined && <p>{data}</p>}
        {error !== null && (
          <>
            <div role="alert">
              <p>
                <strong>{error.code}</strong> {error.message}
              </p>
            </div>
            {error.body !== null && (
              <>
                <h3>What the server sent with status {error.status}</h3>
                <pre style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{error.body}</pre>
              </>
            )}
          </>
        )}
      </div>
      <Button onClick={reconnect} disabled={status === 'connecting'}>
        Try again
      </Button>
    </section>
  );
}
