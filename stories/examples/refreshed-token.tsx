'use client';

import { useRef, useState } from 'react';
import { StreamConfig, useEventSource } from 'rivulet';

/** One of several streams that need a token; it knows nothing of tokens. */
function PrivateFeed({ name, url }: { name: string; url: string }) {
  const { status, attempt, data, error } = useEventSource(url);
  return (
    <section aria-label={name} style={{ minBlockSize: '9rem', flex: '1 1 14rem' }}>
      <h3>{name}</h3>
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      {error !== null && <p role="alert">{error.message}</p>}
      <p>{data ?? 'Nothing yet.'}</p>
    </section>
  );
}

interface RefreshedTokenProps {
  url?: string;
  /** Where a POST gets a fresh access token. */
  tokenUrl?: string;
}

/** All streams use one token, and share one refresh of it when the server answers 401. */
export function RefreshedToken({
  url = '/api/private',
  tokenUrl = '/api/token',
}: RefreshedTokenProps) {
  const token = useRef('expired');
  const [refreshes, setRefreshes] = useState(0);
  const refresh = async () => {
    const response = await fetch(tokenUrl, { method: 'POST' });
    const answer: { token: string } = await response.json();
    token.current = answer.token;
    setRefreshes((count) => count + 1);
  };
  return (
    <StreamConfig
      headers={() => ({ Authorization: `Bearer ${token.current}` })} // asked for every attempt
      onUnauthorized={refresh} // called once, however many streams were refused
    >
      <p>
        Fresh tokens fetched: <output>{refreshes}</output>
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 2rem' }}>
        <PrivateFeed name="Messages" url={url} />
        <PrivateFeed name="Invoices" url={url} />
      </div>
    </StreamConfig>
  );
}
