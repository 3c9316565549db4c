/** What decides how long a subscription waits before it tries again. */
export interface RetryDelayInput {
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** A number from 0 up to 1. */
  readonly random: number;
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
  /** The server's `retry:` field. */
  readonly serverRetryMs?: number | null;
  /** The `Retry-After` of the answer. */
  readonly retryAfterMs?: number;
}

/**
 * The rule of the library, to be drawn: full jitter above a floor. A test holds that both say the same.
 */
export function retryDelay({
  failures,
  random,
  baseDelayMs = 1000,
  maxDelayMs = 30_000,
  serverRetryMs = null,
  retryAfterMs = 0,
}: RetryDelayInput): number {
  const base = serverRetryMs === null ? baseDelayMs : Math.max(serverRetryMs, 1000);
  const width = Math.min(maxDelayMs, base * 2 ** (failures - 1));
  return Math.round(Math.max(100, serverRetryMs ?? 0, retryAfterMs) + random * width);
}
