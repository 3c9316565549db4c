import { act } from '@testing-library/react';
import { type EventSourceOptions, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook, rendersWith } from '../support/render-hook.tsx';

expectQuietConsole();

interface Props extends Pick<EventSourceOptions, 'enabled' | 'key' | 'body'> {}

const count = { reduce: (seen: number) => seen + 1, initialState: 0 };

/** What one message with id 7 leaves behind. */
const RECEIVED = {
  data: 'one',
  message: { data: 'one' },
  messages: [{ data: 'one' }],
  latest: { message: 'one' },
  state: 1,
  lastEventId: '7',
};

describe.each(modes)('switching a subscription $mode', ({ isStrict }) => {
  const show = ({ environment }: MockServer, props: Props = {}, statuses: string[] = []) => {
    return renderHook(
      (own: Props) =>
        useEventSource('/api', {
          environment,
          onStatusChange: (status) => statuses.push(status),
          ...count,
          ...own,
        }),
      { props, isStrict },
    );
  };

  const receive = async (server: MockServer) => {
    await server.environment.settle();
    server.stream.send({ data: 'one', id: 7 });
    await server.environment.settle();
  };

  it('enabled: false is idle from the first render on, and requests nothing', async () => {
    const server = createMockServer();
    const hook = show(server, { enabled: false });
    expect(hook.renders[0]?.result).toMatchObject({ status: 'idle', readyState: 2, attempt: 0 });
    await server.environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('enabled: false closes, shows idle, and keeps data, state, history and id', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    expect(hook.result).toMatchObject({ status: 'open', ...RECEIVED });
    hook.rerender({ enabled: false });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'idle', readyState: 2, attempt: 0, ...RECEIVED });
    expect(server.request.isAborted).toBe(true);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('enabled: true connects again with everything kept, and sends the id', async () => {
    const server = createMockServer();
    const statuses: string[] = [];
    const hook = show(server, {}, statuses);
    await receive(server);
    hook.rerender({ enabled: false });
    await server.environment.settle();
    hook.rerender({ enabled: true });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', attempt: 1, ...RECEIVED });
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('7');
    server.stream.send({ data: 'two' });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ data: 'two', state: 2, lastEventId: '7' });
    expect(statuses).toEqual(['connecting', 'open', 'idle', 'connecting', 'open']);
  });

  it('enabled off and on in one flush leaves the request alone', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    act(() => {
      hook.rerender({ enabled: false });
      hook.rerender({ enabled: true });
    });
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(hook.result).toMatchObject({ status: 'open', ...RECEIVED });
  });

  it('enabled: false while waiting takes the retry back', async () => {
    const server = createMockServer(() => new Response('', { status: 503 }));
    const hook = show(server);
    await server.environment.settle();
    expect(hook.result.status).toBe('waiting');
    hook.rerender({ enabled: false });
    await server.environment.advance(60_000);
    expect(hook.result).toMatchObject({ status: 'idle', error: null, nextRetryAt: null });
    expect(server.requests).toHaveLength(1);
  });

  it('enabled turning true counts as a start, also for a POST', async () => {
    const server = createMockServer();
    const hook = show(server, { body: 'question' });
    await receive(server);
    hook.rerender({ body: 'question', enabled: false });
    await server.environment.settle();
    hook.rerender({ body: 'question', enabled: true });
    await server.environment.settle();
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(hook.result.status).toBe('open');
  });

  it('close() ends at once, with data and id kept, and nothing starts again by itself', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    act(() => hook.result.close());
    expect(hook.result).toMatchObject({
      status: 'aborted',
      reason: 'caller',
      readyState: 2,
      error: null,
      ...RECEIVED,
    });
    expect(server.request.isAborted).toBe(true);
    hook.rerender({});
    hook.rerender({ enabled: false });
    await server.environment.settle();
    hook.rerender({ enabled: true });
    server.environment.setVisible(true);
    server.environment.setOnline(true);
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(hook.result).toMatchObject({ readyState: 2, ...RECEIVED });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('close() before the request is sent sends none', async () => {
    const server = createMockServer();
    const hook = show(server);
    hook.result.close();
    await server.environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('after close() reconnect() starts again with everything kept', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    act(() => hook.result.close());
    act(() => hook.result.reconnect());
    expect(hook.result).toMatchObject({ status: 'connecting', attempt: 1, ...RECEIVED });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', ...RECEIVED });
    expect(server.request.headers.get('last-event-id')).toBe('7');
    expect(server.requests).toHaveLength(2);
  });

  it('after close() a new identity starts, with nothing kept', async () => {
    const server = createMockServer();
    const hook = show(server, { key: 'a' });
    await receive(server);
    act(() => hook.result.close());
    const props = { key: 'b' };
    hook.rerender(props);
    for (const result of rendersWith(hook, props)) {
      expect(result).toMatchObject({ status: 'connecting', data: undefined, lastEventId: '' });
    }
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', state: 0 });
  });

  it('reconnect() while open replaces the request without passing through aborted', async () => {
    const server = createMockServer();
    const statuses: string[] = [];
    const hook = show(server, {}, statuses);
    await receive(server);
    const first = server.request;
    act(() => hook.result.reconnect());
    await server.environment.settle();
    expect(first.isAborted).toBe(true);
    expect(server.inProgress).toBe(1);
    expect(hook.result).toMatchObject({ status: 'open', attempt: 1, ...RECEIVED });
    expect(statuses).toEqual(['connecting', 'open', 'connecting', 'open']);
  });

  it('reconnect() starts again after done and after failed', async () => {
    const server = createMockServer((_, index) =>
      index < 2 ? new Response(null, { status: index === 0 ? 204 : 404 }) : undefined,
    );
    const hook = show(server);
    await server.environment.settle();
    expect(hook.result.status).toBe('done');
    act(() => hook.result.reconnect());
    await server.environment.settle();
    expect(hook.result.status).toBe('failed');
    act(() => hook.result.reconnect());
    expect(hook.result).toMatchObject({ status: 'connecting', error: null });
    await server.environment.settle();
    expect(hook.result.status).toBe('open');
  });

  it('reconnect() after the component is gone starts nothing', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    const { reconnect } = hook.result;
    hook.unmount();
    await server.environment.settle();
    reconnect();
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('close and reconnect stay the same functions for one identity', async () => {
    const server = createMockServer();
    const hook = show(server, { key: 'a' });
    await receive(server);
    hook.rerender({ key: 'a' });
    const { shown } = hook;
    expect(shown.length).toBeGreaterThan(2);
    expect(new Set(shown.map(({ close }) => close)).size).toBe(1);
    expect(new Set(shown.map(({ reconnect }) => reconnect)).size).toBe(1);
  });

  it('a render without news returns the same result', async () => {
    const server = createMockServer();
    const hook = show(server);
    await receive(server);
    const before = hook.result;
    const props = {};
    hook.rerender(props);
    expect(new Set(rendersWith(hook, props))).toEqual(new Set([before]));
    expect(rendersWith(hook, props)[0]).toBe(before);
  });
});
