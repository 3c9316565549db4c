import { useEffect, useState } from 'react';
import type { StreamStats } from '../isolated-stream.tsx';

/** How many requests the demo server has seen for a stream, and how many it is answering. */
export function RequestCounter({ url }: { url: string }) {
  const [stats, setStats] = useState<StreamStats | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async () => {
      const { search } = new URL(url, document.baseURI);
      const response = await fetch(`./api/stats${search}`, { signal: leaving.signal });
      setStats(await response.json());
    };
    const timer = setInterval(() => ask().catch(() => {}), 500);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [url]);
  return (
    <p data-aside="">
      The server counts{' '}
      <output aria-label="Requests at the server">{stats?.requests ?? '–'}</output> requests for
      this stream, and is answering{' '}
      <output aria-label="Open at the server">{stats?.open ?? '–'}</output> now.
    </p>
  );
}
