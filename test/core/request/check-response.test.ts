import type { StreamError } from 'rivulet/core';
import { createMockStream, createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
import { checkResponse } from '../../../src/core/request/check-response.ts';
import { mimeTypeOf } from '../../../src/core/request/mime.ts';
import { isCrossOrigin, resolveUrl } from '../../../src/core/request/request-url.ts';
import { retryAfterMs } from '../../../src/core/request/retry-after.ts';
import { createTestAttempt } from '../../support/test-attempt.ts';

function check(response: Response) {
  const environment = createTestEnvironment();
  const { attempt } = createTestAttempt(environment);
  const complaint = (essence: string) => (essence === 'text/plain' ? null : `Not ${essence}.`);
  const checking = checkResponse(attempt, response, complaint, environment);
  const outcome = checking.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { environment, attempt, outcome };
}

describe('the check of a response', () => {
  test('lets through a success of an expected type', async () => {
    const response = new Response('x', { headers: { 'content-type': 'text/plain' } });
    expect(await check(response).outcome).toEqual({ value: response });
    expect(response.bodyUsed).toBe(false);
  });

  test.each([204, 205])('says that there is nothing to read at %i', async (status) => {
    expect(await check(new Response(null, { status })).outcome).toEqual({ value: null });
  });

  test('keeps the start of the body of an error, which its message does not quote', async () => {
    const body = `{"error":"${'x'.repeat(500)}"}`;
    const { error } = (await check(new Response(body, { status: 500 })).outcome) as {
      error: StreamError;
    };
    expect(error).toMatchObject({ code: 'http-status', status: 500, body });
    expect(error.json).toEqual({ error: 'x'.repeat(500) });
    expect(error.message).toBe('The server answered with status 500.');
  });

  test('reads 64 KiB of the body of an error, and cancels the rest', async () => {
    const stream = createMockStream({ status: 500 });
    const { outcome } = check(stream.response);
    for (let chunk = 0; chunk < 10; chunk += 1) stream.write('é'.repeat(5000));
    const { error } = (await outcome) as { error: StreamError };
    expect(error.body).toBe('é'.repeat(32 * 1024));
    expect(stream.isCancelled).toBe(true);
  });

  test('waits 2 s for the body of an error, and takes what came', async () => {
    const stream = createMockStream({ status: 500 });
    const { environment, outcome } = check(stream.response);
    stream.write('half of');
    await environment.advance(1999);
    expect(stream.isCancelled).toBe(false);
    await environment.advance(1);
    expect(await outcome).toMatchObject({ error: { status: 500, body: 'half of' } });
    expect(stream.isCancelled).toBe(true);
    expect(environment.pending().timers).toBe(0);
  });

  test('takes what came of a body that breaks off', async () => {
    const stream = createMockStream({ status: 500 });
    const { environment, outcome } = check(stream.response);
    stream.write('half of');
    await environment.settle();
    stream.fail();
    expect(await outcome).toMatchObject({ error: { status: 500, body: 'half of' } });
  });

  test('does not wait for a body that nobody wants any more', async () => {
    const stream = createMockStream({ status: 500 });
    const { environment, attempt, outcome } = check(stream.response);
    attempt.release();
    expect(await outcome).toMatchObject({ error: { status: 500 } });
    expect(stream.isCancelled).toBe(true);
    expect(environment.pending().timers).toBe(0);
  });

  test('holds no listener at the signal afterwards', async () => {
    const { attempt, outcome } = check(new Response('x', { status: 500 }));
    const remove = vi.spyOn(attempt.signal, 'removeEventListener');
    const add = vi.spyOn(attempt.signal, 'addEventListener');
    await outcome;
    expect(remove).toHaveBeenCalledTimes(1 + add.mock.calls.length);
  });

  test.each<[string, object]>([
    ['no body at all', { body: undefined }],
    ['a body that is no stream', { body: { on: () => {} } }],
  ])('keeps the status of an error whose response has %s', async (_, odd) => {
    const response = { ok: false, status: 500, headers: new Headers(), url: '', ...odd };
    // What fetch functions of other runtimes return is only partly a Response.
    const { outcome } = check(response as Response);
    expect(await outcome).toMatchObject({ error: { code: 'http-status', status: 500, body: '' } });
  });

  test.each<[string, object]>([
    ['null', { body: null }],
    ['nothing', { body: undefined }],
    ['no stream', { body: { on: () => {} } }],
  ])('fails as `no-body` where the body of a success is %s', async (_, odd) => {
    const headers = new Headers({ 'content-type': 'text/plain' });
    const response = { ok: true, status: 200, headers, url: '', ...odd };
    const { outcome } = check(response as Response);
    expect(await outcome).toMatchObject({ error: { code: 'no-body', status: 200 } });
  });

  test('complains about a type in a sentence, and keeps an excerpt of the body', async () => {
    const response = new Response('<html>', { headers: { 'content-type': 'Text/HTML; x=1' } });
    expect(await check(response).outcome).toMatchObject({
      error: {
        code: 'content-type',
        status: 200,
        body: '<html>',
        message: 'Not text/html.',
      },
    });
  });
});

describe('the MIME essence', () => {
  test.each([
    ['text/event-stream', 'text/event-stream'],
    ['Text/Event-Stream; charset=UTF-8', 'text/event-stream'],
    [' text/plain ;x', 'text/plain'],
    ['', ''],
    ['application/json, text/event-stream; charset=utf-8', 'text/event-stream'],
    ['text/event-stream, text/event-stream', 'text/event-stream'],
    ['text/event-stream, */*', 'text/event-stream'],
    ['text/event-stream, nonsense', 'text/event-stream'],
    ['text/html; x="a, text/event-stream"', 'text/html'],
  ])('of %j is %j', (contentType, expected) => {
    expect(mimeTypeOf(new Headers({ 'content-type': contentType })).essence).toBe(expected);
  });

  test('of no content type is empty', () => {
    expect(mimeTypeOf(new Headers())).toEqual({ essence: '', charset: undefined });
  });
});

describe('`Retry-After`', () => {
  const now = Date.UTC(2030, 0, 1);
  const read = (value: string) => retryAfterMs(new Headers({ 'retry-after': value }), now);

  test.each<[string, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Mon, 31 Dec 2029 23:59:59 GMT', 0],
    ['Tue Jan  1 00:00:30 2030', 30_000],
    ['99999999999999999999', 2 ** 31 - 1],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 2 ** 31 - 1],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test.each<[string, number | undefined]>([
    ['250', 250],
    ['1500.5', 1500.5],
    ['1e3', 7000],
    ['', 7000],
  ])('gives way to a `retry-after-ms` that makes sense: %j is %j ms', (value, expected) => {
    const headers = new Headers({ 'retry-after': '7', 'retry-after-ms': value });
    expect(retryAfterMs(headers, now)).toBe(expected);
  });

  test('that is not there is none', () => {
    expect(retryAfterMs(new Headers(), now)).toBeUndefined();
  });
});

describe('a URL', () => {
  const page = createTestEnvironment({ baseUrl: 'https://app.example/inbox/' });
  const server = { ...page, baseUrl: () => undefined };
  const { attempt } = createTestAttempt(page);

  test.each([
    ['/events', 'https://app.example/events', false],
    ['events?a=1', 'https://app.example/inbox/events?a=1', false],
    ['https://app.example:443/x', 'https://app.example/x', false],
    ['http://app.example/x', 'http://app.example/x', true],
    ['https://api.example/x', 'https://api.example/x', true],
    ['https://app.example:8443/x', 'https://app.example:8443/x', true],
  ])('%j is resolved against the page', (url, expected, crosses) => {
    const resolved = resolveUrl(url, page.baseUrl(), attempt);
    expect(resolved.href).toBe(expected);
    expect(isCrossOrigin(resolved, page)).toBe(crosses);
  });

  test('crosses no origin outside a browser', () => {
    const resolved = resolveUrl('https://api.example/x', server.baseUrl(), attempt);
    expect(isCrossOrigin(resolved, server)).toBe(false);
  });

  test.each([
    ['/events', server],
    ['http://', page],
    ['http://ada:secret@', page],
    ['https://ada:secret@api.example/', page],
    ['https://ada@api.example/', server],
    ['', page],
    [undefined, page],
    [false, page],
  ])('%j that cannot be requested is refused, and not quoted', (url, environment) => {
    expect(() => resolveUrl(url, environment.baseUrl(), attempt)).toThrow(
      expect.objectContaining({
        code: 'invalid-url',
        message: expect.not.stringMatching(/ada|secret|events|http/),
      }),
    );
  });
});
