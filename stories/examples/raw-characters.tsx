'use client';

import { useStreamingFetch } from 'rivulet';

interface ReadingProps {
  name: string;
  url: string;
  framing: 'sse' | 'text';
}

function Reading({ name, url, framing }: ReadingProps) {
  const { status, text, bytesReceived, messages, dropped, error } = useStreamingFetch(url, {
    framing,
    autoStart: true,
  });
  return (
    <section aria-label={name} style={{ flex: '1 1 16rem' }}>
      <h3>{name}</h3>
      <p>
        Status <output>{status}</output>
      </p>
      <p>
        {bytesReceived} bytes, {messages.length + dropped} messages
      </p>
      <blockquote aria-busy={status === 'open'} style={{ minBlockSize: '8lh' }}>
        {text}
      </blockquote>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}

/**
 * A server says `text/event-stream` and sends bare characters. As events there is nothing in it,
 * and in development the console says so; as text it is readable.
 */
export function RawCharacters({ url = '/api/raw' }: { url?: string }) {
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 2rem' }}>
      <Reading name="Read as events" url={url} framing="sse" />
      <Reading name="Read as text" url={url} framing="text" />
    </div>
  );
}
