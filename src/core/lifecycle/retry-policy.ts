import { type Environment, isolate, MAX_TIMER_MS } from '../environment.ts';
import { StreamError, type StreamErrorCode } from '../errors.ts';
import type { RetryOptions } from '../types.ts';
import { retryDelay } from './retry-delay.ts';

const REPEATABLE_METHODS: readonly string[] = ['GET', 'HEAD'];
const RETRIED_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
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
const FINAL_CODES: readonly StreamErrorCode[] = ['invalid-url', 'invalid-option', 'body-used'];

/**
 * Whether a request may be sent more than once (decision 2): by its method, or because the same
 * `Idempotency-Key` goes with every attempt.
 */
export function mayRepeat(
  method: string,
  retry: RetryOptions | false | undefined,
  hasIdempotencyKey: boolean,
): boolean {
  const named = retry === false ? undefined : retry?.methods?.map((name) => name.toUpperCase());
  return hasIdempotencyKey || (named ?? REPEATABLE_METHODS).includes(method);
}

/** What is known when an attempt of a repeatable request ended too early. */
export interface RetryQuestion {
  /** What went wrong; `null` for the clean end of a subscription. */
  readonly error: StreamError | null;
  /** Failures in a row, this one included. */
  readonly failures: number;
  readonly policy: RetryOptions;
  readonly defaultMaxAttempts: number;
  readonly method: string;
  /** Which request of the lifecycle this was. */
  readonly attempt: number;
  readonly serverRetryMs: number | null;
  readonly environment: Environment;
}

/** Repeat after so many ms, or fail, or (a clean end that may not be repeated) end. */
export type RetryAnswer =
  | { readonly type: 'retry'; readonly delayMs: number }
  | { readonly type: 'fail'; readonly error: StreamError }
  | { readonly type: 'end' };

/** Decisions 1 and 3: whether to repeat, and when. */
export function decideRetry(question: RetryQuestion): RetryAnswer {
  const { error, failures, policy } = question;
  const verdict = error === null || isWorthRetrying(error, question);
  if (verdict === false && error !== null) return { type: 'fail', error };
  if (failures >= (policy.maxAttempts ?? question.defaultMaxAttempts)) {
    if (failures > 1) return { type: 'fail', error: exhausted(question) };
    return error === null ? { type: 'end' } : { type: 'fail', error };
  }
  if (typeof verdict === 'number') {
    return { type: 'retry', delayMs: Math.min(verdict, MAX_TIMER_MS) };
  }
  const delayMs = retryDelay({
    failures: failures - 1,
    random: question.environment.random(),
    baseDelayMs: policy.baseDelayMs,
    maxDelayMs: policy.maxDelayMs,
    serverRetryMs: question.serverRetryMs,
    retryAfterMs: error?.retryAfterMs,
  });
  return { type: 'retry', delayMs };
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
  }
  if (error.code === 'http-status') return statuses.includes(error.status ?? 0);
  return RETRIED_CODES.includes(error.code);
}

function isDelay(verdict: unknown): verdict is number {
  return typeof verdict === 'number' && verdict >= 0;
}

function exhausted({ error, failures, attempt }: RetryQuestion): StreamError {
  const last = error === null ? 'The server ended the stream each time.' : error.message;
  return new StreamError(
    'retries-exhausted',
    `Gave up after ${failures} requests in a row (\`retry.maxAttempts\`). ${last}`,
    {
      status: error?.status ?? undefined,
      headers: error?.headers ?? undefined,
      body: error?.body ?? undefined,
      url: error?.url ?? undefined,
      retryAfterMs: error?.retryAfterMs ?? undefined,
      bytesReceived: error?.bytesReceived,
      attempt,
      cause: error ?? undefined,
    },
  );
}
