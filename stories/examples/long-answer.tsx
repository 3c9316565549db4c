'use client';

import { type ComponentProps, memo } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Off the screen the browser skips its layout, and remembers its size. */
const skipOffScreen = { contentVisibility: 'auto', containIntrinsicBlockSize: 'auto 6lh' } as const;

/** React skips it while its text is the same: only the last paragraph of an answer still grows. */
const Paragraph = memo(function Paragraph({ text, isLast }: { text: string; isLast: boolean }) {
  return <p style={isLast ? undefined : skipOffScreen}>{text}</p>;
});

/** A long answer whose finished paragraphs cost nothing while the next ones arrive. */
export function LongAnswer({ url = '/api/essay?paragraphs=40' }: { url?: string }) {
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
        <Button disabled={isBusy} onClick={() => void start()}>
          Ask
        </Button>{' '}
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>{' '}
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
