import type { StreamOptions } from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { identityOf } from '../../../src/core/request/identity.ts';

type Options = Pick<StreamOptions, 'method' | 'body' | 'key'>;

const URL_TEXT = 'https://api.example/events?a=1';

describe('the identity of a request', () => {
  test.each<[string, string | URL, Options, string | URL, Options]>([
    ['the same URL as text and as object', URL_TEXT, {}, new URL(URL_TEXT), {}],
    ['GET by default', URL_TEXT, {}, URL_TEXT, { method: 'get' }],
    ['POST with a body', URL_TEXT, { body: 'x' }, URL_TEXT, { body: 'x', method: 'post' }],
    [
      'equal objects',
      URL_TEXT,
      { body: { a: [1, { b: 2 }] } },
      URL_TEXT,
      { body: { a: [1, { b: 2 }] } },
    ],
    ['equal arrays', URL_TEXT, { body: [1, 'x'] }, URL_TEXT, { body: [1, 'x'] }],
    [
      'equal URLSearchParams',
      URL_TEXT,
      { body: new URLSearchParams('a=1&b=2') },
      URL_TEXT,
      { body: new URLSearchParams({ a: '1', b: '2' }) },
    ],
    ['any FormData', URL_TEXT, { body: new FormData() }, URL_TEXT, { body: new FormData() }],
    ['any bytes', URL_TEXT, { body: Uint8Array.of(1) }, URL_TEXT, { body: Uint8Array.of(2) }],
    ['any function', URL_TEXT, { body: () => 'a' }, URL_TEXT, { body: () => 'b' }],
    ['no body and null', URL_TEXT, {}, URL_TEXT, { body: null }],
  ])('is the same for %s', (_, url, options, otherUrl, otherOptions) => {
    expect(identityOf(url, options)).toBe(identityOf(otherUrl, otherOptions));
  });

  test.each<[string, string, Options, string, Options]>([
    ['URLs', '/a', {}, '/b', {}],
    ['methods', '/a', {}, '/a', { method: 'HEAD' }],
    ['bodies', '/a', { body: { a: 1 } }, '/a', { body: { a: 2 } }],
    ['texts', '/a', { body: 'x' }, '/a', { body: 'y' }],
    ['keys', '/a', { key: 'ada' }, '/a', { key: 'bob' }],
    ['a number and its text as key', '/a', { key: 1 }, '/a', { key: '1' }],
    ['a key and none', '/a', {}, '/a', { key: '' }],
    ['a body and none', '/a', { method: 'POST' }, '/a', { body: '' }],
    ['parts that only look alike together', '/a', { key: 'b' }, '/a","b', {}],
  ])('is another for other %s', (_, url, options, otherUrl, otherOptions) => {
    expect(identityOf(url, options)).not.toBe(identityOf(otherUrl, otherOptions));
  });

  test('is none without a URL', () => {
    expect(identityOf(null, { body: 'x' })).toBeNull();
  });

  test('writes a body out only when its reference changed', () => {
    const toJSON = vi.fn<() => object>(() => ({ a: 1 }));
    const body = { toJSON };
    expect(identityOf('/a', { body })).toBe(identityOf('/a', { body }));
    expect(toJSON).toHaveBeenCalledTimes(1);
  });

  test('survives a body that cannot be written as JSON', () => {
    const body: Record<string, unknown> = {};
    body['itself'] = body;
    expect(identityOf('/a', { body })).toBe(identityOf('/a', { body }));
  });
});
