import { render } from '@testing-library/react';
import { Profiler, type ReactNode } from 'react';
import {
  type EventSourceOptions,
  StreamConfig,
  type StreamConfigProps,
  useEventSource,
} from 'rivulet';
import { createMockFetch, createMockStream } from 'rivulet/testing';
import { describe, expect, it } from 'vitest';
import { createMockServer } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

const REFUSED = () => new Response('', { status: 503 });

describe.each(modes)('<StreamConfig> $mode', ({ isStrict }) => {
  /** A hook below providers, the outermost first. */
  const show = (
    providers: readonly StreamConfigProps[],
    options: EventSourceOptions = {},
    server = createMockServer(),
  ) => {
    const { environment } = server;
    const hook = renderHook((given: EventSourceOptions) => useEventSource('/api', given), {
      props: options,
      isStrict,
      within: (component) =>
        [{ environment }, ...providers].reduceRight<ReactNode>(
          (tree, provider) => <StreamConfig {...provider}>{tree}</StreamConfig>,
          component,
        ),
    });
    return { server, environment, hook };
  };

  const headersSent = async (
    providers: readonly StreamConfigProps['headers'][],
    own?: EventSourceOptions['headers'],
  ) => {
    const { server, environment } = show(
      providers.map((headers) => ({ headers })),
      { headers: own },
    );
    await environment.settle();
    const { accept, ...rest } = Object.fromEntries(server.request.headers);
    expect(accept).toBe('text/event-stream');
    return rest;
  };

  it('merges headers by name, whatever their case and form, and the hook wins', async () => {
    expect(
      await headersSent(
        [
          { 'X-Outer': 'outer', 'X-Both': 'outer', 'X-All': 'outer' },
          async () => new Headers({ 'x-inner': 'inner', 'x-both': 'inner', 'x-all': 'inner' }),
        ],
        () => [
          ['x-own', 'own'],
          ['x-ALL', 'own'],
        ],
      ),
    ).toEqual({
      'x-outer': 'outer',
      'x-inner': 'inner',
      'x-both': 'inner',
      'x-own': 'own',
      'x-all': 'own',
    });
  });

  it('gives its headers alone to a hook without any, and leaves those of a hook alone', async () => {
    expect(await headersSent([{ 'x-from': 'provider' }])).toEqual({ 'x-from': 'provider' });
    expect(await headersSent([], { 'x-from': 'hook' })).toEqual({ 'x-from': 'hook' });
    expect(await headersSent([undefined, { 'x-from': 'inner' }])).toEqual({ 'x-from': 'inner' });
  });

  it('evaluates header functions for every attempt, all of them newest', async () => {
    const server = createMockServer((_, index) => (index === 0 ? REFUSED() : undefined));
    const { environment } = server;
    const component = (token: string) => (
      <StreamConfig environment={environment} headers={() => ({ outer: token })}>
        <Source token={token} />
      </StreamConfig>
    );
    function Source({ token }: { token: string }): ReactNode {
      return useEventSource('/api', { headers: async () => ({ inner: token }) }).status;
    }
    const view = render(component('first'), { reactStrictMode: isStrict });
    await environment.settle();
    view.rerender(component('second'));
    await environment.advance(100);
    expect(
      server.requests.map(({ headers }) => [headers.get('outer'), headers.get('inner')]),
    ).toEqual([
      ['first', 'first'],
      ['second', 'second'],
    ]);
    expect(view.container.textContent).toBe('open');
  });

  it('gives fetch and credentials, and the hook wins', async () => {
    const stream = createMockStream();
    const provided = createMockFetch(() => stream);
    const outer = show([{ fetch: provided.fetch, credentials: 'include' }]);
    await outer.environment.settle();
    expect(provided.requests[0]?.init.credentials).toBe('include');
    expect(outer.server.requests).toHaveLength(0);
    const own = createMockFetch(() => createMockStream());
    const inner = show([{ fetch: provided.fetch, credentials: 'include' }], {
      fetch: own.fetch,
      credentials: 'omit',
    });
    await inner.environment.settle();
    expect(own.requests[0]?.init.credentials).toBe('omit');
    expect(provided.requests).toHaveLength(1);
  });

  it('gives way to withCredentials, which means the same as credentials', async () => {
    const on = show([{ credentials: 'omit' }], { withCredentials: true });
    await on.environment.settle();
    expect(on.server.request.init.credentials).toBe('include');
    const off = show([{ credentials: 'include' }], { withCredentials: false });
    await off.environment.settle();
    expect(off.server.request.init.credentials).not.toBe('include');
  });

  it('lets nested providers inherit what they do not say', async () => {
    const provided = createMockFetch(() => createMockStream());
    const { environment } = show([
      { fetch: provided.fetch, credentials: 'include', headers: { a: '1' } },
      { headers: { b: '2' } },
      {},
    ]);
    await environment.settle();
    expect(provided.requests[0]?.init.credentials).toBe('include');
    expect(Object.fromEntries(provided.requests[0]?.headers ?? [])).toMatchObject({
      a: '1',
      b: '2',
    });
  });

  it('calls its callbacks before those of the hook, the outermost first', async () => {
    const calls: string[] = [];
    const callbacks = (name: string): EventSourceOptions & StreamConfigProps => ({
      onOpen: () => calls.push(`${name} open`),
      onChunk: () => calls.push(`${name} chunk`),
      onMessage: () => calls.push(`${name} message`),
      onError: () => calls.push(`${name} error`),
      onStatusChange: (status) => calls.push(`${name} ${status}`),
    });
    const { server, environment } = show(
      [callbacks('outer'), callbacks('inner')],
      callbacks('own'),
    );
    await environment.settle();
    server.stream.send('x');
    await environment.settle();
    server.stream.fail();
    await environment.settle();
    const order = ['outer', 'inner', 'own'];
    const events = ['connecting', 'open', 'open', 'chunk', 'message', 'waiting', 'error'];
    expect(calls).toEqual(events.flatMap((event) => order.map((name) => `${name} ${event}`)));
  });

  it('hears of every message as the hook understood it', async () => {
    const heard: unknown[] = [];
    const { server, environment } = show(
      [{ onMessage: ({ event, value }) => heard.push([event, value]) }],
      { parse: ({ data }) => data.toUpperCase() },
    );
    await environment.settle();
    server.stream.send({ event: 'note', data: 'hi' });
    await environment.settle();
    expect(heard).toEqual([['note', 'HI']]);
  });

  it('keeps a throw of its callbacks from those of the hook, and reports both', async () => {
    const called: string[] = [];
    const fail = (name: string) => () => {
      called.push(name);
      throw new Error(name);
    };
    const { server, environment, hook } = show([{ onMessage: fail('provider') }], {
      onMessage: fail('hook'),
    });
    await environment.settle();
    server.stream.send('x');
    await environment.settle();
    expect(called).toEqual(['provider', 'hook']);
    expect(environment.reported).toEqual([new Error('provider'), new Error('hook')]);
    expect(hook.result).toMatchObject({ status: 'open', data: 'x' });
  });

  it('sets fields of retry, of which the hook wins', async () => {
    const outer = show(
      [{ retry: { maxAttempts: 2 } }, { retry: { statuses: [500] } }],
      {},
      createMockServer((_, index) => new Response('', { status: index === 0 ? 500 : 503 })),
    );
    await outer.environment.advance(60_000);
    expect(outer.hook.result).toMatchObject({ status: 'failed', error: { code: 'http-status' } });
    expect(outer.server.requests).toHaveLength(2);
    const inner = show(
      [{ retry: { maxAttempts: 2 } }],
      { retry: { maxAttempts: 3 } },
      createMockServer(REFUSED),
    );
    await inner.environment.advance(60_000);
    expect(inner.hook.result).toMatchObject({ error: { code: 'retries-exhausted' } });
    expect(inner.server.requests).toHaveLength(3);
  });

  it('never switches retrying on', async () => {
    const { server, environment, hook } = show(
      [{ retry: { maxAttempts: 5 } }],
      { retry: false },
      createMockServer(REFUSED),
    );
    await environment.advance(60_000);
    expect(hook.result.status).toBe('failed');
    expect(server.requests).toHaveLength(1);
  });

  it('starts nothing again when its props change', async () => {
    const { server, environment, hook } = show([
      { headers: { a: '1' }, retry: { baseDelayMs: 1 }, onOpen: () => {} },
    ]);
    await environment.settle();
    for (let time = 0; time < 5; time += 1) hook.rerender({});
    await environment.settle();
    expect(server.requests).toHaveLength(1);
  });

  it('renders nothing again by itself while streams below it run', async () => {
    const server = createMockServer();
    const commits = { sibling: 0, source: 0 };
    function Source(): ReactNode {
      return useEventSource('/api').data;
    }
    const view = render(
      <StreamConfig environment={server.environment}>
        <Profiler id="sibling" onRender={() => void (commits.sibling += 1)}>
          <p />
        </Profiler>
        <Profiler id="source" onRender={() => void (commits.source += 1)}>
          <Source />
        </Profiler>
      </StreamConfig>,
      { reactStrictMode: isStrict },
    );
    await server.environment.settle();
    const before = { ...commits };
    server.stream.send('x');
    await server.environment.advance(16);
    expect(view.container.textContent).toBe('x');
    expect(commits).toEqual({ sibling: before.sibling, source: before.source + 1 });
  });
});
