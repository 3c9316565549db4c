import { useId, useState } from 'react';
import { retryDelay } from './retry-delay.ts';

/** How many failures in a row are shown. */
const FAILURES = 8;

interface Choice {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly serverRetryMs: number;
  readonly retryAfterMs: number;
}

const SETTINGS: readonly {
  readonly name: keyof Choice;
  readonly label: string;
  readonly max: number;
}[] = [
  { name: 'baseDelayMs', label: 'baseDelayMs', max: 10_000 },
  { name: 'maxDelayMs', label: 'maxDelayMs', max: 60_000 },
  { name: 'serverRetryMs', label: 'retry: of the server', max: 10_000 },
  { name: 'retryAfterMs', label: 'Retry-After of the answer', max: 30_000 },
];

const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The delays that are possible after so many failures: from the shortest to the longest. */
function rangeAfter(failures: number, choice: Choice): readonly [from: number, to: number] {
  const { serverRetryMs, retryAfterMs, ...policy } = choice;
  // Sending no `retry:` is not the same as sending 0.
  const input = {
    failures,
    policy,
    retryAfterMs,
    serverRetryMs: serverRetryMs === 0 ? null : serverRetryMs,
  };
  return [retryDelay({ ...input, random: 0 }), retryDelay({ ...input, random: 1 })];
}

/** What the waits between attempts are, by the function that decides it. */
export function BackoffChart() {
  const id = useId();
  const [choice, setChoice] = useState<Choice>({
    baseDelayMs: 1000,
    maxDelayMs: 30_000,
    serverRetryMs: 0,
    retryAfterMs: 0,
  });
  const ranges = Array.from({ length: FAILURES }, (_, failures) => rangeAfter(failures, choice));
  const longest = Math.max(...ranges.map(([, to]) => to));
  return (
    <section aria-label="Waits between attempts">
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fit, minmax(13rem, 1fr))',
          gap: '0.5rem 1.5rem',
        }}
      >
        {SETTINGS.map(({ name, label, max }) => (
          <div key={name}>
            <label htmlFor={`${id}-${name}`}>
              {label}: {choice[name] === 0 ? 'none' : inSeconds(choice[name])}
            </label>
            <input
              id={`${id}-${name}`}
              type="range"
              min={name.endsWith('DelayMs') ? 500 : 0}
              max={max}
              step={500}
              value={choice[name]}
              style={{ inlineSize: '100%', padding: 0 }}
              onChange={({ target }) => setChoice({ ...choice, [name]: target.valueAsNumber })}
            />
          </div>
        ))}
      </div>
      <table style={{ overflowWrap: 'break-word' }}>
        <caption>
          After each failure in a row, a random wait from the first number to the second
        </caption>
        <thead>
          <tr>
            <th scope="col">Failure</th>
            <th scope="col" style={{ inlineSize: '80%' }}>
              Wait
            </th>
          </tr>
        </thead>
        <tbody>
          {ranges.map(([from, to], failures) => (
            <tr key={failures}>
              <td>{failures + 1}</td>
              <td>
                {inSeconds(from)} to {inSeconds(to)}
                <div
                  style={{
                    blockSize: '0.75rem',
                    borderRadius: '4px',
                    background: 'var(--accent)',
                    marginInlineStart: `${(100 * from) / longest}%`,
                    inlineSize: `${Math.max(1, (100 * (to - from)) / longest)}%`,
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
