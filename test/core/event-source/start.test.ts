import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { createMockStream, createTestEnvironment } from 'rivulet/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { manageEventSource } from '../../../src/core/event-source/event-source.ts';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../../support/mock-server.ts';
import { send, subscribe } from '../../support/subscribe.ts';

afterEach(() => vi.unstubAllGlobals());

describe('creating a subscription', () => {
  test('has no effect: no request, no timer, no listener', async () => {
    const server = createMockServer();
    const source = createEventSource('/events', { environment: server.environment });
    await server.environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    expect(source.getSnapshot()).toEqual({
      status: 'idle',
      readyState: 2,
      attempt: 0,
      nextRetryAt: null,
      reason: null,
      pausedBy: [],
      error: null,
      endedBy: null,
      data: undefined,
      state: undefined,
      message: undefined,
      messages: [],
      dropped: 0,
      isPrevious: false,
      latest: {},
      lastEventId: '',
    });
  });

  test('refuses options that can only be mistakes', () => {
    expect(() => createEventSource('/events', { idleTimeoutMs: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });
});

describe('a start', () => {
  test('that was taken back in the same task asks for nothing', async () => {
    const headers = vi.fn<() => HeadersInit>(() => ({}));
    const { environment, requests } = createMockServer();
    const source = createEventSource('/events', { environment, headers });
    source.start();
    source.close();
    source.start();
    source.reconnect();
    expect(requests).toHaveLength(0);
    await environment.settle();
    expect(headers).toHaveBeenCalledTimes(1);
    expect(requests).toHaveLength(1);
    expect(source.getSnapshot()).toMatchObject({ status: 'open', attempt: 1 });
  });

  test('that is taken back while `headers` is pending sends nothing, whatever fetch does', async () => {
    const fetch = vi.fn<() => Promise<Response>>(() => new Promise(() => {}));
    const { environment } = createMockServer();
    let answer = () => {};
    const source = createEventSource('/events', {
      environment,
      fetch,
      headers: () => new Promise((resolve) => (answer = () => resolve({}))),
    });
    source.start();
    await environment.settle();
    source.close();
    answer();
    await environment.settle();
    expect(fetch).not.toHaveBeenCalled();
  });

  test('whose answer comes after it was taken back lets go of the body', async () => {
    const stream = createMockStream();
    let answer = () => {};
    const { environment } = createMockServer();
    const fetch = () => {
      return new Promise<Response>((resolve) => {
        answer = () => resolve(stream.response);
      });
    };
    const source = createEventSource('/events', { environment, fetch });
    source.start();
    await environment.settle();
    source.close();
    answer();
    await environment.settle();
    expect(stream.isCancelled).toBe(true);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted' });
  });
});

describe('what cannot be requested', () => {
  test.each([
    ['http://', undefined],
    ['https://user:secret@api.example/', undefined],
    ['http://[', undefined],
  ])('%j fails as `invalid-url`', async (url) => {
    const { snapshot, requests, environment } = await subscribe({}, undefined, { url });
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'invalid-url' } });
    expect(snapshot().error?.message).not.toMatch(/http|user|secret/);
    await environment.advance(100_000);
    expect(requests).toHaveLength(0);
  });

  test('a relative URL outside a browser fails as `invalid-url`', async () => {
    const server = createMockServer();
    const environment = { ...server.environment, baseUrl: () => undefined };
    const source = createEventSource('/events', { environment });
    source.start();
    await server.environment.settle();
    expect(source.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'invalid-url' },
    });
    expect(environment.warnings).toEqual([expect.stringContaining('only absolute URLs')]);
  });

  test('anything without a fetch function fails with a word about the option', async () => {
    const environment = createTestEnvironment();
    const source = createEventSource('/events', { environment });
    source.start();
    await environment.settle();
    expect(source.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'invalid-option' },
    });
    expect(source.getSnapshot().error?.message).toContain('`fetch`');
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });

  test('`fetch` of the options wins over that of the environment', async () => {
    const other = createMockServer();
    const fetch = other.environment.fetch;
    const subscription = await subscribe(fetch === undefined ? {} : { fetch });
    expect(subscription.requests).toHaveLength(0);
    expect(other.requests).toHaveLength(1);
  });
});

describe('`signal`', () => {
  test('that is aborted already lets no request out', async () => {
    const { snapshot, requests, log } = await subscribe({ signal: AbortSignal.abort() });
    expect(requests).toHaveLength(0);
    expect(snapshot()).toMatchObject({ status: 'aborted', reason: 'signal', attempt: 0 });
    expect(log.lines).toEqual(['idle -> aborted']);
  });

  test('aborts what is live, and is not an error', async () => {
    const controller = new AbortController();
    const { snapshot, requests, log } = await subscribe({ signal: controller.signal });
    controller.abort();
    expect(snapshot()).toMatchObject({ status: 'aborted', reason: 'signal', error: null });
    expect(requests[0]?.isAborted).toBe(true);
    expect(log.errors).toEqual([]);
  });

  test('holds no listener of a subscription that is over', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const { source } = await subscribe({ signal });
    expect(added).toHaveBeenCalledTimes(1);
    source.close();
    expect(removed).toHaveBeenCalledTimes(1);
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });
});

describe('what a failure leaves', () => {
  test('the last data stay, and the error goes with the next successful open', async () => {
    const subscription = await subscribe({}, (_, index) => {
      return index === 1 ? new Response('', { status: 503 }) : undefined;
    });
    const { environment, server, snapshot } = subscription;
    await send(subscription, 'data: x\n\n');
    server.stream.close();
    await environment.advance(100);
    expect(snapshot()).toMatchObject({ status: 'waiting', data: 'x', error: { status: 503 } });
    await environment.advance(100);
    expect(snapshot()).toMatchObject({ status: 'open', data: 'x', error: null });
  });

  test('a failed subscription keeps its data, and a reconnect too', async () => {
    const subscription = await subscribe({ retry: false });
    const { environment, source, server, snapshot } = subscription;
    await send(subscription, 'id: 1\ndata: x\n\n');
    server.stream.fail();
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'failed', data: 'x', messages: [{ data: 'x' }] });
    source.reconnect();
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'open', data: 'x', error: null, lastEventId: '1' });
    await send(subscription, 'data: y\n\n');
    expect(snapshot().messages.map(({ data }) => data)).toEqual(['x', 'y']);
  });
});

describe('a new identity', () => {
  /** Subscribes to one URL, then to another in its place. */
  async function change(options: EventSourceOptions) {
    const server = createMockServer();
    const { environment } = server;
    const all = { environment, maxMessages: 2, ...options };
    const old = manageEventSource('/a', all, { enabled: true, replaces: undefined });
    old.retain();
    await environment.settle();
    server.stream.write('id: 1\nevent: p\ndata: 1\n\ndata: 2\n\ndata: 3\n\n');
    await environment.advance(100);
    const next = manageEventSource('/b', all, { enabled: true, replaces: old });
    return { server, environment, old, next };
  }

  test('shows `connecting` and no data at once', async () => {
    const { next } = await change({});
    expect(next.getSnapshot()).toMatchObject({
      status: 'connecting',
      attempt: 1,
      data: undefined,
      message: undefined,
      messages: [],
      dropped: 0,
      latest: {},
      lastEventId: '',
      isPrevious: false,
    });
  });

  test('shows the old data as previous with `keepPrevious`, until its first message', async () => {
    const { next, old, server, environment } = await change({ keepPrevious: true });
    const previous = {
      data: '3',
      message: { data: '3' },
      messages: [{ data: '2' }, { data: '3' }],
      dropped: 1,
      latest: { p: '1', message: '3' },
    };
    expect(old.getSnapshot()).toMatchObject({ ...previous, isPrevious: false });
    expect(next.getSnapshot()).toMatchObject({
      ...previous,
      status: 'connecting',
      lastEventId: '',
      isPrevious: true,
    });
    old.release();
    next.retain();
    await environment.settle();
    expect(next.getSnapshot()).toMatchObject({ ...previous, status: 'open', isPrevious: true });
    expect(server.requests.map(({ url, isAborted }) => [url, isAborted])).toEqual([
      ['/a', true],
      ['/b', false],
    ]);

    server.stream.send('4');
    await environment.settle();
    expect(next.getSnapshot()).toMatchObject({
      data: '4',
      messages: [{ data: '4' }],
      dropped: 0,
      latest: { message: '4' },
      isPrevious: false,
    });
    expect(next.getSnapshot().latest).not.toHaveProperty('p');
  });

  test('late chunks of the old one write nowhere', async () => {
    const { next, old, server, environment } = await change({});
    const [stream] = server.streams;
    stream?.send('late');
    old.release();
    next.retain();
    await environment.settle();
    stream?.send('later');
    await environment.advance(100);
    expect(next.getSnapshot().messages).toEqual([]);
    expect(server.inProgress).toBe(1);
  });
});

test('a server renders `connecting` where the subscription will start by itself', () => {
  const options: EventSourceOptions = { environment: createMockServer().environment };
  const started = manageEventSource('/a', options, { enabled: true, replaces: undefined });
  expect(started.getServerSnapshot()).toMatchObject({ status: 'connecting', readyState: 0 });
  expect(started.getSnapshot()).toBe(started.getServerSnapshot());
  const off = manageEventSource('/a', options, { enabled: false, replaces: undefined });
  expect(off.getServerSnapshot()).toMatchObject({ status: 'idle', readyState: 2 });
});
