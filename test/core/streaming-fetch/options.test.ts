import { createStreamingFetch, isStreamError } from 'rivulet/core';
import { describe, expect, test } from 'vitest';

/** What creating with an option leads to. */
function refusal(option: object): string {
  try {
    createStreamingFetch('/api', option);
    return 'accepted';
  } catch (error) {
    return isStreamError(error) ? `${error.code}: ${error.message}` : 'something else';
  }
}

describe('wrong options are refused by name and value', () => {
  test.each([
    ['framing', { framing: 'xml' }, '"xml"'],
    ['toText', { toText: 'text' }, '"text"'],
    ['errorWhen', { errorWhen: true }, 'true'],
    ['whenBusy', { whenBusy: 'queue' }, '"queue"'],
    ['maxTextLength', { maxTextLength: Number.NaN }, 'NaN'],
    ['maxTextLength', { maxTextLength: -1 }, '-1'],
    ['autoStart', { autoStart: 'yes' }, '"yes"'],
    ['maxMessages', { maxMessages: 1.5 }, '1.5'],
    ['maxMessageLength', { maxMessageLength: 0 }, '0'],
    ['flush', { flush: 'never' }, '"never"'],
    ['retry.maxAttempts', { retry: { maxAttempts: 0 } }, '0'],
    ['endWhen', { endWhen: { event: 1 } }, '{"event":1}'],
    ['method', { method: 'get', body: 'x' }, 'GET'],
  ])('`%s`: %j', (name, option, value) => {
    const message = refusal(option);
    expect(message).toMatch(/^invalid-option: /);
    expect(message).toContain(`\`${name}\``);
    expect(message).toContain(value);
  });

  test.each([
    [{ reduce: () => 1 }, 'initialState'],
    [{ initialState: 1 }, 'reduce'],
  ])('half of a pair: %j', (option, missing) => {
    expect(refusal(option)).toContain(`needs \`${missing}\``);
  });

  test.each([
    { maxTextLength: 1 },
    { maxTextLength: Number.POSITIVE_INFINITY },
    { framing: 'auto', toText: () => '', errorWhen: () => null, whenBusy: 'ignore' },
    { autoStart: false, endWhen: { event: 'stop' }, maxMessages: 0 },
    { framing: undefined, parse: undefined, retry: undefined },
  ])('and %j is accepted', (option) => {
    expect(refusal(option)).toBe('accepted');
  });
});
