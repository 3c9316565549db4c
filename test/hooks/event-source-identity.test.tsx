import { useLayoutEffect } from 'react';
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

interface Props extends Pick<EventSourceOptions, 'method' | 'body' | 'key' | 'keepPrevious'> {
  readonly url: string | URL | null;
}

describe.each(modes)('the identity of a request $mode', ({ isStrict }) => {
  const show = ({ environment }: MockServer, props: Props, options: EventSourceOptions = {}) => {
    return renderHook(
      ({ url, ...own }: Props) => useEventSource(url, { environment, ...options, ...own }),
      { props, isStrict },
    );
  };

  const changes: ReadonlyArray<readonly [string, Props, Props]> = [
    ['the URL', { url: '/a' }, { url: '/b' }],
    ['the method', { url: '/a' }, { url: '/a', method: 'PUT' }],
    ['the text of a body', { url: '/a', body: 'one' }, { url: '/a', body: 'two' }],
    ['the JSON of a body', { url: '/a', body: { page: 1 } }, { url: '/a', body: { page: 2 } }],
    ['an array as body', { url: '/a', body: [1] }, { url: '/a', body: [1, 2] }],
    [
      'the search parameters of a body',
      { url: '/a', body: new URLSearchParams('page=1') },
      { url: '/a', body: new URLSearchParams('page=2') },
    ],
    ['the key', { url: '/a', key: 'ann' }, { url: '/a', key: 'bob' }],
  ];

  it.each(changes)(
    'the very render in which %s changes is connecting and has no data',
    async (_, before, after) => {
      const server = createMockServer();
      const hook = show(server, before);
      await server.environment.settle();
      const old = { request: server.request, stream: server.stream };
      old.stream.send({ data: 'old', id: 7 });
      await server.environment.settle();
      expect(hook.result).toMatchObject({ status: 'open', data: 'old', lastEventId: '7' });

      hook.rerender(after);
      for (const result of rendersWith(hook, after)) {
        expect(result).toMatchObject({
          status: 'connecting',
          attempt: 1,
          data: undefined,
          message: undefined,
          messages: [],
          lastEventId: '',
          isPrevious: false,
        });
        expect(result.latest).toEqual({});
      }
      await server.environment.settle();
      expect(old.request.isAborted).toBe(true);
      expect(old.stream.isCancelled).toBe(true);
      expect(server.requests).toHaveLength(2);
      expect(server.inProgress).toBe(1);
      expect(server.request.headers.has('last-event-id')).toBe(false);
      expect(hook.result).toMatchObject({ status: 'open', attempt: 1 });
      hook.unmount();
      await server.environment.settle();
      expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    },
  );

  const sames: ReadonlyArray<readonly [string, () => Props]> = [
    ['URL object', () => ({ url: new URL('http://localhost/a') })],
    ['JSON body', () => ({ url: '/a', body: { page: 1, tags: ['x'] } })],
    ['search parameters', () => ({ url: '/a', body: new URLSearchParams({ page: '1' }) })],
    ['form', () => ({ url: '/a', body: new FormData() })],
    ['function that makes a body', () => ({ url: '/a', body: () => 'text' })],
  ];

  it.each(sames)('another %s of the same content goes on', async (_, make) => {
    const server = createMockServer();
    const hook = show(server, make());
    await server.environment.settle();
    for (let render = 0; render < 3; render += 1) hook.rerender(make());
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(server.request.isAborted).toBe(false);
    expect(hook.shown.map(({ status }) => status)).toEqual(['connecting', 'open']);
  });

  it('chunks that the old request still delivers cannot write', async () => {
    const server = createMockServer();
    const received: string[] = [];
    const hook = show(server, { url: '/a' }, { onMessage: ({ data }) => received.push(data) });
    await server.environment.settle();
    const old = server.stream;
    old.send('a1');
    await server.environment.settle();
    // Written before the change and not yet read: it arrives under the new identity.
    hook.rerender({ url: '/b' });
    old.write('data: a2\n\ndata: a3\n\n');
    await server.environment.advance(200);
    old.send('a4');
    server.stream.send('b1');
    await server.environment.advance(200);
    expect(received).toEqual(['a1', 'b1']);
    expect(hook.result.messages.map(({ data }) => data)).toEqual(['b1']);
  });

  it('an answer that comes after the change is not read', async () => {
    let answer: (response: Response) => void = () => {};
    const late = new Promise<Response>((resolve) => {
      answer = resolve;
    });
    const server = createMockServer((_, index) => (index === 0 ? late : undefined));
    const { environment } = server;
    const opened: string[] = [];
    // A fetch that does not heed its signal, as wrappers around fetch do.
    const fetch = async (url: string, init: RequestInit) => {
      return (await environment.fetch?.(url, { ...init, signal: null })) ?? Response.error();
    };
    const hook = show(
      server,
      { url: '/a' },
      { fetch, onOpen: (response) => opened.push(response.headers.get('x-name') ?? 'b') },
    );
    await environment.settle();
    hook.rerender({ url: '/b' });
    await environment.settle();
    answer(
      new Response('data: a\n\n', {
        headers: { 'content-type': 'text/event-stream', 'x-name': 'a' },
      }),
    );
    await environment.advance(100);
    expect(opened).toEqual(['b']);
    expect(hook.result).toMatchObject({ status: 'open', data: undefined, attempt: 1 });
  });

  it('the status callback goes on from the old identity without an abort', async () => {
    const server = createMockServer();
    const statuses: string[] = [];
    const hook = show(
      server,
      { url: '/a' },
      { onStatusChange: (status, previous) => statuses.push(`${previous} > ${status}`) },
    );
    await server.environment.settle();
    hook.rerender({ url: '/b' });
    await server.environment.settle();
    hook.rerender({ url: null });
    await server.environment.settle();
    expect(statuses).toEqual([
      'idle > connecting',
      'connecting > open',
      'open > connecting',
      'connecting > open',
      'open > idle',
    ]);
  });

  it('a change there and back before anything was sent makes one request', async () => {
    const server = createMockServer();
    const hook = show(server, { url: '/a' });
    hook.rerender({ url: '/b' });
    hook.rerender({ url: '/a' });
    await server.environment.settle();
    expect(server.requests.map(({ url }) => url)).toEqual(['/a']);
    expect(server.inProgress).toBe(1);
    expect(hook.result.status).toBe('open');
  });

  it('null is idle, and clears everything in the very render', async () => {
    const server = createMockServer();
    const hook = renderHook(
      ({ url }: Props) => {
        const { environment } = server;
        return useEventSource(url, {
          environment,
          keepPrevious: true,
          reduce: (count: number) => count + 1,
          initialState: 0,
        });
      },
      { props: { url: '/a' }, isStrict },
    );
    await server.environment.settle();
    server.stream.send({ data: 'one', event: 'tick', id: 1 });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ state: 1, latest: { tick: 'one' } });
    const props: Props = { url: null };
    hook.rerender(props);
    for (const result of rendersWith(hook, props)) {
      expect(result).toMatchObject({
        status: 'idle',
        readyState: 2,
        attempt: 0,
        data: undefined,
        message: undefined,
        messages: [],
        state: 0,
        lastEventId: '',
        isPrevious: false,
      });
      expect(result.latest).toEqual({});
    }
    await server.environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    hook.result.reconnect();
    await server.environment.settle();
    expect(hook.result.status).toBe('idle');
    expect(server.requests).toHaveLength(1);
  });

  it('a URL after null connects, with nothing from before', async () => {
    const server = createMockServer();
    const hook = show(server, { url: null });
    expect(hook.result.status).toBe('idle');
    await server.environment.settle();
    expect(server.requests).toHaveLength(0);
    hook.rerender({ url: '/a' });
    expect(hook.result.status).toBe('connecting');
    await server.environment.settle();
    expect(hook.result.status).toBe('open');
    expect(server.requests).toHaveLength(1);
  });
});

// Not in StrictMode, whose rehearsal of layout effects would close the stream at once.
it('the status callback counts what befell the old identity until the new began', async () => {
  const server = createMockServer();
  const { environment } = server;
  const statuses: string[] = [];
  const hook = renderHook(
    (url: string) => {
      const { close, status } = useEventSource(url, {
        environment,
        onStatusChange: (next, previous) => statuses.push(`${previous} > ${next}`),
      });
      // Closes the old one after the render of the new one and before its effects.
      useLayoutEffect(() => close, [close]);
      return status;
    },
    { props: '/a' },
  );
  await environment.settle();
  hook.rerender('/b');
  await environment.settle();
  expect(hook.result).toBe('open');
  expect(statuses.slice(2)).toEqual([
    'open > aborted',
    'aborted > connecting',
    'connecting > open',
  ]);
});
