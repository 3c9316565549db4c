'use client';

import type { ComponentProps } from 'react';
import { type DownloadOptions, useDownload } from 'rivulet';

/** A shade of the text colour: light pages get a light one, dark pages a dark one. */
const shade = (percent: number) => `color-mix(in srgb, currentcolor ${percent}%, transparent)`;

/** A button that looks the same in every app, whatever its style sheet resets. */
function Button({ isMain, ...props }: ComponentProps<'button'> & { isMain?: boolean }) {
  const box = { font: 'inherit', borderRadius: 8, padding: '0.4rem 0.9rem' };
  const look = isMain
    ? { color: '#fff', background: '#0b63c5', border: '1px solid #0b63c5' }
    : { color: 'inherit', background: 'none', border: `1px solid ${shade(35)}` };
  const off = props.disabled && { opacity: 0.5 };
  return <button type="button" {...props} style={{ ...box, ...look, ...off }} />;
}

const card = {
  display: 'grid',
  gap: '0.75rem',
  border: `1px solid ${shade(20)}`,
  borderRadius: 16,
  padding: '1rem',
} as const;

/** The browser draws a bar in the accent colour only while no style sheet gives it a border. */
const bar = { border: 'revert', accentColor: '#0b63c5' };

/** What the reader is told instead of the status. */
const STATUS = {
  idle: 'Not started',
  connecting: 'Starting',
  open: 'Downloading',
  waiting: 'Trying again soon',
  paused: 'Paused',
  done: 'Complete',
  aborted: 'Cancelled',
  failed: 'Failed',
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
      <p style={{ margin: 0, display: 'flex', gap: '1rem', justifyContent: 'space-between' }}>
        <strong style={{ overflowWrap: 'anywhere' }}>{download.fileName ?? 'File'}</strong>
        <output>{STATUS[status]}</output>
      </p>
      <progress
        aria-label={download.fileName ?? 'Download'}
        value={progress ?? (isBusy ? undefined : 0)} // without a value the bar claims nothing
        style={{ ...bar, inlineSize: '100%', blockSize: '0.75rem' }}
      />
      <p style={{ margin: 0, display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem' }}>
        <span style={{ fontVariantNumeric: 'tabular-nums' }}>
          {status === 'idle'
            ? '\u00A0'
            : `${inUnits(loaded)} of ${total === null ? 'an unknown size' : inUnits(total)}`}
          {percent !== null && ` (${percent}%)`}
        </span>
        {bytesPerSecond !== null && <span>{inUnits(bytesPerSecond, '-per-second')}</span>}
        {secondsLeft !== null && <span>{inTime(secondsLeft)} left</span>}
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        <Button
          isMain={!isBusy && status !== 'done'}
          disabled={isBusy}
          onClick={() => void download.start()}
        >
          Download
        </Button>
        <Button disabled={!isBusy} onClick={isPaused ? download.resume : download.pause}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button disabled={!isBusy} onClick={download.abort}>
          Cancel
        </Button>
        <Button
          isMain={status === 'done'}
          disabled={status !== 'done'}
          onClick={() => download.save()}
        >
          Save
        </Button>
      </div>
      {download.restarted && <p>It started over: the part that was here could not be continued.</p>}
      {download.error !== null && <p role="alert">{download.error.message}</p>}
    </section>
  );
}
