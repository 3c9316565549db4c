import { act } from '@testing-library/react';
import { createElement, type FunctionComponent, StrictMode } from 'react';
import { useEventSource } from 'rivulet';
import { createMockStream } from 'rivulet/testing';
import { describe, expect, it } from 'vitest';
import { renderRefreshable } from '../support/fast-refresh.ts';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

describe.each(modes)('the lifecycle of useEventSource $mode', ({ isStrict }) => {
  it('the first render is connecting, with nothing received', () => {
    const { environment } = createMockServer();
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    expect(hook.renders[0]?.result).toMatchObject({
      status: 'connecting',
      readyState: 0,
      attempt: 1,
      error: null,
      nextRetryAt: null,
      reason: null,
      pausedBy: [],
      data: undefined,
      message: undefined,
      messages: [],
      dropped: 0,
      state: undefined,
      lastEventId: '',
      isPrevious: false,
    });
    expect(hook.renders[0]?.result.latest).toEqual({});
  });

  it('mounting makes one request, which opens', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    expect(server.requests).toHaveLength(0);
    await environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(server.request).toMatchObject({ url: '/api', method: 'GET', isAborted: false });
    expect(hook.result).toMatchObject({ status: 'open', readyState: 1, attempt: 1 });
    expect(hook.shown.map(({ status }) => status)).toEqual(['connecting', 'open']);
  });

  it('Fast Refresh, which runs all effects again, keeps the request', async () => {
    const server = createMockServer();
    const { environment } = server;
    const statuses: string[] = [];
    const edition = (name: string): FunctionComponent => {
      return function Edited() {
        const onStatusChange = (status: string) => void statuses.push(status);
        const { data } = useEventSource('/api', { environment, onStatusChange });
        return `${name}: ${data}`;
      };
    };
    const page = renderRefreshable(edition('old'), (Source) => {
      return isStrict ? createElement(StrictMode, {}, <Source />) : <Source />;
    });
    await environment.settle();
    server.stream.send('before');
    await environment.settle();
    expect(page.container.textContent).toBe('old: before');
    page.edit(edition('new'));
    await environment.settle();
    expect(page.container.textContent).toBe('new: before');
    server.stream.send('after');
    await environment.advance(16);
    expect(page.container.textContent).toBe('new: after');
    expect(server.requests).toHaveLength(1);
    expect(statuses).toEqual(['connecting', 'open']);
    page.unmount();
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('unmounting before the request is sent sends none', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    hook.unmount();
    await environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('unmounting while connecting aborts the request', async () => {
    const server = createMockServer(() => new Promise<never>(() => {}));
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment, connectTimeoutMs: 5000 }), {
      isStrict,
    });
    await environment.settle();
    expect(server.inProgress).toBe(1);
    hook.unmount();
    await environment.settle();
    expect(server.request.isAborted).toBe(true);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('unmounting while open aborts the request and stops every update and callback', async () => {
    const server = createMockServer();
    const { environment } = server;
    const received: string[] = [];
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          idleTimeoutMs: 5000,
          messageTimeoutMs: 5000,
          onMessage: ({ data }) => received.push(data),
        }),
      { isStrict },
    );
    await environment.settle();
    server.stream.send('first');
    await environment.settle();
    hook.unmount();
    const shown = hook.shown.length;
    server.stream.send('in the same task');
    await environment.settle();
    server.stream.send('later');
    await environment.advance(60_000);
    expect(received).toEqual(['first']);
    expect(hook.shown).toHaveLength(shown);
    expect(server.stream.isCancelled).toBe(true);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    expect(server.requests).toHaveLength(1);
  });

  it('unmounting while waiting leaves no retry behind', async () => {
    const server = createMockServer(() => new Response('', { status: 503 }));
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    await environment.settle();
    expect(hook.result.status).toBe('waiting');
    hook.unmount();
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('unmounting after the end changes nothing', async () => {
    const server = createMockServer(() => new Response(null, { status: 204 }));
    const { environment } = server;
    const statuses: string[] = [];
    const hook = renderHook(
      () =>
        useEventSource('/api', { environment, onStatusChange: (status) => statuses.push(status) }),
      { isStrict },
    );
    await environment.settle();
    hook.unmount();
    await environment.settle();
    expect(statuses).toEqual(['connecting', 'done']);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('shows error and next retry while waiting, and clears the error when it opens', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? new Response('Busy', { status: 503 }) : undefined,
    );
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    await environment.settle();
    expect(hook.result).toMatchObject({
      status: 'waiting',
      readyState: 0,
      attempt: 1,
      nextRetryAt: environment.now() + 100,
      error: { code: 'http-status', status: 503, body: 'Busy', attempt: 1 },
    });
    await environment.advance(99);
    expect(server.requests).toHaveLength(1);
    await environment.advance(1);
    expect(server.requests).toHaveLength(2);
    expect(hook.result).toMatchObject({ status: 'open', attempt: 2, error: null });
    expect(
      hook.shown.map(({ status, attempt, error, nextRetryAt }) => {
        return [status, attempt, error?.code, nextRetryAt !== null];
      }),
    ).toEqual([
      ['connecting', 1, undefined, false],
      ['waiting', 1, 'http-status', true],
      ['connecting', 2, 'http-status', false],
      ['open', 2, undefined, false],
    ]);
  });

  it('the last data stay when the stream fails', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? undefined : new Response('Gone', { status: 410 }),
    );
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment }), { isStrict });
    await environment.settle();
    server.stream.send('last');
    server.stream.close();
    await environment.advance(1000);
    expect(hook.result).toMatchObject({
      status: 'failed',
      readyState: 2,
      data: 'last',
      error: { code: 'http-status', status: 410, body: 'Gone' },
    });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it.each(['http://', 'http://user:password@localhost/', 'https://[::1'])(
    'the wrong URL %s is data: it fails with invalid-url',
    async (url) => {
      const server = createMockServer();
      const { environment } = server;
      const hook = renderHook(() => useEventSource(url, { environment }), { isStrict });
      expect(hook.renders[0]?.result.status).toBe('connecting');
      await environment.settle();
      expect(hook.result).toMatchObject({ status: 'failed', error: { code: 'invalid-url' } });
      expect(server.requests).toHaveLength(0);
      expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    },
  );

  it('a terminal status never renders before its data', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment, endWhen: 'END' }), {
      isStrict,
    });
    await environment.settle();
    server.stream.send('first');
    await environment.settle();
    server.stream.write('data: second\n\ndata: third\n\ndata: END\n\n');
    await environment.advance(16);
    const done = hook.renders.filter(({ result }) => result.status === 'done');
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ result }) => result.data))).toEqual(new Set(['third']));
    expect(hook.result.messages.map(({ data }) => data)).toEqual(['first', 'second', 'third']);
    expect(server.stream.isOpen).toBe(false);
  });

  it('a POST is sent once; it is done at a clean end and failed at a drop', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      ({ key }: { key: string }) =>
        useEventSource('/api', { environment, key, body: { question: 42 } }),
      { props: { key: 'end' }, isStrict },
    );
    await environment.settle();
    expect(server.request).toMatchObject({ method: 'POST', body: '{"question":42}' });
    server.stream.close();
    await environment.advance(60_000);
    expect(hook.result.status).toBe('done');
    expect(server.requests).toHaveLength(1);
    hook.rerender({ key: 'drop' });
    await environment.settle();
    server.stream.fail();
    await environment.advance(60_000);
    expect(hook.result).toMatchObject({ status: 'failed', error: { code: 'network' } });
    expect(server.requests).toHaveLength(2);
  });

  it('an outside signal aborts; aborted from the start, it lets no request out', async () => {
    const server = createMockServer();
    const { environment } = server;
    const controller = new AbortController();
    const hook = renderHook(
      ({ key }: { key: string }) =>
        useEventSource('/api', { environment, key, signal: controller.signal }),
      { props: { key: 'a' }, isStrict },
    );
    await environment.settle();
    act(() => controller.abort());
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'aborted', reason: 'signal', error: null });
    hook.rerender({ key: 'b' });
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'aborted', reason: 'signal' });
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('works on the environment of the runtime, with a fetch option alone', async () => {
    const stream = createMockStream();
    const { environment } = createMockServer();
    const hook = renderHook(() => useEventSource('/api', { fetch: async () => stream.response }), {
      isStrict,
    });
    await environment.settle();
    stream.send('hello');
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', data: 'hello' });
  });
});
