'use client';

import { type ComponentProps, useState } from 'react';
import { type DownloadController, useDownload } from 'rivulet';
import { createDownload } from 'rivulet/core';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Downloads that belong to the app and to none of its components, by their URL. */
const jobs = new Map<string, DownloadController>();

function jobFor(url: string): DownloadController {
  const job = jobs.get(url) ?? createDownload(url, { resumable: true });
  jobs.set(url, job);
  return job;
}

/** Looks at the job. Given a controller, a hook only shows it, so mounting and unmounting change nothing. */
function JobPanel({ job }: { job: DownloadController }) {
  const { status, fileName, progress, percent, error, start, abort, save } = useDownload(job);
  const isBusy = status === 'connecting' || status === 'open' || status === 'waiting';
  return (
    <section aria-label="Background download">
      <p>
        <output>{status}</output> {fileName ?? 'A file'}
        {percent !== null && `, ${percent}%`}
      </p>
      <progress
        aria-label={fileName ?? 'Download'}
        value={progress ?? (isBusy ? undefined : 0)}
        style={{ border: 'revert', inlineSize: '100%' }}
      />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem', marginBlockStart: '1rem' }}>
        <Button disabled={isBusy} onClick={() => void start()}>
          Download
        </Button>
        <Button disabled={!isBusy} onClick={abort}>
          Cancel
        </Button>
        <Button disabled={status !== 'done'} onClick={() => save()}>
          Save
        </Button>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}

/** A download that continues while the panel that shows it is unmounted. */
export function BackgroundDownload({ url = '/api/files/soundings.csv' }: { url?: string }) {
  const [isShown, setIsShown] = useState(true);
  return (
    <>
      <p>
        <Button aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Leave' : 'Come back'}
        </Button>
      </p>
      <div style={{ minBlockSize: '10rem' }}>
        {isShown ? (
          <JobPanel job={jobFor(url)} />
        ) : (
          <p>The panel is unmounted. If a download was running, it still is.</p>
        )}
      </div>
    </>
  );
}
