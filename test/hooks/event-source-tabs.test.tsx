import { type EventSourceOptions, StreamError, useEventSource } from 'rivulet';
import { acrossTabs } from 'rivulet/share';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { NOTHING_HELD, withOtherTabs } from '../support/other-tabs.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

const takeComplaints = expectQuietConsole();
const held = withOtherTabs();

describe.each(modes)('`share: acrossTabs` in useEventSource $mode', ({ isStrict }) => {
  /** Opens a tab; whatever its connection asks for arrives at its own server. */
  const openTab = (options: EventSourceOptions = {}) => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      () => useEventSource('/api', { share: acrossTabs, environment, ...options }),
      { isStrict },
    );
    return { server, hook };
  };

  /** Lets time pass in all tabs; what one tells another arrives between two steps. */
  const pass = async (servers: readonly MockServer[], ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      for (const { environment } of servers) await environment.advance(50);
    }
  };

  const openTwo = async (options: EventSourceOptions = {}) => {
    const first = openTab(options);
    await pass([first.server], 200);
    const second = openTab(options);
    const servers = [first.server, second.server];
    await pass(servers, 200);
    return { first, second, servers, pass: (ms: number) => pass(servers, ms) };
  };

  it('sends one request for two tabs, and both show what comes', async () => {
    const tabs = await openTwo();
    const { first, second, servers } = tabs;
    first.server.stream.send({ id: '1', data: 'a' });
    await tabs.pass(100);
    expect(servers.map(({ requests }) => requests.length)).toEqual([1, 0]);
    for (const { hook } of [first, second]) {
      expect(hook.result).toMatchObject({ status: 'open', data: 'a', lastEventId: '1' });
      expect(hook.result.messages).toHaveLength(1);
    }
    first.hook.unmount();
    second.hook.unmount();
    await tabs.pass(2000);
    expect(servers.map(leftBehind)).toEqual([NOTHING_LEFT, NOTHING_LEFT]);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('goes on in the other tab when the leading one is left', async () => {
    const tabs = await openTwo();
    const { first, second, servers } = tabs;
    first.server.stream.send({ id: '1', data: 'a' });
    await tabs.pass(100);
    first.hook.unmount();
    await tabs.pass(2000);
    expect(second.server.requests).toHaveLength(1);
    expect(second.server.request.headers.get('last-event-id')).toBe('1');
    expect(servers.map(({ inProgress }) => inProgress)).toEqual([0, 1]);
    second.server.stream.send({ id: '2', data: 'b' });
    await tabs.pass(100);
    expect(second.hook.result.messages.map(({ data }) => data)).toEqual(['a', 'b']);
    second.hook.unmount();
    await tabs.pass(2000);
    expect(servers.map(leftBehind)).toEqual([NOTHING_LEFT, NOTHING_LEFT]);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('calls `onChunk` in the leading tab only', async () => {
    const chunks: string[] = [];
    const listen = (name: string) => ({ onChunk: () => void chunks.push(name) });
    const first = openTab(listen('first'));
    await pass([first.server], 200);
    const second = openTab(listen('second'));
    const servers = [first.server, second.server];
    await pass(servers, 200);
    first.server.stream.send({ id: '1', data: 'a' });
    await pass(servers, 100);
    expect(second.hook.result.data).toBe('a');
    expect(chunks).toEqual(['first']);
    first.hook.unmount();
    second.hook.unmount();
    await pass(servers, 2000);
  });

  it('shows in both tabs why the server refused', async () => {
    const respond = () => new Response('Not for you.', { status: 403 });
    const refusing = createMockServer(respond);
    const other = createMockServer(respond);
    const hooks = [refusing, other].map(({ environment }) =>
      renderHook(() => useEventSource('/api', { share: acrossTabs, environment }), { isStrict }),
    );
    await pass([refusing, other], 500);
    expect(refusing.requests.length + other.requests.length).toBe(1);
    for (const { result } of hooks) {
      expect(result.status).toBe('failed');
      expect(result.error).toBeInstanceOf(StreamError);
      expect(result.error).toMatchObject({ code: 'http-status', status: 403 });
    }
    for (const { unmount } of hooks) unmount();
    await pass([refusing, other], 2000);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('a second tab leaves a refused token to the leading one, which refreshes it once', async () => {
    let token = 'old';
    const respond = ({ headers }: { readonly headers: Headers }) =>
      headers.get('authorization') === 'new' ? undefined : new Response('', { status: 401 });
    const refreshes: string[] = [];
    const tabs = ['first', 'second'].map((name) => ({
      server: createMockServer(respond),
      options: {
        key: 'ada',
        headers: () => ({ authorization: token }),
        onUnauthorized: () => {
          refreshes.push(name);
          token = 'new';
        },
      },
    }));
    const servers = tabs.map(({ server }) => server);
    const hooks = tabs.map(({ server: { environment }, options }) =>
      renderHook(() => useEventSource('/api', { share: acrossTabs, environment, ...options }), {
        isStrict,
      }),
    );
    await pass(servers, 500);
    expect(refreshes).toHaveLength(1);
    expect(servers.flatMap(({ requests }) => requests)).toHaveLength(2);
    expect(hooks.map(({ result }) => result.status)).toEqual(['open', 'open']);
    for (const { unmount } of hooks) unmount();
    await pass(servers, 2000);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('each tab has events and schemas of its own', async () => {
    const server = createMockServer();
    const first = renderHook(
      () =>
        useEventSource('/api', {
          share: acrossTabs,
          environment: server.environment,
          schema: { price: z.number() },
        }),
      { isStrict },
    );
    await pass([server], 200);
    const other = createMockServer();
    const second = renderHook(
      () =>
        useEventSource('/api', {
          share: acrossTabs,
          environment: other.environment,
          events: ['price', 'note'],
          parse: ({ data }) => `raw ${data}`,
        }),
      { isStrict },
    );
    await pass([server, other], 200);
    server.stream.send({ id: '1', event: 'price', data: '42' });
    server.stream.send({ id: '2', event: 'note', data: 'rising' });
    await pass([server, other], 100);
    expect(first.result.messages.map(({ value }) => value)).toEqual([42]);
    expect(second.result.latest).toEqual({ price: 'raw 42', note: 'raw rising' });
    expect([first, second].map(({ result }) => result.lastEventId)).toEqual(['2', '2']);
    first.unmount();
    second.unmount();
    await pass([server, other], 2000);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('a burst is one commit in every tab', async () => {
    const tabs = await openTwo();
    const { first, second } = tabs;
    first.server.stream.send({ id: '0', data: '0' });
    await tabs.pass(100);
    const before = [first, second].map(({ hook }) => hook.shown.length);
    for (let number = 1; number <= 50; number += 1) {
      first.server.stream.send({ id: `${number}`, data: `${number}` });
    }
    await tabs.pass(50);
    for (const [index, { hook }] of [first, second].entries()) {
      expect(hook.result.data).toBe('50');
      expect(hook.shown.length - (before[index] ?? 0)).toBe(1);
    }
    first.hook.unmount();
    second.hook.unmount();
    await tabs.pass(2000);
  });

  it('`reconnect()` in a tab that follows is one new request for all', async () => {
    const tabs = await openTwo();
    const { first, second, servers } = tabs;
    first.server.stream.send({ id: '1', data: 'a' });
    await tabs.pass(100);
    second.hook.result.reconnect();
    await tabs.pass(500);
    expect(servers.flatMap(({ requests }) => requests)).toHaveLength(2);
    expect(servers.map(({ inProgress }) => inProgress)).toEqual([0, 1]);
    expect(second.server.request.headers.get('last-event-id')).toBe('1');
    second.server.stream.send({ id: '2', data: 'b' });
    await tabs.pass(100);
    for (const { hook } of [first, second]) {
      expect(hook.result.messages.map(({ data }) => data)).toEqual(['a', 'b']);
    }
    first.hook.unmount();
    second.hook.unmount();
    await tabs.pass(2000);
  });

  it('a tab that opens after the stream failed starts it again for all', async () => {
    let isRefusing = true;
    const respond = () => (isRefusing ? new Response('', { status: 403 }) : undefined);
    const servers = [createMockServer(respond), createMockServer(respond)] as const;
    const open = ({ environment }: MockServer) =>
      renderHook(() => useEventSource('/api', { share: acrossTabs, environment }), { isStrict });
    const [one, two] = servers;
    const first = open(one);
    await pass([one], 500);
    expect(first.result.status).toBe('failed');
    isRefusing = false;
    const second = open(two);
    await pass(servers, 1000);
    expect([first, second].map(({ result }) => result.status)).toEqual(['open', 'open']);
    expect(servers.map(({ inProgress }) => inProgress)).toEqual([0, 1]);
    first.unmount();
    second.unmount();
    await pass(servers, 2000);
  });

  it('`pauseWhenHidden` pauses when all tabs are hidden, and goes on in the first one shown', async () => {
    const tabs = await openTwo({ pauseWhenHidden: true });
    const { first, second, servers } = tabs;
    const live = () => servers.map(({ inProgress }) => inProgress);
    const statuses = () => [first, second].map(({ hook }) => hook.result.status);
    first.server.environment.setVisible(false);
    await tabs.pass(500);
    expect(live()).toEqual([0, 1]);
    expect(statuses()).toEqual(['open', 'open']);
    second.server.environment.setVisible(false);
    await tabs.pass(500);
    expect(live()).toEqual([0, 0]);
    expect(statuses()).toEqual(['paused', 'paused']);
    first.server.environment.setVisible(true);
    await tabs.pass(500);
    expect(live()).toEqual([1, 0]);
    expect(statuses()).toEqual(['open', 'open']);
    first.hook.unmount();
    second.hook.unmount();
    await tabs.pass(2000);
  });

  describe('two tabs with headers of their own and without a key', () => {
    afterEach(() => vi.unstubAllEnvs());

    const openAs = ({ environment }: MockServer, user: string) =>
      renderHook(
        () =>
          useEventSource('/api', {
            share: acrossTabs,
            environment,
            headers: { authorization: user },
          }),
        { isStrict },
      );

    it('are refused in development', () => {
      expect(() => openAs(createMockServer(), 'ada')).toThrow('The option `key` is missing');
      expect(held()).toEqual(NOTHING_HELD);
      // React tells of the throw.
      takeComplaints();
    });

    it('do not share in production', async () => {
      vi.stubEnv('NODE_ENV', 'production');
      const servers = [createMockServer(), createMockServer()] as const;
      const hooks = [openAs(servers[0], 'ada'), openAs(servers[1], 'lin')];
      await pass(servers, 500);
      const users = servers.map(({ request }) => request.headers.get('authorization'));
      expect(users).toEqual(['ada', 'lin']);
      expect(held()).toEqual(NOTHING_HELD);
      servers[0].stream.send({ id: '1', data: 'for Ada' });
      await pass(servers, 100);
      expect(hooks.map(({ result }) => result.data)).toEqual(['for Ada', undefined]);
      for (const { unmount } of hooks) unmount();
      await pass(servers, 2000);
    });
  });
});
