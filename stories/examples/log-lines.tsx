import { useStreamingFetch } from 'rivulet';

/** A log as plain text, line by line: chunks may end anywhere, lines come whole. */
export function LogLines({ url = './api/build-log' }: { url?: string }) {
  const { status, messages, dropped, bytesReceived, error, start, abort } = useStreamingFetch(url, {
    framing: 'lines',
    maxMessages: 500,
  });
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Build log">
      <p>
        <button type="button" disabled={isBusy} onClick={() => void start()}>
          Run the build
        </button>{' '}
        <button type="button" disabled={!isBusy} onClick={abort}>
          Stop
        </button>
      </p>
      <p>
        Status <output>{status}</output> {messages.length} lines, {bytesReceived} bytes
      </p>
      <div
        role="log"
        aria-label="Output"
        style={{ minBlockSize: '17rem', overflowWrap: 'anywhere' }}
      >
        <ol start={dropped + 1}>
          {messages.map(({ data }, index) => (
            <li key={dropped + index}>{data}</li>
          ))}
        </ol>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}
