import { type RetryOptions, StreamError } from 'rivulet';
import { createTestEnvironment } from 'rivulet/testing';
import { decideRetry } from '../../src/core/lifecycle/retry.ts';

/** What a delay depends on. */
export interface DelayInput {
  /** Failures in a row before this one. */
  readonly failures: number;
  /** The random part, from 0 to 1. */
  readonly random: number;
  readonly policy?: RetryOptions | undefined;
  /** The server's `retry:` field, in ms. */
  readonly serverRetryMs?: number | null | undefined;
  /** `Retry-After` of the answer, in ms. */
  readonly retryAfterMs?: number | undefined;
}

const environment = createTestEnvironment();

/** How long the hooks wait after so many failures, by the very function that they use. */
export function retryDelay(input: DelayInput): number {
  const { failures, random, policy = {}, serverRetryMs = null, retryAfterMs } = input;
  const delay = decideRetry({
    environment: { ...environment, random: () => random },
    policy,
    error: new StreamError('network', 'The connection was lost.', { retryAfterMs }),
    failures: failures + 1,
    defaultMaxAttempts: Number.POSITIVE_INFINITY,
    method: 'GET',
    attempt: failures + 1,
    serverRetryMs,
  });
  return typeof delay === 'number' ? delay : 0;
}
