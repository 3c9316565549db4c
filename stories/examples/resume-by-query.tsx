'use client';

import { useState } from 'react';
import { useEventSource } from 'rivulet';

/** Resumes with a query parameter, so that a request to another origin needs no preflight. */
export function ResumeByQuery({ url = '/api/flaky' }: { url?: string }) {
  const [requests, setRequests] = useState<readonly string[]>([]);
  const { status, lastEventId, messages } = useEventSource(url, {
    resume: { query: 'last_event_id' }, // instead of the header Last-Event-ID
    retry: { baseDelayMs: 500 },
    maxMessages: 48,
    onOpen: (response) => setRequests((all) => [...all.slice(-4), response.url]),
  });
  return (
    <section aria-label="Resume by query">
      <p>
        Status <output>{status}</output> last event id {lastEventId || 'none'}
      </p>
      <h3 id="numbers">Numbers received</h3>
      <p role="log" aria-labelledby="numbers" style={{ minBlockSize: '3lh' }}>
        {messages.map(({ value }) => value).join(' ')}
      </p>
      <h3 id="requests">Requests, newest last</h3>
      <div role="log" aria-labelledby="requests" style={{ minBlockSize: '13rem' }}>
        <ol style={{ overflowWrap: 'anywhere' }}>
          {requests.map((request, index) => (
            <li key={`${index} ${request}`}>
              {new URL(request).searchParams.get('last_event_id') ?? 'no id'} <code>{request}</code>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
