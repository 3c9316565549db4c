import { memo } from 'react';
import { useStreamingFetch } from 'rivulet';

/** Off the screen the browser skips its layout, and remembers its size. */
const skipOffScreen = { contentVisibility: 'auto', containIntrinsicBlockSize: 'auto 6lh' } as const;

/** React skips it while its text is the same: only the last paragraph of an answer still grows. */
const Paragraph = memo(function Paragraph({ text, isLast }: { text: string; isLast: boolean }) {
  return <p style={isLast ? undefined : skipOffScreen}>{text}</p>;
});

/** A long answer whose finished paragraphs cost nothing while the next ones arrive. */
export function LongAnswer({ url = './api/essay?paragraphs=40' }: { url?: string }) {
  const { status, text, error, start, abort } = useStreamingFetch(url, {
    parse: ({ data }): { text: string } => JSON.parse(data),
    toText: ({ value }) => value.text,
    endWhen: '[DONE]',
    maxMessages: 1, // the text is enough here
  });
  const paragraphs = text.split('\n\n');
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Long answer">
      <p>
        <button type="button" disabled={isBusy} onClick={() => void start()}>
          Ask
        </button>{' '}
        <button type="button" disabled={!isBusy} onClick={abort}>
          Stop
        </button>{' '}
        <output>{status}</output>
      </p>
      {error !== null && <p role="alert">{error.message}</p>}
      <div
        role="log"
        aria-label="Answer"
        aria-busy={isBusy}
        tabIndex={0} // a box that scrolls has to be in reach of the keyboard
        style={{ blockSize: '16rem', overflow: 'auto' }}
      >
        {paragraphs.map((paragraph, index) => (
          <Paragraph
            key={`${index}`} // paragraphs only ever follow, so the place is the identity
            text={paragraph}
            isLast={index === paragraphs.length - 1}
          />
        ))}
      </div>
    </section>
  );
}
