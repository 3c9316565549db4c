import { type RetryOptions, StreamError, type StreamErrorCode } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
import {
  decideRetry,
  mayRepeat,
  type RetryQuestion,
} from '../../../src/core/lifecycle/retry-policy.ts';

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
  'invalid-url': false,
  'invalid-option': false,
  'async-schema': false,
  range: false,
  sink: false,
};

describe('decision 1: what is retried', () => {
  test.each(Object.entries(CODES))('%s: %s', (name, isRetried) => {
    const error = errorOf(name as StreamErrorCode);
    expect(ask(error)).toEqual(
      isRetried ? { type: 'retry', delayMs: 100 } : { type: 'fail', error },
    );
  });

  test('a status, if it is among the usual ones', () => {
    const retried = Array.from({ length: 200 }, (_, index) => 400 + index).filter((status) => {
      return ask(errorOf('http-status', status)).type === 'retry';
    });
    expect(retried).toEqual([408, 425, 429, 500, 502, 503, 504]);
  });

  test('a status, if it is among `statuses`, which replace the usual ones', () => {
    const policy = { statuses: [404] };
    expect(ask(errorOf('http-status', 404), policy).type).toBe('retry');
    expect(ask(errorOf('http-status', 503), policy).type).toBe('fail');
    expect(ask(errorOf('network'), policy).type).toBe('retry');
  });

  test('a clean end, without asking', () => {
    const shouldRetry = vi.fn<() => boolean>(() => false);
    expect(ask(null, { shouldRetry })).toEqual({ type: 'retry', delayMs: 100 });
    expect(shouldRetry).not.toHaveBeenCalled();
  });
});

describe('`shouldRetry`', () => {
  test('decides in place of `statuses`, with what is known', () => {
    const shouldRetry = vi.fn<NonNullable<RetryOptions['shouldRetry']>>(() => true);
    const error = errorOf('http-status', 404);
    const policy = { shouldRetry, statuses: [] };
    expect(ask(error, policy, { attempt: 4, method: 'HEAD' }).type).toBe('retry');
    expect(shouldRetry).toHaveBeenCalledExactlyOnceWith(error, { attempt: 4, method: 'HEAD' });
    expect(ask(errorOf('network'), { shouldRetry: () => false }).type).toBe('fail');
  });

  test.each([0, 1, 2500])('%i is the delay itself', (delayMs) => {
    const answer = ask(errorOf('network'), { shouldRetry: () => delayMs });
    expect(answer).toEqual({ type: 'retry', delayMs });
  });

  test.each([undefined, Number.NaN, -1])('%s leaves it to the usual rule', (verdict) => {
    const policy = { shouldRetry: () => verdict };
    expect(ask(errorOf('network'), policy)).toEqual({ type: 'retry', delayMs: 100 });
    expect(ask(errorOf('http-status', 404), policy).type).toBe('fail');
  });

  test('that throws counts as no, and is reported', () => {
    const page = createTestEnvironment();
    const trouble = new Error('in shouldRetry');
    const shouldRetry = () => {
      throw trouble;
    };
    expect(ask(errorOf('network'), { shouldRetry }, { environment: page }).type).toBe('fail');
    expect(page.reported).toEqual([trouble]);
  });

  test.each<StreamErrorCode>(['invalid-url', 'invalid-option', 'body-used'])(
    'cannot mend %s',
    (code) => {
      expect(ask(errorOf(code), { shouldRetry: () => true }).type).toBe('fail');
    },
  );

  test('does not outvote `maxAttempts`', () => {
    const policy = { shouldRetry: () => 0, maxAttempts: 2 };
    expect(ask(errorOf('network'), policy, { failures: 1 }).type).toBe('retry');
    expect(ask(errorOf('network'), policy, { failures: 2 }).type).toBe('fail');
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
    const types = [1, 2, 3, 4, 5].map((failures) => {
      return ask(errorOf('network'), { maxAttempts: 4 }, { failures }).type;
    });
    expect(types).toEqual(['retry', 'retry', 'retry', 'fail', 'fail']);
  });

  test('is that of the kind of stream by default', () => {
    expect(ask(errorOf('network'), {}, { failures: 4, defaultMaxAttempts: 4 }).type).toBe('fail');
    expect(ask(errorOf('network'), {}, { failures: 1e6 }).type).toBe('retry');
  });

  test('ends in an error that repeats what its cause knew', () => {
    const answer = ask(cause, { maxAttempts: 3 }, { failures: 3, attempt: 9 });
    expect(answer).toMatchObject({
      type: 'fail',
      error: {
        code: 'retries-exhausted',
        status: 503,
        body: 'overloaded',
        url: 'https://api.example/',
        retryAfterMs: 3000,
        bytesReceived: 12,
        attempt: 9,
      },
    });
    const { error } = answer as { error: StreamError };
    expect(error.cause).toBe(cause);
    expect(error.headers).toBe(cause.headers);
    expect(error.message).toContain('3 requests');
    expect(error.message).toContain(cause.message);
  });

  test('of 1 is no exhaustion: nothing was repeated', () => {
    expect(ask(cause, { maxAttempts: 1 })).toEqual({ type: 'fail', error: cause });
    expect(ask(null, { maxAttempts: 1 })).toEqual({ type: 'end' });
  });

  test('counts clean ends too', () => {
    expect(ask(null, { maxAttempts: 2 }, { failures: 2 })).toMatchObject({
      type: 'fail',
      error: { code: 'retries-exhausted', status: null, body: null },
    });
  });

  test('does not turn a failure that is not worth a repeat into an exhaustion', () => {
    const error = errorOf('content-type');
    expect(ask(error, { maxAttempts: 2 }, { failures: 2 })).toEqual({ type: 'fail', error });
  });
});

describe('decision 2: a request may be repeated', () => {
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
