import { useEffect, useState } from 'react';
import { type Status, useEventSource } from 'rivulet';
import { LifecycleDiagram } from './lifecycle-diagram.tsx';
import { pretendOnline } from './pretend-online.ts';

const READY_STATES = ['CONNECTING', 'OPEN', 'CLOSED'] as const;

/** How the demo server answers new connections. */
type Answer = 'stream' | 'unavailable' | 'forbidden';

const ANSWERS: Readonly<Record<Answer, string>> = {
  stream: '200, and a stream',
  unavailable: '503, come again in 2 s',
  forbidden: '403, not for you',
};

const isAnswer = (text: string): text is Answer => text in ANSWERS;

interface Change {
  readonly number: number;
  readonly from: Status;
  readonly to: Status;
}

/** The seconds until a moment, counted down. */
function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 100);
    return () => clearInterval(timer);
  }, [until]);
  return <>{(Math.max(0, left) / 1000).toFixed(1)} s</>;
}

/** Gives a command to the server of one stream. */
async function tell(url: string, command: string): Promise<void> {
  const { pathname, search } = new URL(url, document.baseURI);
  await fetch(`${pathname}/${command}${search}`, { method: 'POST' });
}

/** A real subscription, buttons for all that can happen to it, and the diagram of its states. */
export function LifecycleLaboratory({ url }: { url: string }) {
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [isOn, setIsOn] = useState(true);
  const [isOnline, setIsOnline] = useState(true);
  const [answer, setAnswer] = useState<Answer>('stream');
  const result = useEventSource(url, {
    enabled: isOn,
    endWhen: { event: 'end' },
    retry: { baseDelayMs: 2000 },
    maxMessages: 1,
    onStatusChange: (to, from) =>
      setChanges((all) => [...all.slice(-7), { number: (all.at(-1)?.number ?? 0) + 1, from, to }]),
  });
  useEffect(() => {
    if (isOnline) return;
    pretendOnline(false);
    return () => pretendOnline(true);
  }, [isOnline]);
  const { status, readyState, attempt, nextRetryAt, pausedBy, reason, error, data } = result;
  const choose = async (chosen: Answer) => {
    setAnswer(chosen);
    await tell(url, chosen);
  };
  return (
    <section aria-label="Laboratory of the lifecycle">
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '1rem 1.5rem' }}>
        <div style={{ flex: '1 1 20rem' }}>
          <LifecycleDiagram status={status} previous={changes.at(-1)?.from ?? null} />
        </div>
        <div style={{ flex: '1 1 15rem' }}>
          <p>
            Status <output>{status}</output>
          </p>
          <p>
            readyState{' '}
            <code>
              {readyState} {READY_STATES[readyState]}
            </code>
          </p>
          <p>
            Attempt {attempt}, number {data ?? 'none'}
          </p>
          <p style={{ minBlockSize: '3lh' }}>
            {nextRetryAt !== null && (
              <span role="timer">
                Next attempt in <Countdown key={nextRetryAt} until={nextRetryAt} />.{' '}
              </span>
            )}
            {pausedBy.length > 0 && <>Held back by: {pausedBy.join(', ')}. </>}
            {reason !== null && <>Ended by: {reason}. </>}
            {error !== null && (
              <>
                Error: <code>{error.code}</code>{' '}
                {error.status !== null && `with status ${error.status}`}
              </>
            )}
          </p>
          <h3>The component</h3>
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
            <button type="button" onClick={result.close}>
              close()
            </button>
            <button type="button" onClick={result.reconnect}>
              reconnect()
            </button>
            <button type="button" aria-pressed={!isOn} onClick={() => setIsOn(!isOn)}>
              enabled: false
            </button>
            <button type="button" aria-pressed={!isOnline} onClick={() => setIsOnline(!isOnline)}>
              Go offline
            </button>
          </div>
          <h3>The server</h3>
          <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: '0.5rem' }}>
            <button type="button" onClick={() => void tell(url, 'drop')}>
              Drop the connection
            </button>
            <button type="button" onClick={() => void tell(url, 'finish')}>
              Say that this was all
            </button>
            <div>
              <label htmlFor="answer">New connections get</label>
              <select
                id="answer"
                value={answer}
                onChange={({ target }) => {
                  if (isAnswer(target.value)) void choose(target.value);
                }}
              >
                {Object.entries(ANSWERS).map(([name, text]) => (
                  <option key={name} value={name}>
                    {text}
                  </option>
                ))}
              </select>
            </div>
          </div>
        </div>
      </div>
      <h3 id="history">Changes, newest last</h3>
      <div role="log" aria-labelledby="history" style={{ minBlockSize: '14rem' }}>
        <ol start={changes[0]?.number ?? 1}>
          {changes.map(({ number, from, to }) => (
            <li key={number}>
              {from} → {to}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
