import { type RetryDelayInput, retryDelay } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createRandomSource } from '../../support/random-source.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

describe('decision 3: the retry delay', () => {
  test.each<[string, Partial<RetryDelayInput>, number]>([
    ['starts at 100 ms', {}, 100],
    ['spreads over 1 s', { random: 1 }, 1100],
    ['doubles with each failure', { random: 1, failures: 3 }, 8100],
    ['spreads over 30 s at most', { random: 1, failures: 10 }, 30_100],
    ['stays finite after a thousand failures', { random: 1, failures: 1000 }, 30_100],
    ['takes the base it is given', { random: 1, baseDelayMs: 10, failures: 2 }, 140],
    ['takes the ceiling it is given', { random: 1, maxDelayMs: 300, failures: 2 }, 400],
    ['has no random part with a base of 0', { random: 1, baseDelayMs: 0, failures: 9 }, 100],
    ['has no random part with a ceiling of 0', { random: 1, maxDelayMs: 0, failures: 9 }, 100],
    ['takes `retry:` for floor and base', { random: 1, serverRetryMs: 2000 }, 4000],
    ['takes `retry:` over the base', { random: 1, serverRetryMs: 10, baseDelayMs: 5000 }, 110],
    ['does not let a `retry:` of 0 undercut the floor', { random: 1, serverRetryMs: 0 }, 100],
    ['takes `Retry-After` for a floor', { random: 1, retryAfterMs: 7000 }, 8000],
    ['takes the larger of both floors', { serverRetryMs: 3000, retryAfterMs: 7000 }, 7000],
    ['waits as long as a timer can', { serverRetryMs: 2 ** 31 }, LONGEST_TIMER_MS],
    ['does so after a huge `Retry-After`', { retryAfterMs: 1e300, random: 1 }, LONGEST_TIMER_MS],
    [
      'does so after an infinite `retry:`',
      { serverRetryMs: Infinity, random: 1 },
      LONGEST_TIMER_MS,
    ],
    ['knows `null` for nothing', { serverRetryMs: null, retryAfterMs: null }, 100],
  ])('%s', (_, input, expected) => {
    expect(retryDelay({ failures: 0, random: 0, ...input })).toBe(expected);
  });

  test('is a whole number that a timer can hold and no floor is above, whatever it is given', () => {
    const random = createRandomSource(7);
    const sizes = [0, 1, 99, 100, 5000, 30_000, 2 ** 31, 1e12];
    for (let round = 0; round < 2000; round += 1) {
      const input = {
        failures: random.below(60),
        random: random.below(1000) / 1000,
        baseDelayMs: random.pick(sizes),
        maxDelayMs: random.pick(sizes),
        serverRetryMs: random.below(2) === 0 ? null : random.pick(sizes),
        retryAfterMs: random.below(2) === 0 ? undefined : random.pick(sizes),
      };
      const delay = retryDelay(input);
      const floor = Math.max(100, input.serverRetryMs ?? 0, input.retryAfterMs ?? 0);
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeLessThanOrEqual(LONGEST_TIMER_MS);
      expect(delay).toBeGreaterThanOrEqual(Math.min(floor, LONGEST_TIMER_MS));
    }
  });
});
