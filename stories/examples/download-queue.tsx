'use client';

import type { ComponentProps } from 'react';
import { useDownload } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface ListedFile {
  readonly url: string;
  readonly name: string;
  /** Bytes, as the listing says: known before the first request. */
  readonly size: number;
}

const LISTED: readonly [ListedFile, ListedFile, ListedFile] = [
  { url: '/api/files/gauges.csv?interval=60', name: 'Gauges', size: 60_000 },
  { url: '/api/files/levels.csv?interval=40', name: 'Levels', size: 240_000 },
  { url: '/api/files/soundings.csv?interval=20', name: 'Soundings', size: 420_000 },
];

const megabytes = new Intl.NumberFormat(undefined, {
  style: 'unit',
  unit: 'megabyte',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** Downloads three files one after another, with one progress bar for all of them. */
export function DownloadQueue({ files = LISTED }: { files?: typeof LISTED }) {
  const [first, second, third] = files;
  const queue = [
    { ...first, download: useDownload(first.url, { expectedBytes: first.size }) },
    { ...second, download: useDownload(second.url, { expectedBytes: second.size }) },
    { ...third, download: useDownload(third.url, { expectedBytes: third.size }) },
  ];
  const loaded = queue.reduce((sum, { download }) => sum + download.loaded, 0);
  const total = queue.reduce((sum, { download, size }) => sum + (download.total ?? size), 0);
  const isBusy = queue.some(({ download: { status } }) => /connecting|open|waiting/.test(status));
  const fetchAll = async () => {
    for (const { download } of queue) download.reset();
    for (const { download } of queue) {
      const { status } = await download.start(); // resolves at the end of any kind, never rejects
      if (status !== 'done') return;
    }
  };
  return (
    <section aria-label="Downloads">
      <label htmlFor="all">
        All files: {megabytes.format(loaded / 1e6)} of {megabytes.format(total / 1e6)}
      </label>
      <progress
        id="all"
        value={loaded}
        max={total}
        style={{ border: 'revert', inlineSize: '100%' }}
      />
      <ul style={{ listStyle: 'none', paddingInlineStart: 0, minBlockSize: '11rem' }}>
        {queue.map(({ url, name, download }) => (
          <li key={url} style={{ marginBlock: '0.75rem' }}>
            {name} <output>{download.status}</output>
            <progress
              aria-label={name}
              value={download.progress ?? 0}
              style={{
                border: 'revert',
                display: 'block',
                inlineSize: '100%',
                marginBlockStart: 4,
              }}
            />
            {download.error !== null && <p role="alert">{download.error.message}</p>}
          </li>
        ))}
      </ul>
      <Button disabled={isBusy} onClick={() => void fetchAll()}>
        Download all
      </Button>{' '}
      <Button disabled={!isBusy} onClick={() => queue.forEach(({ download }) => download.abort())}>
        Cancel
      </Button>
    </section>
  );
}
