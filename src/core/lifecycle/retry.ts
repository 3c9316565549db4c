import { type Environment, isolate, MAX_TIMER_MS } from '../environment.ts';
import { StreamError, type StreamErrorCode } from '../errors.ts';
import { hintVerdict } from '../hints.ts';
import type { RetryOptions } from '../types.ts';

/**
 * Timeouts, overload and bad gateways, also those of Cloudflare (520 to 527, 530) and of language
 * models (529).
 */
const RETRIED_STATUSES: readonly number[] = [
  408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530,
];
const RETRIED_CODES: readonly StreamErrorCode[] = [
  'network',
  'truncated',
  'request-setup',
  'resume-blocked',
  'timeout-connect',
  'timeout-idle',
  'timeout-message',
];
/** Mistakes that no repeat can mend, whatever `shouldRetry` says. */
const FINAL_CODES: readonly StreamErrorCode[] = [
  'invalid-url',
  'invalid-option',
  'body-used',
  'blocked',
];

/** The shortest wait before any repeat, a clean end included. */
const MIN_DELAY_MS = 100;
const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;

/** Beyond this the ceiling has long been reached; it keeps the power finite. */
const MAX_EXPONENT = 30;

/**
 * Whether a request may be sent more than once: GET and HEAD, the methods that the caller names, or any
 * method if the same `Idempotency-Key` goes with every attempt (RFC 9110 9.2.2).
 */
export function mayRepeat(
  method: string,
  retry: RetryOptions | false | undefined,
  hasIdempotencyKey: boolean,
): boolean {
  const { methods = ['GET', 'HEAD'] } = retry || {};
  // In production it may be a single name.
  return (
    hasIdempotencyKey || [methods].flat().some((name) => String(name).toUpperCase() === method)
  );
}

/** What is known when an attempt of a repeatable request ended too early. */
export interface RetryQuestion {
  readonly environment: Environment;
  readonly policy: RetryOptions;
  /** What went wrong; `null` for the clean end of a subscription. */
  readonly error: StreamError | null;
  /** Failures in a row, this one included. */
  readonly failures: number;
  readonly defaultMaxAttempts: number;
  readonly method: string;
  /** Which request of the lifecycle this was. */
  readonly attempt: number;
  /** The server's `retry:` field. */
  readonly serverRetryMs: number | null;
}

/**
 * Whether to repeat, and when. A number: after so many ms. An error: not at all, and the lifecycle
 * fails with it. `null`: not at all, and without an error, which is the clean end of a subscription
 * that is allowed a single request.
 */
export function decideRetry(question: RetryQuestion): number | StreamError | null {
  const { environment, error, failures, policy } = question;
  const verdict = error === null || isWorthRetrying(error, question);
  if (verdict === false) return error;
  const { maxAttempts = Number.NaN } = policy;
  if (failures >= (maxAttempts >= 1 ? maxAttempts : question.defaultMaxAttempts)) {
    return failures > 1 ? exhausted(question) : error;
  }
  if (verdict !== true) return Math.min(verdict, MAX_TIMER_MS);
  // Full jitter above a floor: clients of a server that said `retry: 0` also back off once it is down.
  const server = question.serverRetryMs;
  const base =
    server === null ? amount(policy.baseDelayMs, BASE_DELAY_MS) : Math.max(server, BASE_DELAY_MS);
  const width = Math.min(
    amount(policy.maxDelayMs, MAX_DELAY_MS),
    base * 2 ** Math.min(failures - 1, MAX_EXPONENT),
  );
  const floor = Math.max(MIN_DELAY_MS, server ?? 0, error?.retryAfterMs ?? 0);
  return Math.min(Math.round(floor + environment.random() * width), MAX_TIMER_MS);
}

/** A number of 0 or more, else the default: a wrong delay must not become a storm. */
function amount(value: number | undefined, otherwise: number): number {
  return value !== undefined && value >= 0 ? value : otherwise;
}

/** `false`, `true` after the usual delay, or the number of ms that `shouldRetry` asked for. */
function isWorthRetrying(error: StreamError, question: RetryQuestion): boolean | number {
  if (FINAL_CODES.includes(error.code)) return false;
  const { shouldRetry, statuses = RETRIED_STATUSES } = question.policy;
  if (shouldRetry !== undefined) {
    const { attempt, method } = question;
    // A throw is reported and counts as "no".
    let verdict: boolean | number | undefined = false;
    isolate(question.environment, () => {
      verdict = shouldRetry(error, { attempt, method });
    });
    if (typeof verdict === 'boolean' || isDelay(verdict)) return verdict;
    hintVerdict(question.environment, 'shouldRetry', verdict, 'true, false, ms or undefined');
  }
  if (error.code !== 'http-status') return RETRIED_CODES.includes(error.code);
  const worth = typeof statuses === 'function' ? statuses(RETRIED_STATUSES) : statuses;
  return worth.includes(error.status ?? 0);
}

function isDelay(verdict: unknown): verdict is number {
  return typeof verdict === 'number' && verdict >= 0;
}

/** The last failure once more, as what ended it all. */
function exhausted({ error, failures, attempt }: RetryQuestion): StreamError {
  const last = error?.message ?? 'The stream ended each time.';
  return new StreamError('retries-exhausted', `Gave up after ${failures} requests: ${last}`, {
    ...error,
    attempt,
    cause: error ?? undefined,
  });
}
