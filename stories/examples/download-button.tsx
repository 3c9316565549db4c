'use client';

import type { ComponentProps } from 'react';
import { type DownloadOptions, useDownload } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  return <button type="button" {...props} style={{ ...look, opacity: props.disabled ? 0.5 : 1 }} />;
}

const card = {
  display: 'grid',
  gap: '0.75rem',
  border: '1px solid color-mix(in srgb, currentcolor 20%, transparent)',
  borderRadius: 16,
  padding: '1rem',
} as const;

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Bytes in a unit that reads well, in the reader's language; `per` makes a rate of them. */
function inUnits(bytes: number, per: '' | '-per-second' = ''): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const unit = `${UNITS[power]}${per}`;
  const format = { style: 'unit', unit, maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(undefined, format).format(bytes / 1000 ** power);
}

/** Seconds, or minutes when there are many. */
function inTime(seconds: number): string {
  const [value, unit] = seconds < 100 ? [seconds, 'second'] : [seconds / 60, 'minute'];
  const format = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(undefined, format).format(Math.ceil(value));
}

/** Downloads a file on request, shows the progress, and saves it under the server's file name. */
export function DownloadButton({
  url = '/api/files/levels.csv',
  ...options
}: DownloadOptions & { url?: string }) {
  const download = useDownload(url, { resumable: true, ...options }); // keeps what a pause leaves
  const { status, loaded, total, progress, percent, bytesPerSecond, secondsLeft } = download;
  const isPaused = status === 'paused';
  const isBusy = isPaused || status === 'connecting' || status === 'open' || status === 'waiting';
  return (
    <section aria-label="Download" style={card}>
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <output>{status}</output> <strong>{download.fileName ?? 'A file'}</strong>
      </p>
      <progress
        aria-label={download.fileName ?? 'Download'}
        value={progress ?? (isBusy ? undefined : 0)} // without a value the bar claims nothing
        style={{ inlineSize: '100%', blockSize: '0.75rem', accentColor: '#0b63c5' }}
      />
      <p style={{ margin: 0, display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem' }}>
        <span style={{ fontVariantNumeric: 'tabular-nums' }}>
          {status === 'idle'
            ? 'Not started'
            : `${inUnits(loaded)} of ${total === null ? 'an unknown size' : inUnits(total)}`}
          {percent !== null && ` (${percent}%)`}
        </span>
        {bytesPerSecond !== null && <span>{inUnits(bytesPerSecond, '-per-second')}</span>}
        {secondsLeft !== null && <span>{inTime(secondsLeft)} left</span>}
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        <Button disabled={isBusy} onClick={() => void download.start()}>
          Download
        </Button>
        <Button disabled={!isBusy} onClick={isPaused ? download.resume : download.pause}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button disabled={!isBusy} onClick={download.abort}>
          Cancel
        </Button>
        <Button disabled={status !== 'done'} onClick={() => download.save()}>
          Save
        </Button>
      </div>
      {download.restarted && <p>It started over: the part that was here could not be continued.</p>}
      {download.error !== null && <p role="alert">{download.error.message}</p>}
    </section>
  );
}
