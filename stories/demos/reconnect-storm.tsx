import { useState } from 'react';
import { retryDelay } from './retry-delay.ts';

const CLIENTS = 1000;
const STEP_MS = 500;
const STEPS = 80;

/** How long a client waits after so many failures in a row. */
type Policy = (failures: number, random: number) => number;

const POLICIES: readonly (readonly [string, Policy])[] = [
  ['Always 3 s', () => 3000],
  ['Doubling from 1 s, no jitter', (failures) => Math.min(30_000, 1000 * 2 ** failures)],
  ['Rivulet', (failures, random) => retryDelay({ failures, random })],
  [
    'Rivulet, after retry: 3000',
    (failures, random) => retryDelay({ failures, random, serverRetryMs: 3000 }),
  ],
];

/** The same numbers at every showing (a linear congruential generator). */
function createRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

interface Storm {
  /** Requests in each half second. */
  readonly requests: readonly number[];
  /** The most in one half second once the server is back. */
  readonly peak: number;
  readonly all: number;
  /** When the last client was back, in ms after the loss. */
  readonly backAt: number;
}

/** All clients lose the server in one moment and try again until it is back. */
function simulate(policy: Policy, downMs: number): Storm {
  const random = createRandom();
  const requests = Array.from({ length: STEPS }, () => 0);
  let all = 0;
  let backAt = 0;
  for (let client = 0; client < CLIENTS; client += 1) {
    let now = 0;
    for (let failures = 0; now < downMs; failures += 1) {
      now += policy(failures, random());
      const step = Math.floor(now / STEP_MS);
      if (step < STEPS) requests[step] = (requests[step] ?? 0) + 1;
      all += 1;
    }
    backAt = Math.max(backAt, now);
  }
  const peak = Math.max(...requests.slice(Math.floor(downMs / STEP_MS)));
  return { requests, peak, all, backAt };
}

interface StormRowProps {
  readonly name: string;
  readonly storm: Storm;
  readonly downMs: number;
}

function StormRow({ name, storm: { requests, peak, all, backAt }, downMs }: StormRowProps) {
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${STEPS} 20`}
        preserveAspectRatio="none"
        style={{ blockSize: '3.5rem', borderBlockEnd: '1px solid var(--border)' }}
      >
        <rect width={downMs / STEP_MS} height="20" fill="var(--border)" opacity="0.4" />
        {requests.map((count, step) => {
          const height = count === 0 ? 0 : Math.max(0.3, (20 * count) / CLIENTS);
          return (
            <rect
              key={`${step}`}
              x={step + 0.1}
              y={20 - height}
              width="0.8"
              height={height}
              fill="currentcolor"
            />
          );
        })}
      </svg>
      <p style={{ fontVariantNumeric: 'tabular-nums' }}>
        {peak.toLocaleString('en')} in one half second once the server is back,{' '}
        {all.toLocaleString('en')} requests in all, the last client back after{' '}
        {(backAt / 1000).toFixed(1)} s.
      </p>
    </section>
  );
}

/** A thousand clients lose their server at once: when do they come back? */
export function ReconnectStorm() {
  const [downSeconds, setDownSeconds] = useState(10);
  return (
    <section aria-label="Reconnect storm">
      <label htmlFor="down">The server is down for {downSeconds} s (grey)</label>
      <input
        id="down"
        type="range"
        min={1}
        max={20}
        value={downSeconds}
        onChange={({ target }) => setDownSeconds(Number(target.value))}
        style={{ inlineSize: '100%', paddingInline: 0 }}
      />
      {POLICIES.map(([name, policy]) => (
        <StormRow
          key={name}
          name={name}
          storm={simulate(policy, downSeconds * 1000)}
          downMs={downSeconds * 1000}
        />
      ))}
    </section>
  );
}
