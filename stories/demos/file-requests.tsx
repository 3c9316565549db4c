import { useEffect, useState } from 'react';

/** One request of a file, as the demo server saw it. */
export interface FileRequest {
  /** The `Range` asked for, empty where there was none. */
  readonly range: string;
  /** The `If-Range` that it depended on, empty where there was none. */
  readonly ifRange: string;
  readonly status: number;
}

/** Asks the demo server what was asked of the files of an id. */
export async function fetchAsked(id: string, init?: RequestInit): Promise<readonly FileRequest[]> {
  const response = await fetch(`./api/files/asked?id=${id}`, init);
  return await response.json();
}

/** What the demo server was asked for, request by request. */
export function FileRequests({ url }: { url: string }) {
  const [asked, setAsked] = useState<readonly FileRequest[]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    const id = new URL(url, document.baseURI).searchParams.get('id') ?? '';
    const ask = async () => setAsked(await fetchAsked(id, { signal: leaving.signal }));
    const timer = setInterval(() => ask().catch(() => {}), 500);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [url]);
  return (
    <div data-aside="" style={{ minBlockSize: '6rem' }}>
      What the server was asked for, and how it answered:
      <ol>
        {asked.map(({ range, ifRange, status }, index) => (
          <li key={`${index} ${range}`}>
            <code>
              {range === '' ? 'all' : range}
              {ifRange !== '' && ` If-Range: ${ifRange}`} → {status}
            </code>
          </li>
        ))}
      </ol>
    </div>
  );
}
