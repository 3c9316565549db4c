'use client';

import { useState } from 'react';
import { useEventSource } from 'rivulet';

interface JobProgressProps {
  url?: string;
  /** How many steps the job has. */
  steps?: number;
}

/** Follows a job until the server says that it is over, and does not reconnect after that. */
export function JobProgress({ url = '/api/sentinel', steps = 5 }: JobProgressProps) {
  const [changes, setChanges] = useState<readonly string[]>([]);
  const { status, data, error, attempt } = useEventSource(url, {
    endWhen: { event: 'end' }, // a last message; HTTP 204 ends a subscription without being named
    retry: { baseDelayMs: 300 },
    onStatusChange: (to, from) => setChanges((all) => [...all.slice(-7), `${from} → ${to}`]),
  });
  const step = Number(data ?? 0);
  return (
    <section aria-label="Job progress">
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      <label htmlFor="progress">
        {status === 'done' ? 'Finished' : `Step ${step} of ${steps}`}
      </label>
      <progress
        id="progress"
        value={step}
        max={steps}
        style={{ border: 'revert', inlineSize: '100%' }}
      />
      {error !== null && <p role="alert">{error.message}</p>}
      <h3 id="changes">Changes of the status</h3>
      <div role="log" aria-labelledby="changes" style={{ minBlockSize: '14rem' }}>
        <ul>
          {changes.map((change, index) => (
            <li key={`${index} ${change}`}>{change}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
