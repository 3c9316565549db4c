'use client';

import type { ComponentProps } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** A plain-text log, line by line: chunks may end anywhere, but lines arrive whole. */
export function LogLines({ url = '/api/build-log' }: { url?: string }) {
  const { status, messages, dropped, bytesReceived, error, start, abort } = useStreamingFetch(url, {
    framing: 'lines',
    maxMessages: 500,
  });
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Build log">
      <p>
        <Button disabled={isBusy} onClick={() => void start()}>
          Run the build
        </Button>{' '}
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>
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
