'use client';

import { useEventSource, useStreamingFetch } from 'rivulet';

export function Live({ api }: { api: string }) {
  const { status, data } = useEventSource(`${api}/events`);
  const answer = useStreamingFetch(`${api}/chat`);
  return (
    <>
      <p id="events">
        {status} {data}
      </p>
      <button type="button" onClick={() => void answer.start({ body: { prompt: 'Hello' } })}>
        Ask
      </button>
      <p id="answer">
        {answer.status} {answer.text}
      </p>
    </>
  );
}
