import { createEventSource, createStreamingFetch, type EventSourceOptions } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMockServer } from '../support/mock-server.ts';
import { drop, send, subscribe } from '../support/subscribe.ts';
import { createWire } from '../support/wire.ts';

/* What an application that shipped a mistake must not do. Development refuses all of this. */

beforeEach(() => void vi.stubEnv('NODE_ENV', 'production'));
afterEach(() => vi.unstubAllEnvs());

const WRONG = [Number.NaN, -1, -Infinity];

describe('a wrong delay does not cause a storm of requests', () => {
  test.each(
    WRONG.flatMap((value): [string, EventSourceOptions['retry']][] => [
      [`baseDelayMs of ${value}`, { baseDelayMs: value }],
      [`maxDelayMs of ${value}`, { maxDelayMs: value }],
    ]),
  )('%s', async (_, retry) => {
    const { environment, requests } = await subscribe(
      { retry },
      () => new Response('', { status: 503 }),
      { random: 0.5 },
    );
    await environment.advance(10_000);
    expect(requests.length).toBeLessThan(6);
    expect(requests.length).toBeGreaterThan(2);
  });

  test.each(WRONG)('`shouldRetry` that says %s', async (value) => {
    const { environment, requests } = await subscribe(
      { retry: { shouldRetry: () => value } },
      () => new Response('', { status: 503 }),
      { random: 0.5 },
    );
    await environment.advance(10_000);
    expect(requests.length).toBeLessThan(6);
  });

  test.each([...WRONG, 0])(
    '`maxAttempts` of %s: an answer is asked for four times',
    async (value) => {
      const wire = createWire({ respond: () => new Response('', { status: 503 }) });
      const run = createStreamingFetch('/api', {
        ...wire.options,
        retry: { maxAttempts: value },
      });
      const end = run.start();
      await wire.environment.advance(100_000);
      expect((await end).error?.code).toBe('retries-exhausted');
      expect(wire.requests).toHaveLength(4);
    },
  );
});

describe('a wrong option does not stop the lifecycle', () => {
  const wrong = (options: object) => options as EventSourceOptions;

  test.each<[string, object]>([
    ['`retry.methods` of a string', { retry: { methods: 'GET' } }],
    ['`retry` of null', { retry: null }],
    ['`endWhen` of null', { endWhen: null }],
    ['`schema` of null', { schema: null }],
    ['`on` of null', { on: null }],
    ['`parse` of null', { parse: null }],
    ['`events` of null', { events: null }],
  ])('%s', async (_, options) => {
    const subscription = await subscribe(wrong({ toText: () => '', ...options }));
    await send(subscription, 'data: a\n\n');
    await subscription.environment.advance(100);
    expect(subscription.snapshot().data).toBe('a');
    await drop(subscription);
    expect(subscription.snapshot().status).toBe('waiting');
    await subscription.environment.advance(100);
    expect(subscription.snapshot().status).toBe('open');
  });

  test('a method that is not a string', async () => {
    const { snapshot, requests } = await subscribe(wrong({ method: 5 }));
    expect(requests.at(-1)?.method).toBe('5');
    expect(snapshot().status).toBe('open');
  });
});

describe('a wrong limit is none', () => {
  test.each(
    ['connectTimeoutMs', 'idleTimeoutMs', 'messageTimeoutMs'].flatMap((name) =>
      [...WRONG, 0].map((value): [string, number] => [name, value]),
    ),
  )('%s of %s ends nothing', async (name, value) => {
    const subscription = await subscribe({ [name]: value });
    await subscription.environment.advance(100_000);
    expect(subscription.snapshot().status).toBe('open');
    expect(subscription.requests).toHaveLength(1);
  });

  test.each(
    [...WRONG, 0].flatMap((value): [string, EventSourceOptions][] => [
      [`maxMessageLength of ${value}`, { maxMessageLength: value }],
      [`flush of ${value}`, { flush: value }],
    ]),
  )('%s keeps nothing from being shown', async (_, options) => {
    const subscription = await subscribe(options);
    await send(subscription, 'data: a message\n\ndata: another\n\n');
    await subscription.environment.advance(200);
    expect(subscription.snapshot().data).toBe('another');
  });

  test.each(WRONG)('`maxMessages` of %s keeps the usual 100', async (value) => {
    const subscription = await subscribe({ maxMessages: value });
    await send(subscription, 'data: x\n\n'.repeat(150));
    await subscription.environment.advance(200);
    expect(subscription.snapshot()).toMatchObject({ dropped: 50 });
  });

  test.each([...WRONG, 0])('`maxTextLength` of %s keeps the whole text', async (value) => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, maxTextLength: value });
    const end = run.start();
    await wire.send('a text');
    await wire.close();
    expect((await end).text).toBe('a text');
  });
});

describe('a URL that is none', () => {
  test.each(['', undefined, false, {}, 7])(
    '%j fails as `invalid-url`, without a request',
    async (url) => {
      const server = createMockServer();
      const { environment } = server;
      // Plain JavaScript gives anything.
      const source = createEventSource(url as string, { environment });
      source.start();
      await environment.advance(100_000);
      expect(source.getSnapshot()).toMatchObject({
        status: 'failed',
        error: { code: 'invalid-url' },
      });
      expect(server.requests).toHaveLength(0);
    },
  );
});

test('`statuses` that throws fails the lifecycle, and is reported', async () => {
  const trouble = new Error('in statuses');
  const { environment, snapshot } = await subscribe(
    {
      retry: {
        statuses: () => {
          throw trouble;
        },
      },
    },
    () => new Response('', { status: 503 }),
  );
  expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'http-status' } });
  expect(environment.reported).toEqual([trouble]);
});

test.each<[EventSourceOptions, string]>([
  // Only JavaScript lets both be given.
  [{ credentials: 'omit', withCredentials: true } as object, 'omit'],
  [{ withCredentials: true }, 'include'],
])('`credentials` beats `withCredentials`: %o', async (options, expected) => {
  const { server } = await subscribe(options);
  expect(server.request.init.credentials).toBe(expected);
});

test('a wrong `share` shares nothing, and the subscription works', async () => {
  // Plain JavaScript may still say what an earlier version took.
  const options: object = { share: true };
  const subscription = await subscribe(options);
  await send(subscription, 'data: x\n\n');
  expect(subscription.snapshot().status).toBe('open');
  await drop(subscription);
});

test('a runtime without `fetch` is still `invalid-option`', async () => {
  const { environment } = createWire();
  const run = createStreamingFetch('/api', { environment: { ...environment, fetch: undefined } });
  expect((await run.start()).error?.code).toBe('invalid-option');
});
