'use client';

import { type ComponentProps, useLayoutEffect, useRef } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Thousands of tokens per second, and how often React committed. */
export function TokenBurst({ url = '/api/burst' }: { url?: string }) {
  const { status, text, messages, dropped, timing, error, start, abort } = useStreamingFetch(url, {
    parse: ({ data }): { text: string } => JSON.parse(data),
    toText: ({ value }) => value.text,
    endWhen: '[DONE]',
    maxMessages: 1, // the text is enough here
  });
  const commits = useRef(0);
  const counter = useRef<HTMLOutputElement>(null);
  useLayoutEffect(() => {
    commits.current += 1; // every commit of this component; shown without one more
    if (counter.current !== null) counter.current.textContent = `${commits.current}`;
  });
  const run = () => {
    commits.current = 0;
    void start();
  };
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Token burst">
      <p>
        <Button disabled={isBusy} onClick={run}>
          Start the burst
        </Button>{' '}
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>
      </p>
      <p>
        Status <output>{status}</output>
        {timing.durationMs !== null && ` after ${(timing.durationMs / 1000).toFixed(1)} s`}
      </p>
      <p>
        <output aria-label="Tokens">{messages.length + dropped}</output> tokens in{' '}
        <output aria-label="Commits" ref={counter} /> commits
      </p>
      <pre style={{ minBlockSize: '14rem', whiteSpace: 'pre-wrap' }}>{text.slice(-300)}</pre>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}
