import type { StreamOptions } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
import { buildRequest, methodOf } from '../../../src/core/request/build-request.ts';
import { createTestAttempt } from '../../support/test-attempt.ts';

const DEFAULTS = { accept: 'text/event-stream' };

async function build(options: StreamOptions, defaults = {}) {
  const { attempt } = createTestAttempt(createTestEnvironment());
  const request = await buildRequest(attempt, options, { ...DEFAULTS, ...defaults });
  if (request === null) throw new Error('The attempt lost its lifecycle.');
  return request;
}

const headersOf = async (options: StreamOptions, defaults = {}) => {
  const { headers } = await build(options, defaults);
  return Object.fromEntries(headers);
};

describe('the method', () => {
  test.each<[string, StreamOptions, string]>([
    ['GET without a body', {}, 'GET'],
    ['POST with one', { body: '' }, 'POST'],
    ['GET with null', { body: null }, 'GET'],
    ['the one that is given', { method: 'put', body: 'x' }, 'PUT'],
  ])('is %s', (_, options, expected) => {
    expect(methodOf(options)).toBe(expected);
  });
});

describe('the headers', () => {
  const accept = 'text/event-stream';

  test.each<[string, StreamOptions['headers'], Record<string, string>]>([
    ['none', undefined, { accept }],
    ['a record', { 'X-A': '1' }, { accept, 'x-a': '1' }],
    ['a record with gaps', { 'X-A': undefined, 'X-B': '2' }, { accept, 'x-b': '2' }],
    ['pairs', [['X-A', '1']], { accept, 'x-a': '1' }],
    [
      'pairs of one name',
      [
        ['X-A', '1'],
        ['x-a', '2'],
      ],
      { accept, 'x-a': '1, 2' },
    ],
    ['a Headers object', new Headers({ 'X-A': '1' }), { accept, 'x-a': '1' }],
    ['a function', () => ({ 'X-A': '1' }), { accept, 'x-a': '1' }],
    ['an async function', async () => new Headers({ 'X-A': '1' }), { accept, 'x-a': '1' }],
    ['an `Accept` of their own', { ACCEPT: '*/*' }, { accept: '*/*' }],
  ])('can be %s', async (_, headers, expected) => {
    expect(await headersOf({ headers })).toEqual(expected);
  });

  /** Headers of an old polyfill, which do not iterate. */
  const polyfilled = {
    forEach: (tell: (value: string, name: string) => void) => tell('1', 'X-A'),
  };

  test.each<[string, object]>([
    ['undici', [['X-A', '1']].values()],
    ['an iframe', { [Symbol.iterator]: () => [['X-A', '1']].values() }],
    ['a polyfill', polyfilled],
    ['a Map', new Map([['X-A', '1']])],
    ['a URLSearchParams', new URLSearchParams('X-A=1')],
  ])('of %s are sent', async (_, headers) => {
    // What is tried here is more than the type of the option says.
    expect(await headersOf({ headers: headers as Iterable<[string, string]> })).toEqual({
      accept,
      'x-a': '1',
    });
  });

  test('of the library win over those of the caller', async () => {
    const defaults = { headers: { 'Last-Event-ID': '7' } };
    const headers = { 'last-event-id': 'stale' };
    expect(await headersOf({ headers }, defaults)).toEqual({ accept, 'last-event-id': '7' });
  });

  test('of a function are asked for at every attempt', async () => {
    const headers = vi.fn<() => HeadersInit>(() => ({}));
    await build({ headers });
    await build({ headers });
    expect(headers).toHaveBeenCalledTimes(2);
  });

  test.each<[string, StreamOptions]>([
    [
      'that throw',
      {
        headers: () => {
          throw new Error('no token');
        },
      },
    ],
    ['that reject', { headers: () => Promise.reject(new Error('no token')) }],
    ['that no header can be', { headers: { 'X-A': 'no\ntoken' } }],
    ['of an impossible name', { headers: { 'no token': '1' } }],
  ])('%s fail as `request-setup`', async (_, options) => {
    await expect(build(options)).rejects.toMatchObject({
      code: 'request-setup',
      message: expect.stringContaining('`headers`'),
      cause: expect.any(Error),
    });
  });
});

describe('the body', () => {
  test.each<[string, StreamOptions['body'], unknown, string | undefined]>([
    ['a plain object', { a: 1 }, '{"a":1}', 'application/json'],
    ['an array', [1, 2], '[1,2]', 'application/json'],
    ['an object without a prototype', Object.create(null), '{}', 'application/json'],
    ['text', 'hello', 'hello', undefined],
    ['nothing', null, undefined, undefined],
    ['a function', () => ({ a: 1 }), '{"a":1}', 'application/json'],
    ['an async function', async () => 'hello', 'hello', undefined],
  ])('can be %s', async (_, body, sent, contentType) => {
    const request = await build({ body });
    expect(request.body).toBe(sent);
    expect(request.headers.get('content-type') ?? undefined).toBe(contentType);
  });

  test.each<[string, BodyInit]>([
    ['URLSearchParams', new URLSearchParams('a=1')],
    ['FormData', new FormData()],
    ['a Blob', new Blob(['x'])],
    ['bytes', Uint8Array.of(1)],
    ['a buffer', new ArrayBuffer(1)],
    ['a view of a buffer', new DataView(new ArrayBuffer(1))],
  ])('goes out as it is where it is %s', async (_, body) => {
    const request = await build({ body });
    expect(request.body).toBe(body);
    expect(request.headers.has('content-type')).toBe(false);
  });

  test('of JSON keeps the content type of the caller', async () => {
    const headers = { 'Content-Type': 'application/vnd.api+json' };
    expect(await headersOf({ headers, body: { a: 1 } })).toMatchObject({
      'content-type': 'application/vnd.api+json',
    });
  });

  test('that is a stream is sent in half duplex, as fetch demands', async () => {
    const body = new ReadableStream();
    expect(await build({ body })).toMatchObject({ body, duplex: 'half' });
    expect(await build({ body: 'x' })).not.toHaveProperty('duplex');
  });

  test.each<[string, StreamOptions['body']]>([
    [
      'that throws',
      () => {
        throw new Error('no body');
      },
    ],
    ['that is no JSON', { big: 1n }],
  ])('%s fails as `request-setup`', async (_, body) => {
    await expect(build({ body })).rejects.toMatchObject({
      code: 'request-setup',
      message: expect.stringContaining('`body`'),
    });
  });
});

test('what fetch is told goes from defaults over `requestInit` to the options', async () => {
  const defaults = { isLive: true };
  const request = await build(
    { requestInit: { mode: 'same-origin', keepalive: true }, credentials: 'include' },
    defaults,
  );
  expect(request).toMatchObject({
    cache: 'no-store',
    mode: 'same-origin',
    keepalive: true,
    credentials: 'include',
    method: 'GET',
  });
  expect(await build({})).not.toHaveProperty('credentials');
});
