'use client';

import { type ComponentProps, useState } from 'react';
import { useEventSource } from 'rivulet';
import { inPage } from 'rivulet/share';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Any component that wants notifications calls this. */
function useNotifications(url: string, maxMessages: number) {
  return useEventSource(url, { share: inPage, maxMessages }); // one connection for all of them
}

/** Counts messages and keeps only one. */
function Badge({ url }: { url: string }) {
  const { messages, dropped } = useNotifications(url, 1);
  return (
    <p>
      <strong>{messages.length + dropped}</strong> since this badge appeared
    </p>
  );
}

/** Lists the newest messages. One that is mounted later starts empty. */
function Inbox({ name, url }: { name: string; url: string }) {
  const { status, messages } = useNotifications(url, 3);
  return (
    <section aria-label={name} style={{ flex: '1 1 13rem', minBlockSize: '12rem' }}>
      <h3>
        {name} <output>{status}</output>
      </h3>
      {messages.length === 0 && <p>Nothing yet.</p>}
      <ul>
        {messages.map(({ lastEventId, data }) => (
          <li key={lastEventId}>{data}</li>
        ))}
      </ul>
    </section>
  );
}

/** Many components that share one connection. */
export function SharedNotifications({ url = '/api/notifications' }: { url?: string }) {
  const [inboxes, setInboxes] = useState(4);
  const names = Array.from({ length: inboxes }, (_, index) => `Inbox ${index + 1}`);
  return (
    <section aria-label="Notifications">
      <Badge url={url} />
      <p>
        <Button onClick={() => setInboxes(inboxes + 1)}>Add an inbox</Button>{' '}
        <Button onClick={() => setInboxes(inboxes - 1)} disabled={inboxes === 0}>
          Remove one
        </Button>
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 2rem' }}>
        {names.map((name) => (
          <Inbox key={name} name={name} url={url} />
        ))}
      </div>
    </section>
  );
}
