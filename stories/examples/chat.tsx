'use client';

import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { useStreamingFetch } from 'rivulet';

type Turn = { readonly role: 'user' | 'assistant'; readonly content: string };

/** A shade of the text colour: light pages get a light one, dark pages a dark one. */
const shade = (percent: number) => `color-mix(in srgb, currentcolor ${percent}%, transparent)`;
const pill = { font: 'inherit', borderRadius: 999, padding: '0.5rem 1.1rem' };
const plain = { ...pill, color: 'inherit', background: 'none', border: `1px solid ${shade(30)}` };
const small = { ...plain, fontSize: '0.85em', padding: '0.2rem 0.75rem' };
const accent = { color: '#fff', background: '#0b63c5' };
const frame = {
  display: 'grid',
  gridTemplateColumns: 'minmax(0, 1fr)', // the input may be narrower than it would like
  border: `1px solid ${shade(20)}`,
  borderRadius: 16,
};
const hidden = { position: 'absolute', clipPath: 'inset(50%)', whiteSpace: 'nowrap' } as const;

function Bubble({ turn: { role, content } }: { turn: Turn }) {
  const isUser = role === 'user';
  const place = { alignSelf: isUser ? 'flex-end' : 'flex-start', maxInlineSize: '85%' };
  const look = isUser ? accent : { background: shade(8) };
  const box = { margin: 0, borderRadius: 18, padding: '0.5rem 0.9rem', whiteSpace: 'pre-wrap' };
  return (
    <p style={{ ...box, ...place, ...look, overflowWrap: 'anywhere' } as const}>
      <strong style={hidden}>{isUser ? 'You: ' : 'Assistant: '}</strong>
      {content || '…'}
    </p>
  );
}

/** A conversation whose answers stream in. An answer can be stopped, copied and asked for again. */
export function Chat({ url = '/api/chat' }: { url?: string }) {
  const [turns, setTurns] = useState<readonly Turn[]>([]); // all but the current answer
  const [copied, setCopied] = useState('');
  const { status, text, error, start, abort } = useStreamingFetch(url, {
    method: 'POST',
    parse: ({ data }): { text?: string; error?: string } => JSON.parse(data),
    endWhen: '[DONE]', // an answer that ends without it was cut off: `failed`, never `done`
    errorWhen: ({ value }) => value?.error,
    toText: ({ value }) => value.text ?? '',
  });
  const answer: Turn = { role: 'assistant', content: text };
  const isBusy = status === 'connecting' || status === 'open';
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const follows = useRef(true); // until the reader scrolls up
  useLayoutEffect(() => {
    if (follows.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  });

  const send = (messages: readonly Turn[]) => {
    follows.current = true;
    setTurns(messages);
    input.current?.focus();
    void start({ body: { messages } }); // clears text and error at once
  };
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy) return;
    const content = String(new FormData(event.currentTarget).get('message'));
    event.currentTarget.reset();
    send([...turns, ...(text === '' ? [] : [answer]), { role: 'user', content }]);
  };
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(text));
  return (
    <section aria-label="Chat" style={frame}>
      <div
        ref={log}
        role="log"
        aria-label="Conversation"
        aria-busy={isBusy} // a screen reader waits for the whole answer
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
        style={{
          position: 'relative',
          margin: 0,
          border: 0,
          background: 'none',
          display: 'flex',
          flexDirection: 'column',
          gap: '0.75rem',
          blockSize: '20rem',
          overflow: 'auto',
          padding: '1rem',
        }}
      >
        {turns.length === 0 && (
          <p style={{ margin: 'auto', fontSize: '1.25rem', fontWeight: 600 }}>
            What would you like to know?
          </p>
        )}
        {turns.map((turn, index) => (
          <Bubble key={`${index} ${turn.role}`} turn={turn} />
        ))}
        {(text !== '' || isBusy) && <Bubble turn={answer} />}
        {error !== null && (
          <p role="alert" style={{ margin: 0, borderInlineStart: '3px solid #e5484d', padding: 8 }}>
            {error.message}
          </p>
        )}
        {turns.length > 0 && !isBusy && (
          <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            {status === 'aborted' && <span>Stopped.</span>}
            {text !== '' && (
              <button type="button" style={small} onClick={copy}>
                {copied === text ? 'Copied' : 'Copy'}
              </button>
            )}
            <button type="button" style={small} onClick={() => send(turns)}>
              {error === null ? 'Ask again' : 'Retry'}
            </button>
          </div>
        )}
      </div>
      <form
        onSubmit={ask}
        style={{ display: 'flex', gap: 8, padding: 12, borderBlockStart: `1px solid ${shade(20)}` }}
      >
        <input
          ref={input}
          name="message"
          aria-label="Message"
          placeholder="Message"
          autoComplete="off"
          required
          style={{ ...plain, flex: 1, minInlineSize: 0 }}
        />
        {isBusy ? (
          <button key="stop" type="button" style={plain} onClick={abort}>
            Stop
          </button>
        ) : (
          <button key="send" type="submit" style={{ ...pill, ...accent, border: 0 }}>
            Send
          </button>
        )}
      </form>
    </section>
  );
}
