'use client';

import { type ComponentProps, useState } from 'react';
import { useDownload } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** A file of this site's own in the browser (OPFS). A picker gives a handle of the same kind. */
async function createFile(name: string): Promise<FileSystemFileHandle> {
  const folder = await navigator.storage.getDirectory();
  return folder.getFileHandle(name, { create: true });
}

/** Writes a download straight to disk, so that the page holds none of it in memory. */
export function SaveToDisk({
  url = '/api/files/levels.csv',
  name = 'levels.csv',
}: {
  url?: string;
  /** What the file is called on disk. */
  name?: string;
}) {
  const [size, setSize] = useState<number | null>(null);
  const { status, progress, percent, error, start, abort } = useDownload(url, {
    saveTo: () => createFile(name), // called in start(), while the click still counts as one
  });
  const isBusy = status === 'connecting' || status === 'open' || status === 'waiting';
  const run = async () => {
    setSize(null);
    const { status: end } = await start();
    if (end !== 'done') return;
    const handle = await createFile(name);
    setSize((await handle.getFile()).size);
  };
  return (
    <section aria-label="Save to disk">
      <p>
        <output>{status}</output> {percent !== null && `${percent}%`}
      </p>
      <progress
        aria-label="Progress"
        value={progress ?? (isBusy ? undefined : 0)}
        style={{ border: 'revert', inlineSize: '100%' }}
      />
      <p style={{ display: 'flex', gap: '0.5rem' }}>
        <Button disabled={isBusy} onClick={() => void run()}>
          Save to disk
        </Button>
        <Button disabled={!isBusy} onClick={abort}>
          Cancel
        </Button>
      </p>
      <p style={{ minBlockSize: '1lh' }}>
        {size !== null && `The file on disk has ${size.toLocaleString()} bytes.`}
      </p>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}
