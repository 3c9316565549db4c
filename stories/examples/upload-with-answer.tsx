'use client';

import type { ComponentProps, FormEvent } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Uploads a file and shows what the server finds in it, as it finds it. */
export function UploadWithAnswer({ url = '/api/upload' }: { url?: string }) {
  const { status, messages, error, start, abort } = useStreamingFetch(url, {
    method: 'POST',
    framing: 'lines',
  });
  const upload = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void start({ body: new FormData(event.currentTarget) }); // the browser sets the content type
  };
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Upload with a streamed answer">
      <form onSubmit={upload}>
        <label htmlFor="file">A text file</label>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
          <input
            id="file"
            name="file"
            type="file"
            accept="text/*"
            required
            style={{
              flex: '1 1 12rem',
              minInlineSize: 0,
              border: '1px solid',
              borderRadius: 8,
              padding: '0.4rem',
            }}
          />
          <Button type="submit" disabled={isBusy}>
            Upload
          </Button>
          <Button disabled={!isBusy} onClick={abort}>
            Stop
          </Button>
        </div>
      </form>
      <p>
        Status <output>{status}</output>
      </p>
      {error !== null && <p role="alert">{error.message}</p>}
      <h3 id="account">What the server found</h3>
      <div role="log" aria-labelledby="account" style={{ minBlockSize: '12rem' }}>
        <ul>
          {messages.map(({ data }) => (
            <li key={data}>{data}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
