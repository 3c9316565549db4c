'use client';

import type { ComponentProps } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface StreamedAnswerProps {
  url?: string;
  question?: string;
}

/** One question, one answer, and how it ended. */
export function StreamedAnswer({ url = '/api/chat', question = 'tides' }: StreamedAnswerProps) {
  const { status, reason, text, error, timing, start, abort } = useStreamingFetch(url, {
    body: { messages: [{ role: 'user', content: question }] }, // sent as JSON, by POST
    parse: ({ data }): { text?: string; error?: string } => JSON.parse(data),
    endWhen: '[DONE]',
    errorWhen: ({ value }) => value?.error,
    toText: ({ value }) => value.text ?? '',
  });
  const isBusy = status === 'connecting' || status === 'open';
  const inSeconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`);
  return (
    <section aria-label="Streamed answer">
      <p>
        <Button disabled={isBusy} onClick={() => void start()}>
          Ask about {question}
        </Button>{' '}
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>
      </p>
      <p>
        Status <output>{status}</output> first byte {inSeconds(timing.firstByteMs)}, in all{' '}
        {inSeconds(timing.durationMs)}
      </p>
      <blockquote aria-busy={isBusy} style={{ minBlockSize: '9lh' }}>
        {status === 'idle' && 'The answer appears here.'}
        {status === 'connecting' ? 'Waiting for the first byte…' : text}
      </blockquote>
      <div style={{ minBlockSize: '6rem' }}>
        {status === 'done' && <p>Complete: the server said that this was all.</p>}
        {status === 'aborted' && <p>Stopped by the {reason}. What had arrived stays.</p>}
        {error !== null && (
          <div role="alert">
            <p>
              <strong>{error.code}</strong> {error.message}
            </p>
          </div>
        )}
      </div>
    </section>
  );
}
