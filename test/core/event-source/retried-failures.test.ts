import type { EventSourceOptions, StreamErrorCode } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { always, atFirst, drop, send, subscribe } from '../../support/subscribe.ts';

describe('what is worth a repeat', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('status %i is retried', async (status) => {
    const busy = () => new Response('{"reason":"busy"}', { status, headers: { 'x-trace': 'a1' } });
    const { environment, snapshot, log, requests } = await subscribe({}, atFirst(busy));
    expect(snapshot()).toMatchObject({ status: 'waiting', readyState: 0, attempt: 1 });
    expect(snapshot().error).toMatchObject({ code: 'http-status', status, attempt: 1 });
    expect(snapshot().error?.json).toEqual({ reason: 'busy' });
    expect(snapshot().error?.headers?.get('x-trace')).toBe('a1');
    expect(snapshot().error?.url).toBe('http://localhost/events');
    expect(snapshot().nextRetryAt).toBe(environment.now() + 100);
    expect(log.lines).toContain('http-status, will retry');

    await environment.advance(100);
    expect(requests).toHaveLength(2);
    expect(snapshot()).toMatchObject({
      status: 'open',
      attempt: 2,
      error: null,
      nextRetryAt: null,
    });
  });

  test.each([400, 401, 403, 404, 410, 501])('status %i fails', async (status) => {
    const refusal = () => new Response('no', { status });
    const { snapshot, log, environment, requests } = await subscribe({}, atFirst(refusal));
    expect(snapshot()).toMatchObject({ status: 'failed', readyState: 2, nextRetryAt: null });
    expect(snapshot().error).toMatchObject({ code: 'http-status', status, body: 'no' });
    expect(log.lines).toEqual(['idle -> connecting', 'connecting -> failed', 'http-status, final']);
    await environment.advance(100_000);
    expect(requests).toHaveLength(1);
  });

  test.each([204, 205])('status %i is the end, and no error', async (status) => {
    const empty = () => new Response(null, { status });
    const { snapshot, log, environment, requests } = await subscribe({}, atFirst(empty));
    expect(snapshot()).toMatchObject({ status: 'done', readyState: 2, error: null });
    expect(log.lines).toEqual(['idle -> connecting', 'connecting -> done']);
    await environment.advance(100_000);
    expect(requests).toHaveLength(1);
  });

  test('a request that gets no answer is retried, whatever the engine calls that', async () => {
    const { snapshot } = await subscribe({}, () => {
      throw new TypeError('Load failed');
    });
    expect(snapshot()).toMatchObject({ status: 'waiting', error: { code: 'network', attempt: 1 } });
    expect(snapshot().error?.message).toContain('Load failed');
    expect(snapshot().error?.cause).toBeInstanceOf(TypeError);
  });

  test('a dropped connection is retried, and its error counts the bytes', async () => {
    const subscription = await subscribe();
    await send(subscription, 'data: abc\n\n');
    await drop(subscription);
    expect(subscription.snapshot()).toMatchObject({
      status: 'waiting',
      error: { code: 'network', bytesReceived: 11 },
      data: 'abc',
    });
  });

  test('a body that is shorter than declared is `truncated`, and retried', async () => {
    const headers = { 'content-type': 'text/event-stream', 'content-length': '20' };
    const short = () => new Response('data: a\n\n', { headers });
    const { snapshot } = await subscribe({}, atFirst(short));
    expect(snapshot()).toMatchObject({
      status: 'waiting',
      error: { code: 'truncated', bytesReceived: 9 },
      data: 'a',
    });
  });

  test('the clean end of a subscription is retried, and is not an error', async () => {
    const { server, snapshot, log, environment, requests } = await subscribe();
    server.stream.close();
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'waiting', error: null });
    expect(log.errors).toEqual([]);
    await environment.advance(100);
    expect(requests).toHaveLength(2);
  });

  test('`headers` that throws is retried like the network', async () => {
    let calls = 0;
    const { snapshot, environment, requests } = await subscribe({
      headers: async () => {
        calls += 1;
        if (calls === 1) throw new Error('no token yet');
        return { authorization: 'token' };
      },
    });
    expect(snapshot()).toMatchObject({ status: 'waiting', error: { code: 'request-setup' } });
    expect(requests).toHaveLength(0);
    await environment.advance(100);
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['token']);
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 2 });
  });

  test('`retry: false` repeats nothing', async () => {
    const { snapshot } = await subscribe({ retry: false }, always(503));
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'http-status' } });
  });

  test('without a limit of its own a subscription is retried for ever', async () => {
    const { environment, snapshot, requests } = await subscribe({}, always(503));
    await environment.advance(100 * 300);
    expect(requests.length).toBeGreaterThan(290);
    expect(snapshot().status).toBe('waiting');
  });

  test('`maxAttempts` ends in `retries-exhausted`, which repeats what its cause knew', async () => {
    const headers = { 'retry-after': '0', 'x-node': '7' };
    const overloaded = () => new Response('overloaded', { status: 503, headers });
    const subscription = await subscribe({ retry: { maxAttempts: 3 } }, overloaded);
    const { environment, snapshot, requests, log } = subscription;
    await environment.advance(10_000);
    expect(requests).toHaveLength(3);
    expect(snapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'retries-exhausted', status: 503, body: 'overloaded', attempt: 3 },
    });
    expect(snapshot().error?.headers?.get('x-node')).toBe('7');
    expect(snapshot().error?.cause).toMatchObject({ code: 'http-status', status: 503 });
    expect(log.errors.map(({ code }) => code)).toEqual<StreamErrorCode[]>([
      'http-status',
      'http-status',
      'retries-exhausted',
    ]);
  });
});

/** How often a request of this kind is sent when its connection drops. */
async function requestsAfterDrop(options: EventSourceOptions): Promise<number> {
  const subscription = await subscribe(options);
  await drop(subscription);
  await subscription.environment.advance(10_000);
  return subscription.requests.length;
}

describe('which methods may be repeated', () => {
  test.each<[string, EventSourceOptions, number]>([
    ['GET', {}, 2],
    ['get', { method: 'get' }, 2],
    ['POST', { method: 'POST' }, 1],
    ['a body without a method', { body: { prompt: 'hi' } }, 1],
    ['PUT', { method: 'PUT' }, 1],
    ['POST that `retry.methods` names', { method: 'POST', retry: { methods: ['post'] } }, 2],
    ['GET that `retry.methods` leaves out', { retry: { methods: ['POST'] } }, 1],
    ['POST with an Idempotency-Key', { body: 'x', headers: { 'Idempotency-Key': 'k' } }, 2],
    ['POST with `shouldRetry`', { body: 'x', retry: { shouldRetry: () => true } }, 1],
    [
      'POST with an Idempotency-Key and `retry: false`',
      { body: 'x', headers: { 'Idempotency-Key': 'k' }, retry: false },
      1,
    ],
  ])('%s', async (_, options, expected) => {
    expect(await requestsAfterDrop(options)).toBe(expected);
  });

  test('a POST is done at a clean end, and failed at a drop', async () => {
    const ended = await subscribe({ body: 'x' });
    ended.server.stream.close();
    await ended.environment.settle();
    expect(ended.snapshot()).toMatchObject({ status: 'done', error: null });

    const dropped = await subscribe({ body: 'x' });
    await drop(dropped);
    expect(dropped.snapshot()).toMatchObject({ status: 'failed', error: { code: 'network' } });
  });

  test('the Idempotency-Key of the first attempt is sent with every later one', async () => {
    let made = 0;
    const headers = () => {
      made += 1;
      return { 'Idempotency-Key': `key ${made}`, 'X-Call': `${made}` };
    };
    const { environment, requests } = await subscribe({ body: 'x', headers }, always(503));
    await environment.advance(200);
    const sent = (name: string) => requests.map((request) => request.headers.get(name));
    expect(sent('x-call')).toEqual(['1', '2', '3']);
    expect(sent('idempotency-key')).toEqual(['key 1', 'key 1', 'key 1']);
  });

  test('a reconnect is a request of its own, with a new Idempotency-Key', async () => {
    let made = 0;
    const headers = () => {
      made += 1;
      return { 'Idempotency-Key': `key ${made}` };
    };
    const { environment, source, requests } = await subscribe({ body: 'x', headers });
    source.reconnect();
    await environment.settle();
    const keys = requests.map((request) => request.headers.get('idempotency-key'));
    expect(keys).toEqual(['key 1', 'key 2']);
  });

  test('a body that can be read once serves one attempt, and no later one', async () => {
    const retry = { methods: ['POST'] };
    const subscription = await subscribe({ body: new ReadableStream(), retry }, always(503));
    const { environment, source, snapshot, requests } = subscription;
    await environment.advance(100);
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'body-used' } });

    source.reconnect();
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'body-used' } });
    expect(requests).toHaveLength(1);
  });

  test('a function makes a new body for every attempt', async () => {
    const options = { body: () => new ReadableStream(), retry: { methods: ['POST'] } };
    const { environment, requests } = await subscribe(options, always(503));
    await environment.advance(100);
    expect(requests).toHaveLength(2);
    expect(requests[0]?.body).not.toBe(requests[1]?.body);
  });

  test('a dead connection that may not be repeated is left alone', async () => {
    const { environment, requests, snapshot } = await subscribe({ body: 'x' });
    environment.signal({ type: 'freeze' });
    environment.signal({ type: 'resume' });
    await environment.advance(10_000);
    expect(requests).toHaveLength(1);
    expect(snapshot().status).toBe('open');
  });
});
