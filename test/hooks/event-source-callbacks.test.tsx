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
import { modes, type RenderedHook, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

type Result = ReturnType<typeof useEventSource>;

describe.each(modes)('callbacks of useEventSource $mode', ({ isStrict }) => {
  const show = <TProps,>(
    { environment }: MockServer,
    options: (props: TProps) => EventSourceOptions,
    props?: TProps,
  ): RenderedHook<TProps, Result> => {
    return renderHook(
      (given: TProps) => useEventSource('/api', { environment, ...options(given) }),
      { props, isStrict },
    );
  };

  it('inline callbacks, headers and objects never start anything again', async () => {
    const server = createMockServer();
    const hook = show(server, () => ({
      headers: { authorization: 'x' },
      requestInit: { redirect: 'follow' },
      retry: { baseDelayMs: 10 },
      events: ['message'],
      on: { message() {} },
      resume: { query: 'since' },
      signal: new AbortController().signal,
      endWhen: () => false,
      parse: (message) => message.data,
      onMessage() {},
      onOpen() {},
      onChunk() {},
      onComment() {},
      onError() {},
      onStatusChange() {},
      onUnauthorized() {},
    }));
    for (let render = 0; render < 5; render += 1) hook.rerender(undefined);
    await server.environment.settle();
    for (let render = 0; render < 5; render += 1) hook.rerender(undefined);
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(hook.result).toMatchObject({ status: 'open', attempt: 1 });
  });

  it('the newest closure of every callback is called', async () => {
    const server = createMockServer();
    const calls: string[] = [];
    const hook = show<string>(
      server,
      (name) => ({
        onOpen: () => calls.push(`${name} accepted`),
        onChunk: () => calls.push(`${name} chunk`),
        onComment: () => calls.push(`${name} comment`),
        on: { tick: () => calls.push(`${name} on`) },
        onMessage: () => calls.push(`${name} message`),
        onError: () => calls.push(`${name} error`),
        onStatusChange: (status) => calls.push(`${name} ${status}`),
        parse: (message) => {
          calls.push(`${name} parse`);
          return message.data;
        },
        endWhen: () => {
          calls.push(`${name} end?`);
          return false;
        },
      }),
      'first',
    );
    hook.rerender('second');
    await server.environment.settle();
    expect(calls).toEqual(['second connecting', 'second open', 'second accepted']);
    calls.length = 0;
    hook.rerender('third');
    server.stream.write(': hello\n\nevent: tick\ndata: 1\n\n');
    await server.environment.settle();
    expect(calls).toEqual([
      'third chunk',
      'third comment',
      'third parse',
      'third on',
      'third message',
      'third end?',
    ]);
    calls.length = 0;
    hook.rerender('fourth');
    server.stream.fail();
    await server.environment.settle();
    expect(calls).toEqual(['fourth waiting', 'fourth error']);
  });

  it('headers() and body() are called for every attempt, in the newest closure', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? new Response('', { status: 503 }) : undefined,
    );
    const hook = show<string>(
      server,
      (token) => ({
        headers: async () => ({ authorization: token }),
        body: () => `body of ${token}`,
        retry: { methods: ['POST'] },
      }),
      'first',
    );
    await server.environment.settle();
    hook.rerender('second');
    await server.environment.advance(100);
    const sent = server.requests.map(({ headers, body }) => [headers.get('authorization'), body]);
    expect(sent).toEqual([
      ['first', 'body of first'],
      ['second', 'body of second'],
    ]);
  });

  it('reduce is the newest closure too, and goes on from the state there is', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      (step: number) =>
        useEventSource('/api', {
          environment,
          flush: 'sync',
          reduce: (sum: number) => sum + step,
          initialState: step,
        }),
      { props: 1, isStrict },
    );
    await environment.settle();
    server.stream.send('one');
    await environment.settle();
    expect(hook.result.state).toBe(2);
    hook.rerender(10);
    server.stream.send('two');
    await environment.settle();
    expect(hook.result.state).toBe(12);
  });

  it('a callback that throws is reported, and neither stream nor page mind', async () => {
    const server = createMockServer();
    const thrown: Error[] = [];
    const fail = (name: string) => () => {
      const error = new Error(name);
      thrown.push(error);
      throw error;
    };
    const hook = show(server, () => ({
      onOpen: fail('onOpen'),
      onChunk: fail('onChunk'),
      onComment: fail('onComment'),
      on: { message: fail('on') },
      onMessage: fail('onMessage'),
      onStatusChange: fail('onStatusChange'),
      onError: fail('onError'),
      endWhen: fail('endWhen'),
    }));
    await server.environment.settle();
    server.stream.write(': x\n\ndata: 1\n\ndata: 2\n\n');
    await server.environment.advance(16);
    expect(hook.result).toMatchObject({ status: 'open', data: '2' });
    expect(hook.result.messages).toHaveLength(2);
    server.stream.fail();
    await server.environment.settle();
    expect(hook.result.status).toBe('waiting');
    expect(server.environment.reported).toEqual(thrown);
    expect(thrown.map(({ message }) => message)).toEqual([
      'onStatusChange',
      'onStatusChange',
      'onOpen',
      'onChunk',
      'onComment',
      'on',
      'onMessage',
      'endWhen',
      'on',
      'onMessage',
      'endWhen',
      'onStatusChange',
      'onError',
    ]);
  });

  it('close() in a callback stops at once: the rest of the chunk is not delivered', async () => {
    const server = createMockServer();
    const received: string[] = [];
    const hook = show<string>(server, () => ({
      onMessage({ data }) {
        received.push(data);
        if (data === '2') hook.result.close();
      },
    }));
    await server.environment.settle();
    server.stream.write('id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n');
    await server.environment.advance(100);
    expect(received).toEqual(['1', '2']);
    expect(hook.result).toMatchObject({
      status: 'aborted',
      reason: 'caller',
      data: '2',
      lastEventId: '2',
    });
    expect(server.stream.isCancelled).toBe(true);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it.each(['onOpen', 'onStatusChange', 'onChunk', 'on'] as const)(
    'close() in %s lets nothing through after it',
    async (name) => {
      const server = createMockServer();
      const received: string[] = [];
      const close = () => void hook.result.close();
      const hook = show<string>(server, () => ({
        onMessage: ({ data }) => received.push(data),
        onOpen: () => void (name === 'onOpen' && close()),
        onStatusChange: (status) =>
          void (name === 'onStatusChange' && status === 'open' && close()),
        onChunk: () => void (name === 'onChunk' && close()),
        on: { message: () => void (name === 'on' && close()) },
      }));
      await server.environment.settle();
      if (server.streams.length > 0) server.stream.write('data: 1\n\ndata: 2\n\n');
      await server.environment.advance(100);
      expect(received).toEqual([]);
      expect(hook.result).toMatchObject({ status: 'aborted', reason: 'caller' });
      expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    },
  );

  it('reconnect() in onError starts at once, in place of the retry that was due', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? new Response('', { status: 503 }) : undefined,
    );
    const hook = show<string>(server, () => ({ onError: () => hook.result.reconnect() }));
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', attempt: 1, error: null });
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(2);
    expect(server.inProgress).toBe(1);
  });

  it('state set in a callback reaches the page without a warning', async () => {
    const server = createMockServer();
    const seen: string[] = [];
    const hook = show<string>(server, () => ({
      onMessage: ({ data }) => act(() => hook.rerender(data)),
      onStatusChange: (status) => seen.push(status),
    }));
    await server.environment.settle();
    server.stream.send('again');
    await server.environment.advance(16);
    expect(hook.renders.at(-1)?.props).toBe('again');
    expect(hook.result.data).toBe('again');
    expect(seen).toEqual(['connecting', 'open']);
  });

  it('onStatusChange comes before onOpen and onError, and data come after onOpen', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? new Response('', { status: 503 }) : undefined,
    );
    const calls: string[] = [];
    const hook = show(server, () => ({
      onOpen: ({ status }) => calls.push(`open ${status}`),
      onMessage: ({ data }) => calls.push(`message ${data}`),
      onError: ({ code }, { willRetry, nextRetryAt }) => {
        calls.push(`error ${code} ${willRetry} ${nextRetryAt === hook.result.nextRetryAt}`);
      },
      onStatusChange: (status, previous) => calls.push(`${previous} > ${status}`),
    }));
    await server.environment.advance(100);
    server.stream.send('1');
    await server.environment.settle();
    expect(calls).toEqual([
      'idle > connecting',
      'connecting > waiting',
      'error http-status true false',
      'waiting > connecting',
      'connecting > open',
      'open 200',
      'message 1',
    ]);
  });
});
