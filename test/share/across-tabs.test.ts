import { createEventSource, type EventSourceOptions, StreamError } from 'rivulet/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { IDLE } from '../../src/core/lifecycle/transition.ts';
import { acrossTabs, inPage } from '../../src/share/index.ts';
import {
  readCause,
  readError,
  readState,
  writeCause,
  writeError,
  writeState,
} from '../../src/share/tab-messages.ts';
import { createMockServer } from '../support/mock-server.ts';

afterEach(() => vi.unstubAllGlobals());

function join(options: EventSourceOptions, server = createMockServer()) {
  const { environment } = server;
  const controller = createEventSource('/api', { share: acrossTabs, environment, ...options });
  controller.start();
  return { controller, server };
}

/** What a page has on `https:`; nobody else is there. */
function stubLonelyTab(): void {
  const request = async (_: string, __: object, hold: () => Promise<void>) => {
    await undefined;
    return hold();
  };
  vi.stubGlobal('navigator', { locks: { request, query: async () => ({ pending: [] }) } });
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      postMessage() {}
      close() {}
    },
  );
}

describe('acrossTabs', () => {
  test('is inPage without Web Locks, and development says so', async () => {
    vi.stubGlobal('navigator', {});
    const { controller, server } = join({});
    join({}, server);
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(server.environment.warnings[0]).toContain('Web Locks');
    controller.close();
  });

  test.each(['headers', 'fetch', 'onUnauthorized'] as const)(
    'requires a key beside %s in development',
    (name) => {
      stubLonelyTab();
      const given = {
        headers: {},
        fetch: async () => new Response(),
        onUnauthorized: async () => {},
      };
      const thrown = () => join({ [name]: given[name] });
      expect(thrown).toThrow(
        expect.objectContaining({
          code: 'invalid-option',
          message: expect.stringContaining('The option `key` is missing'),
        }),
      );
      expect(() => join({ [name]: given[name], key: 'user 1' })).not.toThrow();
    },
  );

  test('leads where no other tab is, and leaves nothing behind', async () => {
    stubLonelyTab();
    const { controller, server } = join({});
    const { environment } = server;
    await environment.settle();
    server.stream.send({ id: '1', data: 'a' });
    await environment.advance(100);
    expect(controller.getSnapshot()).toMatchObject({ status: 'open', data: 'a', lastEventId: '1' });
    controller.reconnect();
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('1');
    controller.close();
    expect(controller.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    await environment.advance(1000);
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
    expect(server.inProgress).toBe(0);
  });

  test('lets go when the page is left or frozen, and goes on when it is back', async () => {
    stubLonelyTab();
    const { controller, server } = join({});
    const { environment } = server;
    await environment.settle();
    server.stream.send({ id: '1', data: 'a' });
    await environment.advance(100);
    environment.signal({ type: 'pagehide', persisted: true });
    environment.signal({ type: 'freeze' });
    await environment.settle();
    expect(server.inProgress).toBe(0);
    expect(controller.getSnapshot().status).toBe('open');
    environment.signal({ type: 'resume' });
    environment.signal({ type: 'pageshow', persisted: true });
    await environment.advance(100);
    expect(server.inProgress).toBe(1);
    expect(server.request.headers.get('last-event-id')).toBe('1');
    controller.close();
    await environment.advance(1000);
  });

  test('leaves a request that must not be repeated to each page', async () => {
    stubLonelyTab();
    const { controller, server } = join({ method: 'POST' });
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    controller.close();
  });

  test('is another value than inPage, which asks for nothing', () => {
    vi.stubGlobal('navigator', {});
    const server = createMockServer();
    join({ share: inPage }, server).controller.close();
    expect(server.environment.warnings).toEqual([]);
  });
});

describe('what tabs tell each other', () => {
  const error = new StreamError('retries-exhausted', 'The server answered with status 503.', {
    status: 503,
    headers: new Headers({ 'retry-after': '4' }),
    body: '{"busy":true}',
    url: 'https://example.com/api',
    attempt: 4,
    retryAfterMs: 4000,
    bytesReceived: 12,
    cause: new StreamError('http-status', 'busy', { cause: new TypeError('Failed to fetch.') }),
  });

  test('holds all of an error, as plain data', () => {
    const read = readError(structuredClone(writeError(error)));
    expect(read).toMatchObject({
      code: 'retries-exhausted',
      message: 'The server answered with status 503.',
      status: 503,
      body: '{"busy":true}',
      json: { busy: true },
      url: 'https://example.com/api',
      attempt: 4,
      retryAfterMs: 4000,
      bytesReceived: 12,
      cause: { code: 'http-status', cause: { message: 'Failed to fetch' } },
    });
    expect(read.headers?.get('retry-after')).toBe('4');
    const bare = readError(structuredClone(writeError(new StreamError('network', 'gone'))));
    expect(bare).toMatchObject({ status: null, headers: null, body: null, url: null });
    expect(bare.cause).toBeUndefined();
  });

  test('holds moments as what remains of them, since clocks differ', () => {
    const state = {
      status: 'waiting',
      attempt: 2,
      nextRetryAt: 1500,
      reason: null,
      pausedBy: [],
      error,
      endedBy: null,
    } as const;
    const read = readState(structuredClone(writeState(state, 1000)), 9_000_000);
    expect(read).toMatchObject({ status: 'waiting', nextRetryAt: 9_000_500 });
    const cause = { error, info: { willRetry: true, nextRetryAt: 1500 } };
    expect(readCause(writeCause(cause), read)).toEqual({
      error: read.error,
      info: { willRetry: true, nextRetryAt: 9_000_500 },
    });
  });

  test('holds status, headers and URL of a response', () => {
    const response = new Response('', { status: 201, headers: { 'x-served-by': 'a' } });
    const read = readCause(structuredClone(writeCause({ response })), IDLE);
    if (read === undefined || !('response' in read)) throw new Error('It is not a response.');
    expect(read.response.status).toBe(201);
    expect(read.response.headers.get('x-served-by')).toBe('a');
    expect(readCause(writeCause(undefined), IDLE)).toBeUndefined();
  });
});
