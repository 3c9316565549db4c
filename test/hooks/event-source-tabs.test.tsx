import { type EventSourceOptions, StreamError, useEventSource } from 'rivulet';
import { acrossTabs } from 'rivulet/share';
import { describe, expect, it } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { NOTHING_HELD, withOtherTabs } from '../support/other-tabs.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();
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
});
