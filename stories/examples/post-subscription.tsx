'use client';

import { type ComponentProps, type FormEvent, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Subscribes with a POST that has a JSON body and headers, which EventSource cannot send. */
export function PostSubscription({ url = '/api/prompt' }: { url?: string }) {
  const [prompt, setPrompt] = useState('');
  const [asked, setAsked] = useState({ prompt: '', number: 0 });
  const { status, state, latest, error } = useEventSource(asked.number === 0 ? null : url, {
    body: { prompt: asked.prompt }, // sent as JSON, by POST
    headers: { 'X-Client': 'rivulet', Authorization: 'Bearer demo' },
    key: asked.number, // the same question again is a new request
    reduce: (answer: string, { event, value }) => (event === 'token' ? answer + value : answer),
    initialState: '',
  });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked({ prompt, number: asked.number + 1 });
  };
  return (
    <section aria-label="Subscription by POST">
      <form onSubmit={ask}>
        <label htmlFor="prompt">Question</label>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
          <input
            id="prompt"
            required
            style={{ flex: '1 1 14rem', border: '1px solid', borderRadius: 8, padding: '0.4rem' }}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
          <Button type="submit">Ask</Button>
        </div>
      </form>
      <p>
        Status <output>{status}</output>
      </p>
      {error !== null && <p role="alert">{error.message}</p>}
      <h3 id="answer">Answer</h3>
      <p role="log" aria-labelledby="answer" style={{ minBlockSize: '3lh' }}>
        {state}
      </p>
      <h3>What the server received</h3>
      <pre style={{ minBlockSize: '10lh', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {latest['request']}
      </pre>
    </section>
  );
}
