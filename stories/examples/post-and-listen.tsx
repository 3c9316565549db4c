'use client';

import { type ComponentProps, type FormEvent, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Both directions without a WebSocket: you send by POST and receive what everybody sends by SSE. */
export function PostAndListen({ url = '/api/room' }: { url?: string }) {
  const [note, setNote] = useState('');
  const [trouble, setTrouble] = useState('');
  const { status, messages } = useEventSource(url, { maxMessages: 5 });
  const say = async (event: FormEvent) => {
    event.preventDefault();
    setNote('');
    setTrouble('');
    try {
      const response = await fetch(url, { method: 'POST', body: note });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    } catch (error) {
      setNote(note);
      setTrouble(`Not sent. ${error instanceof Error ? error.message : ''}`);
    }
  };
  return (
    <section aria-label="Room">
      <form onSubmit={(event) => void say(event)}>
        <label htmlFor="note">A note for everybody</label>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
          <input
            id="note"
            required
            style={{
              flex: '1 1 12rem',
              minInlineSize: 0,
              border: '1px solid',
              borderRadius: 8,
              padding: '0.4rem',
            }}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button type="submit">Send</Button>
        </div>
      </form>
      {trouble !== '' && <p role="alert">{trouble}</p>}
      <p>
        Status <output>{status}</output>
      </p>
      <h3 id="notes">Notes, newest last</h3>
      <div role="log" aria-labelledby="notes" style={{ minBlockSize: '10rem' }}>
        {messages.length === 0 && <p>Nothing yet.</p>}
        <ul>
          {messages.map(({ lastEventId, data }) => (
            <li key={lastEventId}>{data}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
