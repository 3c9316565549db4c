import { useStreamingFetch } from 'rivulet';

interface StreamedAnswerProps {
  url?: string;
  question?: string;
}

/** One question, one answer, and the truth about how it went. */
export function StreamedAnswer({ url = './api/chat', question = 'tides' }: StreamedAnswerProps) {
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
        <button type="button" disabled={isBusy} onClick={() => void start()}>
          Ask about {question}
        </button>{' '}
        <button type="button" disabled={!isBusy} onClick={abort}>
          Stop
        </button>
      </p>
      <p>
        Status <output>{status}</output> first byte {inSeconds(timing.firstByteMs)}, in all{' '}
        {inSeconds(timing.durationMs)}
      </p>
      <blockquote aria-busy={isBusy} style={{ minBlockSize: '9lh' }}>
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
