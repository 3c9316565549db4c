'use client';

import { useRef, useState } from 'react';
import { useEventSource } from 'rivulet';
import { acrossTabs } from 'rivulet/share';

/** What a tab shows. Open it in as many tabs as you like: all of them have one connection. */
export function TabFeed({ url = './api/notifications' }: { url?: string }) {
  const [leads, setLeads] = useState(false);
  const readAt = useRef(Number.NEGATIVE_INFINITY);
  const { status, messages, state } = useEventSource(url, {
    share: acrossTabs,
    maxMessages: 3,
    // Only the tab that has the connection sees its bytes; the others are told the messages.
    onChunk: () => {
      readAt.current = performance.now();
    },
    onMessage: () => setLeads(performance.now() - readAt.current < 200),
    // The events of this server are numbered; count those that are missing, or came twice.
    reduce: ({ last, gaps }, { lastEventId }) => {
      const number = Number(lastEventId);
      return { last: number, gaps: last === 0 || number === last + 1 ? gaps : gaps + 1 };
    },
    initialState: { last: 0, gaps: 0 },
  });
  return (
    <section aria-label="Notifications">
      <p>
        <output>{status}</output> {leads ? 'This tab leads.' : 'This tab follows.'}
      </p>
      <p>Gaps: {state.gaps === 0 ? 'none' : state.gaps}</p>
      <ul style={{ minBlockSize: '6lh', paddingInlineStart: '1.25rem' }}>
        {messages.map(({ lastEventId, data }) => (
          <li key={lastEventId}>
            {lastEventId}: {data}
          </li>
        ))}
      </ul>
    </section>
  );
}
