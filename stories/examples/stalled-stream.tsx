'use client';

import { useState } from 'react';
import { useEventSource } from 'rivulet';

interface StalledStreamProps {
  url?: string;
  /** Longest time without a byte, in ms. The comments that servers send as heartbeat count. */
  idleTimeoutMs?: number;
  /** Longest time without a message, in ms. Comments do not count. */
  messageTimeoutMs?: number;
}

/** Notices a connection that is open but silent, and replaces it. */
export function StalledStream({
  url = '/api/stalled',
  idleTimeoutMs = 5000,
  messageTimeoutMs,
}: StalledStreamProps) {
  const [troubles, setTroubles] = useState<readonly string[]>([]);
  const [comments, setComments] = useState(0);
  const { status, attempt, messages } = useEventSource(url, {
    idleTimeoutMs,
    messageTimeoutMs,
    maxMessages: 24,
    onComment: () => setComments((count) => count + 1),
    onError: ({ code, message }) => setTroubles((all) => [...all.slice(-2), `${code}: ${message}`]),
  });
  return (
    <section aria-label="Stalled stream">
      <p>
        Status <output>{status}</output> attempt {attempt}, {comments} comments
      </p>
      <h3 id="numbers">Numbers received</h3>
      <p role="log" aria-labelledby="numbers" style={{ minBlockSize: '2lh' }}>
        {messages.map(({ value }) => value).join(' ')}
      </p>
      <h3 id="troubles">What the deadline said, newest last</h3>
      <div role="log" aria-labelledby="troubles" style={{ minBlockSize: '12rem' }}>
        {troubles.map((trouble, index) => (
          <p key={`${index} ${trouble}`}>{trouble}</p>
        ))}
      </div>
    </section>
  );
}
