import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { useStreamingFetch } from 'rivulet';

type Turn = { readonly role: 'user' | 'assistant'; readonly content: string };

const Bubble = ({ turn: { role, content } }: { turn: Turn }) => (
  <p style={{ whiteSpace: 'pre-wrap', alignSelf: role === 'user' ? 'flex-end' : 'flex-start' }}>
    <strong>{role === 'user' ? 'You: ' : 'Assistant: '}</strong>
    {content}
  </p>
);

/** A conversation whose answers stream in: stop, retry, and a partial answer stays. */
export function Chat({ url = './api/chat' }: { url?: string }) {
  const [turns, setTurns] = useState<readonly Turn[]>([]); // all but the present answer
  const { status, text, error, start, abort } = useStreamingFetch(url, {
    method: 'POST',
    parse: ({ data }): { text?: string; error?: string } => JSON.parse(data),
    endWhen: '[DONE]', // without it the answer was cut: an error, never taken for complete
    errorWhen: ({ value }) => value?.error,
    toText: ({ value }) => value.text ?? '',
  });
  const answer: Turn = { role: 'assistant', content: text };
  const isBusy = status === 'connecting' || status === 'open';
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true); // until the reader scrolls up
  useLayoutEffect(() => {
    if (follows.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  });

  const send = (messages: readonly Turn[]) => {
    follows.current = true;
    setTurns(messages);
    void start({ body: { messages } }); // clears text and error at once
  };
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const content = String(new FormData(event.currentTarget).get('message'));
    event.currentTarget.reset();
    send([...turns, ...(text === '' ? [] : [answer]), { role: 'user', content }]);
  };
  return (
    <section aria-label="Chat">
      <div
        ref={box}
        role="log"
        aria-label="Conversation"
        aria-busy={isBusy} // a screen reader waits for the whole answer
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
        style={{ display: 'flex', flexDirection: 'column', blockSize: '14rem', overflow: 'auto' }}
      >
        {turns.map((turn, index) => (
          <Bubble key={`${index} ${turn.role}`} turn={turn} />
        ))}
        {(text !== '' || isBusy) && <Bubble turn={answer} />}
        {status === 'aborted' && <p>Stopped.</p>}
        {error !== null && (
          <p role="alert">
            {error.message}{' '}
            <button type="button" onClick={() => send(turns)}>
              Retry
            </button>
          </p>
        )}
      </div>
      <form onSubmit={ask} style={{ display: 'flex', gap: '0.5rem' }}>
        <input name="message" aria-label="Message" required style={{ flex: 1, minInlineSize: 0 }} />
        <button type="submit" disabled={isBusy}>
          Send
        </button>
        <button type="button" disabled={!isBusy} onClick={abort}>
          Stop
        </button>
      </form>
    </section>
  );
}
