'use client';

import { type ComponentProps, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Types out a text that arrives one character at a time, in events named `lol`. */
export function CharacterStream({ url = '/api/named' }: { url?: string }) {
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
      <Button onClick={() => setRun(run + 1)}>Start again</Button>
    </section>
  );
}
