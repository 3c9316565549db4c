import { useState } from 'react';
import { type DownloadOptions, useDownload } from 'rivulet';

interface Server {
  readonly name: string;
  readonly query: string;
  readonly options?: DownloadOptions;
}

/** What servers say of the size of a file, and what a page can tell the hook about it. */
const SERVERS: readonly [Server, ...Server[]] = [
  { name: 'a Content-Length', query: 'ranges=none' },
  { name: 'a part of the file: resumable: true', query: '', options: { resumable: true } },
  { name: 'gzip', query: 'encoding=gzip' },
  {
    name: "gzip and X-File-Size: sizeHeader: 'X-File-Size'",
    query: 'encoding=gzip&sized',
    options: { sizeHeader: 'X-File-Size' },
  },
  { name: 'no length', query: 'ranges=none&length=none' },
  {
    name: 'no length: expectedBytes: 240_000',
    query: 'ranges=none&length=none',
    options: { expectedBytes: 240_000 },
  },
  {
    name: 'no length: expectedBytes: 100_000, which is wrong',
    query: 'ranges=none&length=none',
    options: { expectedBytes: 100_000 },
  },
];

const FIELDS = [
  'loaded',
  'total',
  'totalSource',
  'progress',
  'percent',
  'bytesPerSecond',
  'secondsLeft',
] as const;

/** A value as it stands in the result; numbers short enough to be read while they change. */
function shown(value: number | string | null): string {
  if (typeof value !== 'number') return `${value}`;
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}

/** The fields of a download as they are, for servers that say more or less. */
export function ProgressFacts({ url }: { url: string }) {
  const [chosen, setChosen] = useState(0);
  const { query, options } = SERVERS[chosen] ?? SERVERS[0];
  const download = useDownload(`${url}&${query}`, options);
  const { status, progress, start } = download;
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Progress facts">
      <label htmlFor="server">The server sends</label>
      <select
        id="server"
        value={chosen}
        disabled={isBusy}
        onChange={({ target }) => setChosen(Number(target.value))}
        style={{ inlineSize: '100%' }}
      >
        {SERVERS.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </select>
      <p>
        <button type="button" disabled={isBusy} onClick={() => void start()}>
          Download
        </button>{' '}
        <output>{status}</output>
      </p>
      <progress
        aria-label="Progress"
        value={progress ?? (isBusy ? undefined : 0)}
        style={{ inlineSize: '100%' }}
      />
      <table>
        <caption>What the hook returns</caption>
        <tbody>
          {FIELDS.map((field) => (
            <tr key={field}>
              <th scope="row">
                <code>{field}</code>
              </th>
              <td style={{ inlineSize: '5rem' }}>{shown(download[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
