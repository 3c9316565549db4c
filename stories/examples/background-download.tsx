import { useState } from 'react';
import { type DownloadController, useDownload } from 'rivulet';
import { createDownload } from 'rivulet/core';

/** Downloads that belong to the app and to none of its components, by their URL. */
const jobs = new Map<string, DownloadController>();

function jobFor(url: string): DownloadController {
  const job = jobs.get(url) ?? createDownload(url, { resumable: true });
  jobs.set(url, job);
  return job;
}

/** Looks at the job. Its coming and going change nothing: given a controller, a hook only shows it. */
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
        style={{ inlineSize: '100%' }}
      />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem', marginBlockStart: '1rem' }}>
        <button type="button" disabled={isBusy} onClick={() => void start()}>
          Download
        </button>
        <button type="button" disabled={!isBusy} onClick={abort}>
          Cancel
        </button>
        <button type="button" disabled={status !== 'done'} onClick={() => save()}>
          Save
        </button>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}

/** A panel that can be left, and a download that goes on meanwhile. */
export function BackgroundDownload({ url = './api/files/soundings.csv' }: { url?: string }) {
  const [isShown, setIsShown] = useState(true);
  return (
    <>
      <p>
        <button type="button" aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Leave' : 'Come back'}
        </button>
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
