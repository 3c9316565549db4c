import { useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';
import { listenToHints } from './listen-to-hints.ts';

/** Hints exist in development only, so a published Storybook has none to show. */
const QUIET = import.meta.env.DEV
  ? 'None so far.'
  : 'None: this page is built for production. Yours says it in development.';

/** So many characters of what came are shown. */
const SHOWN = 200;

/** The hints about a URL, each once. */
function useHints(url: string): readonly string[] {
  const [hints, setHints] = useState<readonly string[]>([]);
  useEffect(() => {
    const { href } = new URL(url, document.baseURI);
    return listenToHints((hint) => {
      if (!hint.includes(href)) return;
      const text = hint.replace(href, new URL(href).pathname);
      setHints((known) => (known.includes(text) ? known : [...known, text]));
    });
  }, [url]);
  return hints;
}

/** A broken server three times: what it sends, what a subscription makes of it, what development says. */
export function BrokenServer({ url }: { url: string }) {
  const hints = useHints(url);
  const [wire, setWire] = useState('');
  const { status, attempt, messages, dropped, error } = useEventSource(url, {
    endWhen: { event: 'end' },
    maxMessages: 4,
    onChunk: (bytes) => {
      const text = new TextDecoder().decode(bytes);
      setWire((known) => (known + text).slice(0, SHOWN));
    },
  });
  return (
    <section aria-label="Broken server">
      <p>
        Status <output>{status}</output> attempt {attempt}, {messages.length + dropped} messages
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 2rem' }}>
        <div style={{ flex: '1 1 14rem', minInlineSize: 0 }}>
          <h3>What came</h3>
          <pre
            aria-label="What came"
            role="log"
            style={{ minBlockSize: '11rem', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
          >
            {wire}
          </pre>
        </div>
        <div style={{ flex: '1 1 14rem', minInlineSize: 0 }}>
          <h3 id="made">What was delivered</h3>
          <div role="log" aria-labelledby="made" style={{ minBlockSize: '11rem' }}>
            {messages.length === 0 && <p>Nothing.</p>}
            <ul>
              {messages.map(({ data }, index) => (
                <li key={dropped + index}>{data}</li>
              ))}
            </ul>
          </div>
        </div>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
      <h3 id="hints">What development says</h3>
      <div role="log" aria-labelledby="hints" style={{ minBlockSize: '8rem' }}>
        {hints.length === 0 && <p>{QUIET}</p>}
        {hints.map((hint) => (
          <p key={hint} style={{ overflowWrap: 'anywhere' }}>
            {hint}
          </p>
        ))}
      </div>
    </section>
  );
}
