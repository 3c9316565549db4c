import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useStreamingFetch } from 'rivulet';

/** Adds up how many characters React was given to render, and shows the sum without a render. */
function useCharacterMeter() {
  const output = useRef<HTMLOutputElement>(null);
  const sum = useRef(0);
  const add = useCallback((characters: number) => {
    sum.current += characters;
    if (output.current !== null) output.current.textContent = sum.current.toLocaleString('en');
  }, []);
  return [output, add] as const;
}

interface TextProps {
  readonly text: string;
  /** Told the length of the text at every commit in which it was rendered. */
  readonly add: (characters: number) => void;
}

/** All of the text in one element: each commit renders it from its first character on. */
function OneParagraph({ text, add }: TextProps) {
  useLayoutEffect(() => add(text.length));
  return <p style={{ whiteSpace: 'pre-wrap' }}>{text}</p>;
}

/** Rendered only when its own text has changed: in a growing text that is the last one. */
const Paragraph = memo(function Paragraph({ text, add }: TextProps) {
  useLayoutEffect(() => add(text.length));
  return <p>{text}</p>;
});

const half = { flex: '1 1 14rem', minInlineSize: 0 };
const view = { blockSize: '12rem', overflow: 'auto', font: 'inherit', fontSize: '0.8125rem' };

/** One stream in two views. */
function TwoViews({ url }: { readonly url: string }) {
  const { status, text } = useStreamingFetch(url, {
    autoStart: true,
    parse: ({ data }): { text: string } => JSON.parse(data),
    toText: ({ value }) => value.text,
    endWhen: '[DONE]',
    maxMessages: 1,
  });
  const [wholeOutput, addWhole] = useCharacterMeter();
  const [partsOutput, addParts] = useCharacterMeter();
  return (
    <>
      <p>
        <output aria-label="Status">{status}</output>{' '}
        <span style={{ fontVariantNumeric: 'tabular-nums' }}>
          {text.length.toLocaleString('en')}
        </span>{' '}
        characters arrived
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem' }}>
        <section aria-label="One paragraph" style={half}>
          <h3>One paragraph</h3>
          <p>
            <output aria-label="Rendered as one paragraph" ref={wholeOutput} /> rendered
          </p>
          <div role="log" aria-live="off" aria-label="As one paragraph" tabIndex={0} style={view}>
            <OneParagraph text={text} add={addWhole} />
          </div>
        </section>
        <section aria-label="Memoised paragraphs" style={half}>
          <h3>Memoised paragraphs</h3>
          <p>
            <output aria-label="Rendered as paragraphs" ref={partsOutput} /> rendered
          </p>
          <div role="log" aria-live="off" aria-label="As paragraphs" tabIndex={0} style={view}>
            {text.split('\n\n').map((paragraph, index) => (
              <Paragraph key={`${index}`} text={paragraph} add={addParts} />
            ))}
          </div>
        </section>
      </div>
    </>
  );
}

/** One growing paragraph beside paragraphs of which only the last changes, by what React renders. */
export function RenderedCharacters({ url }: { url: string }) {
  const [run, setRun] = useState(1);
  return (
    <section aria-label="Rendered characters" style={{ minBlockSize: '24rem' }}>
      <button type="button" onClick={() => setRun(run + 1)}>
        Start again
      </button>
      <TwoViews key={run} url={url} />
    </section>
  );
}
