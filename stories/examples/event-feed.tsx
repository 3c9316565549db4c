'use client';

import { type ComponentProps, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

const READY_STATES = ['CONNECTING', 'OPEN', 'CLOSED'] as const;

/** A live stream with the status of its connection and every change of it. */
export function EventFeed({ url = '/api/clock' }: { url?: string }) {
  const [changes, setChanges] = useState<readonly string[]>([]);
  const { status, readyState, messages, dropped, close, reconnect } = useEventSource(url, {
    maxMessages: 6,
    onStatusChange: (to, from) => setChanges((all) => [...all.slice(-5), `${from} → ${to}`]),
  });
  return (
    <section aria-label="Event feed">
      <p>
        Status <output>{status}</output> readyState{' '}
        <code>
          {readyState} {READY_STATES[readyState]}
        </code>
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 3rem' }}>
        <div style={{ flex: '1 1 12rem', minBlockSize: '14rem' }}>
          <h3 id="events">Events</h3>
          <div role="log" aria-labelledby="events">
            {messages.length === 0 && <p>Nothing yet.</p>}
            <ol start={dropped + 1}>
              {messages.map((message, index) => (
                <li key={dropped + index}>{message.data}</li>
              ))}
            </ol>
          </div>
        </div>
        <div style={{ flex: '1 1 12rem', minBlockSize: '14rem' }}>
          <h3 id="changes">Changes of the status</h3>
          <div role="log" aria-labelledby="changes">
            <ul>
              {changes.map((change, index) => (
                <li key={`${index} ${change}`}>{change}</li>
              ))}
            </ul>
          </div>
        </div>
      </div>
      <Button onClick={close} disabled={readyState === 2}>
        Close
      </Button>{' '}
      <Button onClick={reconnect}>Reconnect</Button>
    </section>
  );
}
