'use client';

import { type ComponentProps, useLayoutEffect, useRef, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** The tail of a growing log. It can be paused, keeps a limited number of lines, and follows the end. */
export function LogTail({ url = '/api/log', keep = 50 }: { url?: string; keep?: number }) {
  const [paused, setPaused] = useState(false);
  const { status, messages, dropped } = useEventSource(url, {
    maxMessages: keep, // older lines are dropped, so memory stays constant
    enabled: !paused, // closes the connection; after the pause it resumes and misses no line
  });
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  });
  return (
    <section aria-label="Log tail">
      <p>
        Status <output>{status}</output> {messages.length} lines shown, {dropped} dropped
      </p>
      <div
        ref={box}
        role="log"
        aria-live="off"
        aria-label="Log"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
        style={{ blockSize: '16rem', overflow: 'auto' }}
      >
        {messages.map(({ lastEventId, data }) => (
          <div key={lastEventId} style={{ display: 'flex', gap: '1ch' }}>
            <span style={{ minInlineSize: '5ch', textAlign: 'end' }}>{lastEventId}</span>
            <span>{data}</span>
          </div>
        ))}
      </div>
      <p>
        <Button aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Continue' : 'Pause'}
        </Button>
      </p>
    </section>
  );
}
