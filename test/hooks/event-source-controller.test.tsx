import { act, render, screen } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import {
  type EventSourceActions,
  type EventSourceController,
  type EventSourceSnapshot,
  type ReadableStore,
  StreamConfig,
  useEventSource,
} from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

const create = ({ environment }: MockServer, url = '/api') =>
  createEventSource(url, { environment });

/** A snapshot in which nothing happened yet. */
const QUIET = {
  attempt: 1,
  nextRetryAt: null,
  reason: null,
  pausedBy: [],
  error: null,
  endedBy: null,
  state: undefined,
  message: undefined,
  messages: [],
  dropped: 0,
  latest: {},
  lastEventId: '',
  isPrevious: false,
};

/** A controller that a test writes by hand: a snapshot, and what happens to it. */
function createScripted(first: EventSourceSnapshot) {
  const listeners = new Set<() => void>();
  const calls: string[] = [];
  let snapshot = first;
  const controller: ReadableStore<EventSourceSnapshot> & EventSourceActions = {
    getSnapshot: () => snapshot,
    getServerSnapshot: () => first,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => calls.push('close'),
    reconnect: () => calls.push('reconnect'),
  };
  return {
    controller,
    calls,
    listeners,
    show(next: EventSourceSnapshot) {
      snapshot = next;
      for (const listener of listeners) listener();
    },
  };
}

describe.each(modes)('a controller in place of the URL $mode', ({ isStrict }) => {
  const show = (controller: EventSourceController) => {
    return renderHook((source: EventSourceController) => useEventSource(source), {
      props: controller,
      isStrict,
    });
  };

  it('is never started by the hook', async () => {
    const server = createMockServer();
    const hook = show(create(server));
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'idle', readyState: 2, attempt: 0 });
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('is shown by two components at once, over one request', async () => {
    const server = createMockServer();
    const controller = create(server);
    function Reader({ name }: { name: string }): ReactNode {
      const { status, data } = useEventSource(controller);
      return <p data-testid={name}>{`${status} ${data}`}</p>;
    }
    render(
      <>
        <Reader name="left" />
        <Reader name="right" />
      </>,
      { reactStrictMode: isStrict },
    );
    controller.start();
    await server.environment.settle();
    server.stream.send('hello');
    await server.environment.settle();
    expect(screen.getByTestId('left').textContent).toBe('open hello');
    expect(screen.getByTestId('right').textContent).toBe('open hello');
    expect(server.requests).toHaveLength(1);
    controller.close();
  });

  it('outlives its components, which find everything again', async () => {
    const server = createMockServer();
    const controller = create(server);
    controller.start();
    const first = show(controller);
    await server.environment.settle();
    server.stream.send('one');
    await server.environment.settle();
    first.unmount();
    await server.environment.settle();
    expect(server.request.isAborted).toBe(false);
    server.stream.send('two');
    await server.environment.advance(16);
    const second = show(controller);
    expect(second.renders[0]?.result).toMatchObject({ status: 'open', data: 'two' });
    second.unmount();
    expect(controller.getSnapshot().status).toBe('open');
    controller.close();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('is closed and reconnected by the actions of the result', async () => {
    const server = createMockServer();
    const controller = create(server);
    const hook = show(controller);
    controller.start();
    await server.environment.settle();
    act(() => hook.result.close());
    expect(controller.getSnapshot().status).toBe('aborted');
    expect(hook.result).toMatchObject({ status: 'aborted', reason: 'caller' });
    act(() => hook.result.reconnect());
    await server.environment.settle();
    expect(hook.result.status).toBe('open');
    expect(server.requests).toHaveLength(2);
    controller.close();
  });

  it('may be replaced by another: the very render shows the other, and neither is touched', async () => {
    const server = createMockServer();
    const [left, right] = [create(server, '/left'), create(server, '/right')];
    left.start();
    await server.environment.settle();
    server.stream.send('left');
    await server.environment.settle();
    const hook = show(left);
    expect(hook.result.data).toBe('left');
    hook.rerender(right);
    const others = hook.renders.filter(({ props }) => props === right);
    expect(new Set(others.map(({ result }) => result.status))).toEqual(new Set(['idle']));
    server.stream.send('left again');
    await server.environment.advance(16);
    expect(hook.result.data).toBeUndefined();
    expect(left.getSnapshot().data).toBe('left again');
    expect(server.requests.map(({ url }) => url)).toEqual(['/left']);
    left.close();
  });

  it('takes turns with a URL', async () => {
    const server = createMockServer();
    const controller = create(server, '/shared');
    controller.start();
    await server.environment.settle();
    function Either(): ReactNode {
      const [isShared, setShared] = useState(false);
      // Both forms of the hook in one place: what is given may change between renders.
      const own = useEventSource(isShared ? null : '/own');
      const shared = useEventSource(controller);
      return (
        <button type="button" onClick={() => setShared(true)}>
          {isShared ? `shared ${shared.status}` : `own ${own.status}`}
        </button>
      );
    }
    render(
      <StreamConfig environment={server.environment}>
        <Either />
      </StreamConfig>,
      { reactStrictMode: isStrict },
    );
    await server.environment.settle();
    expect(screen.getByRole('button').textContent).toBe('own open');
    act(() => screen.getByRole('button').click());
    await server.environment.settle();
    expect(screen.getByRole('button').textContent).toBe('shared open');
    expect(server.requests.map(({ url, isAborted }) => [url, isAborted])).toEqual([
      ['/shared', false],
      ['/own', true],
    ]);
    controller.close();
  });

  it('hears nothing of a provider, which is for hooks with a request of their own', async () => {
    const server = createMockServer();
    const controller = create(server);
    const heard: string[] = [];
    renderHook(() => useEventSource(controller), {
      isStrict,
      within: (component) => (
        <StreamConfig
          headers={{ 'x-from': 'provider' }}
          onStatusChange={(status) => heard.push(status)}
        >
          {component}
        </StreamConfig>
      ),
    });
    controller.start();
    await server.environment.settle();
    expect(server.request.headers.has('x-from')).toBe(false);
    expect(heard).toEqual([]);
    controller.close();
  });

  it('can be written by hand, for tests and stories', () => {
    const scripted = createScripted({ ...QUIET, status: 'open', readyState: 1, data: 'scripted' });
    const hook = renderHook(() => useEventSource(scripted.controller), { isStrict });
    expect(hook.result).toMatchObject({ status: 'open', data: 'scripted' });
    const ended = { ...QUIET, status: 'done', readyState: 2, endedBy: 'close' } as const;
    act(() => scripted.show({ ...ended, data: 'the end' }));
    expect(hook.result).toMatchObject({ status: 'done', data: 'the end' });
    hook.result.reconnect();
    hook.result.close();
    expect(scripted.calls).toEqual(['reconnect', 'close']);
    hook.unmount();
    expect(scripted.listeners.size).toBe(0);
    expect(scripted.calls).toEqual(['reconnect', 'close']);
  });
});
