import { createEventSource, type EventSourceOptions, type UrlSource } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer } from '../../support/mock-server.ts';
import { type Subscription, send, subscribe } from '../../support/subscribe.ts';

const codes = ({ log }: Subscription) => log.errors.map(({ code }) => code);

/** Sends the same every `everyMs`, so many times. */
async function keepSending(subscription: Subscription, text: string, everyMs: number, times = 10) {
  for (let time = 0; time < times; time += 1) {
    await subscription.environment.advance(everyMs);
    await send(subscription, text);
  }
}

describe('`connectTimeoutMs`', () => {
  test('ends an attempt without headers, which is then repeated', async () => {
    const subscription = await subscribe(
      { connectTimeoutMs: 5000 },
      () => new Promise<Response>(() => {}),
    );
    const { environment, snapshot, requests, server } = subscription;
    await environment.advance(4999);
    expect(snapshot().status).toBe('connecting');
    await environment.advance(1);
    expect(snapshot()).toMatchObject({ status: 'waiting', error: { code: 'timeout-connect' } });
    expect(snapshot().error?.message).toBe('No response headers within 5000 ms.');
    expect(environment.warnings).toEqual([expect.stringContaining('Node sends no headers')]);
    expect(requests[0]?.isAborted).toBe(true);
    expect(server.inProgress).toBe(0);
    await environment.advance(100);
    expect(requests).toHaveLength(2);
  });

  const never = () => new Promise<never>(() => {});

  test.each<[string, EventSourceOptions, UrlSource]>([
    ['`headers`', { headers: never }, '/events'],
    ['`body`', { method: 'POST', body: never }, '/events'],
    ['a URL', {}, never],
  ])(
    'counts from the start of the attempt, so that %s that never comes is part of it',
    async (_, options, url) => {
      const server = createMockServer();
      const { environment, requests } = server;
      const source = createEventSource(url, { environment, connectTimeoutMs: 500, ...options });
      source.start();
      await environment.advance(499);
      expect(source.getSnapshot().status).toBe('connecting');
      await environment.advance(1);
      expect(['waiting', 'failed']).toContain(source.getSnapshot().status);
      expect(source.getSnapshot().error?.code).toBe('timeout-connect');
      expect(requests).toHaveLength(0);
      source.close();
    },
  );

  test('counts while `onUnauthorized` is at it', async () => {
    const { environment, snapshot } = await subscribe(
      { connectTimeoutMs: 500, onUnauthorized: never },
      () => new Response('', { status: 401 }),
    );
    await environment.advance(500);
    expect(snapshot().error?.code).toBe('timeout-connect');
  });

  test('is over with the headers', async () => {
    const subscription = await subscribe({ connectTimeoutMs: 5000 });
    await subscription.environment.advance(60_000);
    expect(subscription.snapshot().status).toBe('open');
    expect(codes(subscription)).toEqual([]);
  });
});

describe('`idleTimeoutMs`', () => {
  test('ends an attempt without bytes, which is then repeated', async () => {
    const subscription = await subscribe({ idleTimeoutMs: 5000 });
    const { environment, snapshot, server } = subscription;
    await send(subscription, 'id: 7\ndata: x\n\n');
    await environment.advance(4999);
    expect(snapshot().status).toBe('open');
    await environment.advance(1);
    expect(snapshot()).toMatchObject({ status: 'waiting', error: { code: 'timeout-idle' } });
    expect(snapshot().error?.message).toContain('5000 ms');
    expect(server.stream.isCancelled).toBe(true);
    await environment.advance(100);
    expect(server.request.headers.get('last-event-id')).toBe('7');
  });

  test.each([
    ['messages', 'data: x\n\n'],
    ['comments', ':\n\n'],
    ['half a line', 'x'],
  ])('is fed by %s', async (_, text) => {
    const subscription = await subscribe({ idleTimeoutMs: 5000 });
    await keepSending(subscription, text, 4999);
    expect(subscription.snapshot().status).toBe('open');
    await subscription.environment.advance(5000);
    expect(codes(subscription)).toEqual(['timeout-idle']);
  });
});

describe('`messageTimeoutMs`', () => {
  test('ends an attempt without messages, which is then repeated', async () => {
    const subscription = await subscribe({ messageTimeoutMs: 5000 });
    const { environment, snapshot, requests } = subscription;
    await environment.advance(5000);
    expect(snapshot()).toMatchObject({ status: 'waiting', error: { code: 'timeout-message' } });
    await environment.advance(100);
    expect(requests).toHaveLength(2);
  });

  test('is fed by messages', async () => {
    const subscription = await subscribe({ messageTimeoutMs: 5000 });
    await keepSending(subscription, 'data: x\n\n', 4999);
    expect(subscription.snapshot().status).toBe('open');
  });

  test.each([
    ['comments', ':\n\n'],
    ['ids', 'id: 1\n\n'],
    ['`retry:`', 'retry: 100\n\n'],
    ['blocks without data', 'event: x\n\n'],
  ])('is not fed by %s', async (_, text) => {
    const subscription = await subscribe({ messageTimeoutMs: 5000, idleTimeoutMs: 2000 });
    await keepSending(subscription, text, 1000, 5);
    expect(codes(subscription)).toEqual(['timeout-message']);
  });
});

describe('deadlines', () => {
  test('do not exist by default', async () => {
    const subscription = await subscribe();
    await subscription.environment.advance(3_600_000);
    expect(subscription.snapshot().status).toBe('open');
    expect(subscription.requests).toHaveLength(1);
  });

  test('of an earlier attempt do not end a later one', async () => {
    const subscription = await subscribe({ idleTimeoutMs: 5000, messageTimeoutMs: 6000 });
    await subscription.environment.advance(4000);
    subscription.source.reconnect();
    await subscription.environment.advance(4000);
    expect(subscription.snapshot().status).toBe('open');
    expect(codes(subscription)).toEqual([]);
  });

  test('that timers of a hidden page missed are looked at on each chunk', async () => {
    const subscription = await subscribe({ messageTimeoutMs: 5000 });
    subscription.environment.skip(5000);
    await send(subscription, ':\n\n');
    expect(codes(subscription)).toEqual(['timeout-message']);
  });

  test('that a late timer missed are forgiven when the chunk has a message', async () => {
    const subscription = await subscribe({ messageTimeoutMs: 5000, idleTimeoutMs: 5000 });
    subscription.environment.skip(5000);
    await send(subscription, 'data: x\n\n');
    await subscription.environment.advance(4999);
    expect(codes(subscription)).toEqual([]);
  });
});
