import type { FormEvent } from 'react';
import { useStreamingFetch } from 'rivulet';

/** Sends a form with a file, and shows what the server finds in it while it is still looking. */
export function UploadWithAnswer({ url = './api/upload' }: { url?: string }) {
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
            style={{ flex: '1 1 12rem', minInlineSize: 0 }}
          />
          <button type="submit" disabled={isBusy}>
            Upload
          </button>
          <button type="button" disabled={!isBusy} onClick={abort}>
            Stop
          </button>
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
