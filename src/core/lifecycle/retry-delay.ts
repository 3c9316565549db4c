import { MAX_TIMER_MS } from '../environment.ts';

/** What decides how long to wait before a request is repeated. */
export interface RetryDelayInput {
  /** Failures in a row before this one: 0 for the first. */
  readonly failures: number;
  /** A number from 0 up to 1. */
  readonly random: number;
  /** Width of the first random delay, in ms. Default 1000. */
  readonly baseDelayMs?: number | undefined;
  /** Largest width of the random delay, in ms. Default 30,000. */
  readonly maxDelayMs?: number | undefined;
  /** The server's `retry:` field, in ms: a floor, and the base of the random part. */
  readonly serverRetryMs?: number | null | undefined;
  /** The server's `Retry-After`, in ms: a floor. */
  readonly retryAfterMs?: number | null | undefined;
}

/** The shortest delay before any repeat, a clean end included. */
const MIN_RETRY_DELAY_MS = 100;

/** Beyond this the ceiling has long been reached; it keeps the power finite. */
const MAX_EXPONENT = 30;

/**
 * `floor + random * min(maxDelayMs, baseDelayMs * 2^failures)` in ms: full jitter above a floor that
 * is never undercut, clamped to what a timer can hold.
 */
export function retryDelay(input: RetryDelayInput): number {
  const serverRetryMs = input.serverRetryMs ?? 0;
  const baseDelayMs = input.serverRetryMs ?? input.baseDelayMs ?? 1000;
  const maxDelayMs = input.maxDelayMs ?? 30_000;
  const floor = Math.max(MIN_RETRY_DELAY_MS, serverRetryMs, input.retryAfterMs ?? 0);
  const width = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(input.failures, MAX_EXPONENT));
  return Math.min(Math.round(floor + input.random * width), MAX_TIMER_MS);
}
