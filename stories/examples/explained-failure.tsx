import { useEventSource } from 'rivulet';

/** What went wrong, with what the server said instead, and a way to try again. */
export function ExplainedFailure({ url = './api/html' }: { url?: string }) {
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
      <button type="button" onClick={reconnect} disabled={status === 'connecting'}>
        Try again
      </button>
    </section>
  );
}
