import { act } from '@testing-library/react';
import type { ReactNode } from 'react';
import { isStreamError, StreamConfig, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { caughtInRender, withoutErrorEvents } from '../support/error-boundary.tsx';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

const takeComplaints = expectQuietConsole();

/** The options as JavaScript gives them, what the message must name, and the value in it. */
const mistakes: ReadonlyArray<readonly [object, readonly string[]]> = [
  [{ method: 7 }, ['method', '7']],
  [{ credentials: 'all' }, ['credentials', '"all"']],
  [{ credentials: 'omit', withCredentials: true }, ['withCredentials', 'credentials']],
  [{ withCredentials: 'yes' }, ['withCredentials', '"yes"']],
  [{ fetch: 'fetch' }, ['fetch', '"fetch"']],
  [{ signal: 'stop' }, ['signal', '"stop"']],
  [{ requestInit: 'cors' }, ['requestInit', '"cors"']],
  [{ retry: true }, ['retry', 'true']],
  [{ retry: { baseDelayMs: -1 } }, ['retry.baseDelayMs', '-1']],
  [{ retry: { maxDelayMs: Number.NaN } }, ['retry.maxDelayMs', 'NaN']],
  [{ retry: { maxAttempts: 0 } }, ['retry.maxAttempts', '0']],
  [{ retry: { statuses: ['500'] } }, ['retry.statuses', '["500"]']],
  [{ retry: { methods: 'POST' } }, ['retry.methods', '"POST"']],
  [{ retry: { shouldRetry: true } }, ['retry.shouldRetry', 'true']],
  [{ connectTimeoutMs: 0 }, ['connectTimeoutMs', '0']],
  [{ idleTimeoutMs: '10s' }, ['idleTimeoutMs', '"10s"']],
  [{ messageTimeoutMs: Number.NaN }, ['messageTimeoutMs', 'NaN']],
  [{ maxMessageLength: -1 }, ['maxMessageLength', '-1']],
  [{ maxMessages: 1.5 }, ['maxMessages', '1.5']],
  [{ maxMessages: -1 }, ['maxMessages', '-1']],
  [{ flush: 'always' }, ['flush', '"always"']],
  [{ flush: -16 }, ['flush', '-16']],
  [{ key: {} }, ['key', '{}']],
  [{ parse: 'xml' }, ['parse', '"xml"']],
  [{ schema: { price: 'number' } }, ['schema', '{"price":"number"}']],
  [{ onInvalid: 'throw' }, ['onInvalid', '"throw"']],
  [{ reduce: () => 0 }, ['reduce', 'initialState']],
  [{ initialState: 0 }, ['initialState', 'reduce']],
  [{ endWhen: 7 }, ['endWhen', '7']],
  [{ events: 'price' }, ['events', '"price"']],
  [{ on: { price: 'handler' } }, ['on', '{"price":"handler"}']],
  [{ onMessage: 'handler' }, ['onMessage', '"handler"']],
  [{ lastEventId: 7 }, ['lastEventId', '7']],
  [{ resume: 'query' }, ['resume', '"query"']],
  [{ enabled: 'yes' }, ['enabled', '"yes"']],
  [{ method: 'GET', body: 'x' }, ['method', 'GET', 'body']],
];

describe.each(modes)('options that can only be mistakes, $mode', ({ isStrict }) => {
  it.each(mistakes)(
    '%j throw invalid-option from render, naming option and value',
    async (options, words) => {
      const server = createMockServer();
      function Mistaken(): ReactNode {
        return useEventSource('/api', { environment: server.environment, ...options }).status;
      }
      const caught = caughtInRender(<Mistaken />, isStrict);
      takeComplaints();
      expect(caught).toMatchObject({ code: 'invalid-option', name: 'StreamError' });
      expect(isStreamError(caught)).toBe(true);
      for (const word of words) expect(String(caught)).toContain(word);
      await server.environment.settle();
      expect(server.requests).toHaveLength(0);
      expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    },
  );

  it('a mistake in a later render throws too, and ends the stream', async () => {
    const server = createMockServer();
    const { environment } = server;
    let caught: unknown;
    const hook = renderHook(
      (maxMessages: number) => {
        try {
          return useEventSource('/api', { environment, maxMessages }).status;
        } catch (error) {
          caught = error;
          throw error;
        }
      },
      { props: 5, isStrict },
    );
    await environment.settle();
    expect(hook.result).toBe('open');
    expect(() => withoutErrorEvents(() => hook.rerender(-5))).toThrow('`maxMessages`');
    takeComplaints();
    expect(caught).toMatchObject({ code: 'invalid-option' });
    // React 18.0 takes the tree down in a task of its own.
    await act(() => environment.settle());
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('those of a provider throw from its own render', () => {
    const mistaken: object = { credentials: 'all' };
    const caught = caughtInRender(
      <StreamConfig {...mistaken}>
        <p />
      </StreamConfig>,
      isStrict,
    );
    takeComplaints();
    expect(caught).toMatchObject({ code: 'invalid-option' });
    expect(String(caught)).toContain('credentials');
  });

  it('are not covered up by a provider', () => {
    const { environment } = createMockServer();
    const mistaken: object = { onOpen: 'handler' };
    function Mistaken(): ReactNode {
      return useEventSource('/api', { ...mistaken }).status;
    }
    const caught = caughtInRender(
      <StreamConfig environment={environment} onOpen={() => {}} retry={{ baseDelayMs: 1 }}>
        <Mistaken />
      </StreamConfig>,
      isStrict,
    );
    takeComplaints();
    expect(caught).toMatchObject({ code: 'invalid-option' });
    expect(String(caught)).toContain('`onOpen` must be a function; it is "handler"');
  });

  it('undefined counts as not given', async () => {
    const server = createMockServer();
    const { environment } = server;
    const names = mistakes.flatMap(([options]) => Object.keys(options));
    const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
    const hook = renderHook(() => useEventSource('/api', { ...nothing, environment }), {
      isStrict,
    });
    await environment.settle();
    expect(hook.result.status).toBe('open');
  });
});

describe.each(modes)('a URL that can only be a mistake, $mode', ({ isStrict }) => {
  it.each(['', undefined, false, 7, {}])(
    '%j throws invalid-option from render, without a request',
    async (url) => {
      const server = createMockServer();
      function Mistaken(): ReactNode {
        // What plain JavaScript gives while it does not know the URL yet.
        return useEventSource(url as string, { environment: server.environment }).status;
      }
      const caught = caughtInRender(<Mistaken />, isStrict);
      takeComplaints();
      expect(caught).toMatchObject({ code: 'invalid-option' });
      expect(String(caught)).toContain('`url`');
      await server.environment.settle();
      expect(server.requests).toHaveLength(0);
    },
  );

  it('a URL function without a `key`', () => {
    const { environment } = createMockServer();
    // The compiler would ask for the key, too.
    const options = { environment } as { environment: typeof environment; key: string };
    function Mistaken(): ReactNode {
      return useEventSource(() => '/api', options).status;
    }
    const caught = caughtInRender(<Mistaken />, isStrict);
    takeComplaints();
    expect(String(caught)).toContain('`key`');
  });

  it('a function with a `key` is asked for every attempt, and not for a new render', async () => {
    const server = createMockServer();
    const { environment } = server;
    let ticket = 0;
    const hook = renderHook(
      (render: number) =>
        useEventSource(() => `/api?ticket=${(ticket += 1)}&render=${render}`, {
          environment,
          key: 'inbox',
        }),
      { props: 1, isStrict },
    );
    await act(() => environment.settle());
    hook.rerender(2);
    await act(() => environment.settle());
    expect(server.requests.map(({ url }) => url)).toEqual(['/api?ticket=1&render=1']);
    server.stream.fail();
    await act(() => environment.advance(200));
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api?ticket=1&render=1',
      '/api?ticket=2&render=2',
    ]);
    hook.unmount();
  });
});
