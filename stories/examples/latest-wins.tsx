'use client';

import { type ComponentProps, useState } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

const TOPICS = ['rivers', 'lakes', 'oceans'];

interface LatestWinsProps {
  url?: string;
  /** Replace a running request, or ignore the new call. */
  whenBusy?: 'replace' | 'ignore';
}

/** Asking again aborts the answer that is still running; its text no longer appears. */
export function LatestWins({ url = '/api/chat', whenBusy = 'replace' }: LatestWinsProps) {
  const [ends, setEnds] = useState<readonly string[]>([]);
  const { status, text, start } = useStreamingFetch(url, {
    method: 'POST',
    whenBusy,
    parse: ({ data }): { text: string } => JSON.parse(data),
    toText: ({ value }) => value.text,
    endWhen: '[DONE]',
  });
  const ask = async (topic: string) => {
    const end = await start({ body: { messages: [{ role: 'user', content: topic }] } });
    const why = end.status === 'aborted' ? `, ${end.reason}` : '';
    setEnds((all) => [...all.slice(-4), `${topic}: ${end.status}${why}`]); // it never rejects
  };
  return (
    <section aria-label="Latest wins">
      <p style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        {TOPICS.map((topic) => (
          <Button key={topic} onClick={() => void ask(topic)}>
            Ask about {topic}
          </Button>
        ))}
      </p>
      <p>
        Status <output>{status}</output>
      </p>
      <blockquote aria-busy={status === 'open'} style={{ minBlockSize: '9lh' }}>
        {text}
      </blockquote>
      <h3 id="ends">How the requests ended, newest last</h3>
      <div role="log" aria-labelledby="ends" style={{ minBlockSize: '8rem' }}>
        <ol>
          {ends.map((end, index) => (
            <li key={`${index} ${end}`}>{end}</li>
          ))}
        </ol>
      </div>
    </section>
  );
}
