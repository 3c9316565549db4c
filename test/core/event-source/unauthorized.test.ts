import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
  type StreamError,
} from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createCallbackLog } from '../../support/callback-log.ts';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../../support/mock-server.ts';
import { drop, type Respond, subscribe } from '../../support/subscribe.ts';

/** A server that takes one token, and the client's copy of it. */
function createTokens() {
  const tokens = { held: 'old', valid: 'new' };
  const respond: Respond = ({ headers }) => {
    return headers.get('authorization') === tokens.valid
      ? undefined
      : new Response('{"error":"expired"}', { status: 401 });
  };
  const refresh = vi.fn<(error: StreamError) => void>(() => {
    tokens.held = tokens.valid;
  });
  const headers = () => ({ authorization: tokens.held });
  return { tokens, respond, refresh, headers };
}

describe('401 with `onUnauthorized`', () => {
  test('refreshes and tries once more, at once', async () => {
    const { respond, refresh, headers } = createTokens();
    const subscription = await subscribe({ headers, onUnauthorized: refresh }, respond);
    const { snapshot, log, requests } = subscription;
    expect(requests.map((request) => request.headers.get('authorization'))).toEqual(['old', 'new']);
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 2, error: null });
    expect(log.lines).toEqual([
      'idle -> connecting',
      'http-status, will retry',
      'connecting -> open',
      'opened with 200',
    ]);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(refresh.mock.calls[0]?.[0]).toMatchObject({ status: 401, body: '{"error":"expired"}' });
  });

  test('stays `connecting` while the refresh runs', async () => {
    const { respond, headers } = createTokens();
    const subscription = await subscribe(
      { headers, onUnauthorized: () => new Promise<void>(() => {}) },
      respond,
    );
    await subscription.environment.advance(60_000);
    expect(subscription.snapshot()).toMatchObject({ status: 'connecting', attempt: 1 });
    subscription.source.close();
    await subscription.environment.settle();
    expect(leftBehind(subscription.server)).toEqual(NOTHING_LEFT);
  });

  test('fails at a second 401', async () => {
    const onUnauthorized = vi.fn<() => void>();
    const subscription = await subscribe(
      { onUnauthorized },
      () => new Response('', { status: 401 }),
    );
    await subscription.environment.advance(60_000);
    expect(onUnauthorized).toHaveBeenCalledTimes(1);
    expect(subscription.requests).toHaveLength(2);
    expect(subscription.snapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'http-status', status: 401 },
    });
  });

  test('fails at a second 401 also when the refresh itself failed, which is reported', async () => {
    const trouble = new Error('no refresh token');
    const subscription = await subscribe(
      { onUnauthorized: () => Promise.reject(trouble) },
      () => new Response('', { status: 401 }),
    );
    expect(subscription.snapshot().status).toBe('failed');
    expect(subscription.requests).toHaveLength(2);
    expect(subscription.environment.reported).toEqual([trouble]);
  });

  test('may refresh again after a successful open', async () => {
    const { tokens, respond, refresh, headers } = createTokens();
    const subscription = await subscribe({ headers, onUnauthorized: refresh }, respond);
    await subscription.environment.advance(1000);
    tokens.valid = 'newer';
    await drop(subscription);
    await subscription.environment.advance(100);
    expect(subscription.snapshot().status).toBe('open');
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  test('is the one exception for a POST, which is sent once more', async () => {
    const { respond, refresh, headers } = createTokens();
    const options = { headers, onUnauthorized: refresh, body: 'x' };
    const subscription = await subscribe(options, respond);
    expect(subscription.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    await drop(subscription);
    expect(subscription.snapshot().status).toBe('failed');
  });

  test.each<[string, EventSourceOptions]>([
    ['`retry: false`', { retry: false, onUnauthorized: () => {} }],
    ['no `onUnauthorized`', {}],
  ])('does not happen with %s', async (_, options) => {
    const subscription = await subscribe(options, () => new Response('', { status: 401 }));
    expect(subscription.requests).toHaveLength(1);
    expect(subscription.snapshot()).toMatchObject({ status: 'failed', error: { status: 401 } });
  });

  test('does not happen at 403', async () => {
    const onUnauthorized = vi.fn<() => void>();
    await subscribe({ onUnauthorized }, () => new Response('', { status: 403 }));
    expect(onUnauthorized).not.toHaveBeenCalled();
  });
});

describe('401 of ten streams', () => {
  /** Ten subscriptions that share one `onUnauthorized`. */
  function startTen(respond: Respond, options: EventSourceOptions) {
    const server = createMockServer(respond);
    const { environment } = server;
    const sources = Array.from({ length: 10 }, (_, index) => {
      const source = createEventSource(`/events/${index}`, { environment, ...options });
      source.start();
      return source;
    });
    const statuses = () => new Set(sources.map((source) => source.getSnapshot().status));
    return { server, environment, sources, statuses };
  }

  test('refreshes once, and each tries once more', async () => {
    const { tokens, respond, headers } = createTokens();
    let finish = () => {};
    const refresh = vi.fn<() => Promise<void>>(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      tokens.held = tokens.valid;
    });
    const { server, environment, statuses } = startTen(respond, {
      headers,
      onUnauthorized: refresh,
    });
    await environment.advance(5000);
    expect(server.requests).toHaveLength(10);
    expect(statuses()).toEqual(new Set(['connecting']));
    finish();
    await environment.advance(5000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(server.requests).toHaveLength(20);
    expect(statuses()).toEqual(new Set(['open']));
  });

  test('refreshes once also when an answer comes after the refresh of another', async () => {
    const { tokens, headers } = createTokens();
    let answerLate = () => {};
    const late = new Promise<Response>((resolve) => {
      answerLate = () => resolve(new Response('', { status: 401 }));
    });
    const refresh = vi.fn<() => Promise<void>>(async () => {
      await new Promise<void>((resolve) => environment.setTimer(resolve, 10));
      tokens.held = tokens.valid;
    });
    const { server, environment, statuses } = startTen(
      ({ headers: sent }, index) => {
        if (index === 9) return late;
        return sent.get('authorization') === 'new' ? undefined : new Response('', { status: 401 });
      },
      { headers, onUnauthorized: refresh },
    );
    await environment.advance(1000);
    expect(server.requests).toHaveLength(19);
    answerLate();
    await environment.advance(1000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(server.requests).toHaveLength(20);
    expect(statuses()).toEqual(new Set(['open']));
  });

  test('fails all when the new token is refused too', async () => {
    const refresh = vi.fn<() => void>();
    const { server, environment, statuses } = startTen(() => new Response('', { status: 401 }), {
      onUnauthorized: refresh,
    });
    await environment.advance(5000);
    expect(server.requests).toHaveLength(20);
    expect(statuses()).toEqual(new Set(['failed']));
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  test('goes on for the others when one closes meanwhile', async () => {
    const { tokens, respond, headers } = createTokens();
    let finish = () => {};
    const { environment, sources } = startTen(respond, {
      headers,
      onUnauthorized: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        tokens.held = tokens.valid;
      },
    });
    await environment.settle();
    sources[0]?.close();
    finish();
    await environment.settle();
    expect(sources.map((source) => source.getSnapshot().status)).toEqual([
      'aborted',
      ...Array.from({ length: 9 }, () => 'open'),
    ]);
  });
});

test('a refresh may close the subscription: nothing more is sent', async () => {
  const log = createCallbackLog();
  const server = createMockServer(() => new Response('', { status: 401 }));
  const source: EventSourceController = createEventSource('/events', {
    environment: server.environment,
    onUnauthorized: () => source.close(),
    ...log.callbacks,
  });
  source.start();
  await server.environment.advance(1000);
  expect(server.requests).toHaveLength(1);
  expect(log.lines).toEqual([
    'idle -> connecting',
    'http-status, will retry',
    'connecting -> aborted',
  ]);
  expect(leftBehind(server)).toEqual(NOTHING_LEFT);
});
