import { useState } from 'react';
import { useEventSource } from 'rivulet';

/** Types out a text that arrives one character at a time, in events named `lol`. */
export function CharacterStream({ url = './api/named' }: { url?: string }) {
  const [run, setRun] = useState(1);
  const { status, state: text } = useEventSource(url, {
    key: run, // a new key is a new stream: it starts again with an empty text
    events: ['lol'],
    endWhen: { event: 'end' },
    reduce: (soFar: string, message) => soFar + message.value,
    initialState: '',
  });
  return (
    <section aria-label="Character stream">
      <p>
        Status <output>{status}</output> {[...text].length} characters
      </p>
      <blockquote aria-busy={status === 'open'} style={{ minBlockSize: '3lh' }}>
        {text}
      </blockquote>
      <button type="button" onClick={() => setRun(run + 1)}>
        Start again
      </button>
    </section>
  );
}
