import { isStreamError, StreamError } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../../src/core/errors.ts';

describe('a stream error', () => {
  test('has every field, `null` or 0 where nothing is known', () => {
    const error = new StreamError('network', 'The connection broke.');
    expect(error).toBeInstanceOf(Error);
    expect({ ...error }).toEqual({
      name: 'StreamError',
      code: 'network',
      status: null,
      headers: null,
      body: null,
      url: null,
      attempt: 0,
      retryAfterMs: null,
      bytesReceived: 0,
    });
    expect(error.message).toBe('The connection broke.');
    expect('cause' in error).toBe(false);
  });

  test('keeps its cause, whatever that is', () => {
    expect(new StreamError('parse', 'x', { cause: 0 }).cause).toBe(0);
    const cause = new TypeError('fetch failed');
    expect(new StreamError('network', 'x', { cause }).cause).toBe(cause);
  });

  test.each([
    ['{"a":[1]}', { a: [1] }],
    ['null', null],
    ['<html>', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads a body of %j as JSON', (body, expected) => {
    expect(new StreamError('http-status', 'x', { body }).json).toEqual(expected);
  });

  test('is recognised by its brand, also when another copy of the package made it', () => {
    const brand = Symbol.for('rivulet.StreamError');
    const foreign = Object.defineProperty(new Error('x'), brand, { value: true });
    expect(isStreamError(new StreamError('network', 'x'))).toBe(true);
    expect(isStreamError(foreign)).toBe(true);
    expect([new Error('x'), 'x', null, undefined, {}, 7].filter(isStreamError)).toEqual([]);
  });
});

test.each([
  [new Error('text'), 'text'],
  [new Error('It would exceed its quota.'), 'It would exceed its quota'],
  ['text', 'text'],
  [7, '7'],
  [undefined, 'undefined'],
  [null, 'null'],
])('what was thrown says of itself: %s', (thrown, expected) => {
  expect(messageOf(thrown)).toBe(expected);
});
