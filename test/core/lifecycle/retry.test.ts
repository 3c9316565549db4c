import { type RetryOptions, StreamError, type StreamErrorCode } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
import { decideRetry, mayRepeat, type RetryQuestion } from '../../../src/core/lifecycle/retry.ts';
import { createRandomSource } from '../../support/random-source.ts';

const environment = createTestEnvironment();

function ask(error: StreamError | null, policy: RetryOptions = {}, given?: Partial<RetryQuestion>) {
  return decideRetry({
    error,
    failures: 1,
    policy,
    defaultMaxAttempts: Number.POSITIVE_INFINITY,
    method: 'GET',
    attempt: 1,
    serverRetryMs: null,
    environment,
    ...given,
  });
}

const errorOf = (code: StreamErrorCode, status?: number) => {
  return new StreamError(code, 'What happened.', { status });
};

/** Every code, and whether a failure of that kind is worth a repeat by itself. */
const CODES: Record<StreamErrorCode, boolean> = {
  network: true,
  truncated: true,
  'timeout-connect': true,
  'timeout-idle': true,
  'timeout-message': true,
  'request-setup': true,
  'resume-blocked': true,
  'http-status': false,
  'content-type': false,
  'no-body': false,
  'message-too-large': false,
  parse: false,
  invalid: false,
  'in-band': false,
  'retries-exhausted': false,
  'body-used': false,
  blocked: false,
  'invalid-url': false,
  'invalid-option': false,
  'async-schema': false,
  range: false,
  sink: false,
};

describe('what is retried', () => {
  test.each(Object.entries(CODES))('%s: %s', (name, isRetried) => {
    const error = errorOf(name as StreamErrorCode);
    expect(ask(error)).toBe(isRetried ? 100 : error);
  });

  test('a status, if it is among the usual ones', () => {
    const retried = Array.from({ length: 200 }, (_, index) => 400 + index).filter((status) => {
      return typeof ask(errorOf('http-status', status)) === 'number';
    });
    expect(retried).toEqual([
      408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530,
    ]);
  });

  test.each<[string, NonNullable<RetryOptions['statuses']>]>([
    ['an array', [404]],
    ['a function', () => [404]],
  ])('a status, if it is among `statuses`, which replace the usual ones: %s', (_, statuses) => {
    const policy = { statuses };
    expect(ask(errorOf('http-status', 404), policy)).toEqual(expect.any(Number));
    expect(ask(errorOf('http-status', 503), policy)).toBeInstanceOf(StreamError);
    expect(ask(errorOf('network'), policy)).toEqual(expect.any(Number));
  });

  test('a status, if `statuses` makes it one of the usual ones', () => {
    const policy = { statuses: (usual: readonly number[]) => [...usual, 404] };
    expect(ask(errorOf('http-status', 404), policy)).toBe(100);
    expect(ask(errorOf('http-status', 503), policy)).toBe(100);
  });

  test('a clean end, without asking', () => {
    const shouldRetry = vi.fn<() => boolean>(() => false);
    expect(ask(null, { shouldRetry })).toBe(100);
    expect(shouldRetry).not.toHaveBeenCalled();
  });
});

describe('`shouldRetry`', () => {
  test('decides in place of `statuses`, with what is known', () => {
    const shouldRetry = vi.fn<NonNullable<RetryOptions['shouldRetry']>>(() => true);
    const error = errorOf('http-status', 404);
    const policy = { shouldRetry, statuses: [] };
    expect(ask(error, policy, { attempt: 4, method: 'HEAD' })).toEqual(expect.any(Number));
    expect(shouldRetry).toHaveBeenCalledExactlyOnceWith(error, { attempt: 4, method: 'HEAD' });
    expect(ask(errorOf('network'), { shouldRetry: () => false })).toBeInstanceOf(StreamError);
  });

  test.each([0, 1, 2500])('%i is the delay itself', (delayMs) => {
    expect(ask(errorOf('network'), { shouldRetry: () => delayMs })).toBe(delayMs);
  });

  test.each([undefined, Number.NaN, -1])('%s leaves it to the usual rule', (verdict) => {
    const policy = { shouldRetry: () => verdict };
    expect(ask(errorOf('network'), policy)).toBe(100);
    expect(ask(errorOf('http-status', 404), policy)).toBeInstanceOf(StreamError);
  });

  test('that throws counts as no, and is reported', () => {
    const page = createTestEnvironment();
    const trouble = new Error('in shouldRetry');
    const shouldRetry = () => {
      throw trouble;
    };
    expect(ask(errorOf('network'), { shouldRetry }, { environment: page })).toBeInstanceOf(
      StreamError,
    );
    expect(page.reported).toEqual([trouble]);
  });

  test.each<StreamErrorCode>(['invalid-url', 'invalid-option', 'body-used', 'blocked'])(
    'cannot mend %s',
    (code) => {
      expect(ask(errorOf(code), { shouldRetry: () => true })).toBeInstanceOf(StreamError);
    },
  );

  test('does not outvote `maxAttempts`', () => {
    const policy = { shouldRetry: () => 0, maxAttempts: 2 };
    expect(ask(errorOf('network'), policy, { failures: 1 })).toBe(0);
    expect(ask(errorOf('network'), policy, { failures: 2 })).toBeInstanceOf(StreamError);
  });
});

describe('`maxAttempts`', () => {
  const cause = new StreamError('http-status', 'The server answered with status 503.', {
    status: 503,
    headers: new Headers({ 'x-node': '7' }),
    body: 'overloaded',
    url: 'https://api.example/',
    retryAfterMs: 3000,
    bytesReceived: 12,
  });

  test('counts requests in a row, the first included', () => {
    const isRetried = [1, 2, 3, 4, 5].map((failures) => {
      return typeof ask(errorOf('network'), { maxAttempts: 4 }, { failures }) === 'number';
    });
    expect(isRetried).toEqual([true, true, true, false, false]);
  });

  test('is that of the kind of stream by default', () => {
    expect(ask(errorOf('network'), {}, { failures: 4, defaultMaxAttempts: 4 })).toBeInstanceOf(
      StreamError,
    );
    expect(ask(errorOf('network'), {}, { failures: 1e6 })).toEqual(expect.any(Number));
  });

  test('ends in an error that repeats what its cause knew', () => {
    const answer = ask(cause, { maxAttempts: 3 }, { failures: 3, attempt: 9 });
    expect(answer).toMatchObject({
      code: 'retries-exhausted',
      status: 503,
      body: 'overloaded',
      url: 'https://api.example/',
      retryAfterMs: 3000,
      bytesReceived: 12,
      attempt: 9,
    });
    const error = answer as StreamError;
    expect(error.cause).toBe(cause);
    expect(error.headers).toBe(cause.headers);
    expect(error.message).toContain('3 requests');
    expect(error.message).toContain(cause.message);
  });

  test('of 1 is not exhausted: nothing was repeated', () => {
    expect(ask(cause, { maxAttempts: 1 })).toBe(cause);
    expect(ask(null, { maxAttempts: 1 })).toBeNull();
  });

  test('counts clean ends too', () => {
    expect(ask(null, { maxAttempts: 2 }, { failures: 2 })).toMatchObject({
      code: 'retries-exhausted',
      status: null,
      body: null,
    });
  });

  test('does not turn a failure that is not worth a repeat into an exhaustion', () => {
    const error = errorOf('content-type');
    expect(ask(error, { maxAttempts: 2 }, { failures: 2 })).toBe(error);
  });
});

describe('a request may be repeated', () => {
  test.each<[string, string, RetryOptions | false | undefined, boolean, boolean]>([
    ['GET', 'GET', undefined, false, true],
    ['HEAD', 'HEAD', {}, false, true],
    ['POST', 'POST', {}, false, false],
    ['DELETE', 'DELETE', {}, false, false],
    ['a method that is named, in any case', 'QUERY', { methods: ['query'] }, false, true],
    ['GET where others are named', 'GET', { methods: ['POST'] }, false, false],
    ['with an Idempotency-Key', 'POST', {}, true, true],
    ['with an Idempotency-Key though others are named', 'POST', { methods: [] }, true, true],
    ['GET with `retry: false`, on recovery and by mount', 'GET', false, false, true],
  ])('%s', (_, method, retry, hasKey, expected) => {
    expect(mayRepeat(method, retry, hasKey)).toBe(expected);
  });
});

const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface DelayInput extends Pick<RetryOptions, 'baseDelayMs' | 'maxDelayMs'> {
  readonly failures?: number;
  readonly random?: number;
  readonly serverRetryMs?: number | null;
  readonly retryAfterMs?: number | undefined;
}

/** How long the wait is after failures of a network, or after errors with a `Retry-After`. */
function delayAfter({
  failures = 1,
  random = 0,
  serverRetryMs,
  retryAfterMs,
  ...policy
}: DelayInput) {
  const error = new StreamError('network', 'What happened.', { retryAfterMs });
  return ask(error, policy, {
    environment: createTestEnvironment({ random }),
    failures,
    serverRetryMs: serverRetryMs ?? null,
  });
}

describe('the delay', () => {
  test.each<[string, DelayInput, number]>([
    ['starts at 100 ms', {}, 100],
    ['spreads over 1 s', { random: 1 }, 1100],
    ['doubles with each failure', { random: 1, failures: 4 }, 8100],
    ['spreads over 30 s at most', { random: 1, failures: 11 }, 30_100],
    ['stays finite after a thousand failures', { random: 1, failures: 1001 }, 30_100],
    ['takes the base it is given', { random: 1, baseDelayMs: 10, failures: 3 }, 140],
    ['takes the ceiling it is given', { random: 1, maxDelayMs: 300, failures: 3 }, 400],
    ['has no random part with a base of 0', { random: 1, baseDelayMs: 0, failures: 10 }, 100],
    ['has no random part with a ceiling of 0', { random: 1, maxDelayMs: 0, failures: 10 }, 100],
    ['takes `retry:` for floor and base', { random: 1, serverRetryMs: 2000 }, 4000],
    ['takes `retry:` over the base', { random: 1, serverRetryMs: 6000, baseDelayMs: 1 }, 12_000],
    ['spreads over 1 s at least after a `retry:`', { random: 1, serverRetryMs: 10 }, 1100],
    ['backs off after a `retry:` of 0', { random: 1, serverRetryMs: 0, failures: 4 }, 8100],
    ['does not let a `retry:` of 0 undercut the floor', { serverRetryMs: 0 }, 100],
    ['takes `Retry-After` for a floor', { random: 1, retryAfterMs: 7000 }, 8000],
    ['takes the larger of both floors', { serverRetryMs: 3000, retryAfterMs: 7000 }, 7000],
    ['waits as long as a timer can', { serverRetryMs: 2 ** 31 }, LONGEST_TIMER_MS],
    ['does so after a huge `Retry-After`', { retryAfterMs: 1e300, random: 1 }, LONGEST_TIMER_MS],
    [
      'does so after an infinite `retry:`',
      { serverRetryMs: Infinity, random: 1 },
      LONGEST_TIMER_MS,
    ],
    ['falls back where the base is NaN', { random: 1, baseDelayMs: Number.NaN }, 1100],
    ['falls back where the base is negative', { random: 1, baseDelayMs: -5 }, 1100],
    ['falls back where the ceiling is NaN', { random: 1, maxDelayMs: Number.NaN }, 1100],
    ['falls back where the ceiling is negative', { random: 1, maxDelayMs: -5 }, 1100],
  ])('%s', (_, input, expected) => {
    expect(delayAfter(input)).toBe(expected);
  });

  test('is a whole number that a timer can hold and no floor is above, whatever it is given', () => {
    const random = createRandomSource(7);
    const sizes = [0, 1, 99, 100, 5000, 30_000, 2 ** 31, 1e12, Number.NaN, -1];
    for (let round = 0; round < 2000; round += 1) {
      const input = {
        failures: 1 + random.below(60),
        random: random.below(1000) / 1000,
        baseDelayMs: random.pick(sizes),
        maxDelayMs: random.pick(sizes),
        serverRetryMs: random.below(2) === 0 ? null : random.pick(sizes.slice(0, 8)),
        retryAfterMs: random.below(2) === 0 ? undefined : random.pick(sizes.slice(0, 8)),
      };
      const delay = delayAfter(input);
      const floor = Math.max(100, input.serverRetryMs ?? 0, input.retryAfterMs ?? 0);
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeLessThanOrEqual(LONGEST_TIMER_MS);
      expect(delay).toBeGreaterThanOrEqual(Math.min(floor, LONGEST_TIMER_MS));
    }
  });
});

describe('a wrong `maxAttempts` is that of the kind of stream', () => {
  test.each([Number.NaN, 0, -1])('%s', (maxAttempts) => {
    const given = { failures: 4, defaultMaxAttempts: 4 };
    expect(ask(errorOf('network'), { maxAttempts }, given)).toMatchObject({
      code: 'retries-exhausted',
    });
    expect(ask(errorOf('network'), { maxAttempts }, { ...given, failures: 3 })).toBe(100);
  });
});
