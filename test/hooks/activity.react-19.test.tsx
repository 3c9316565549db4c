import { render } from '@testing-library/react';
import { Activity, type ReactNode, version } from 'react';
import { type EventSourceOptions, type EventSourceResult, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';

expectQuietConsole();

it('runs on a React that has <Activity>; the projects of React 18 leave this file out', () => {
  expect(Activity, `React ${version}`).toBeDefined();
});

describe.each(modes)('useEventSource in <Activity> $mode', ({ isStrict }) => {
  const show = ({ environment }: MockServer, options: EventSourceOptions = {}) => {
    const page: { result: EventSourceResult | undefined } = { result: undefined };
    const statuses: string[] = [];
    function Source({ onRender }: { onRender: (result: EventSourceResult) => void }): ReactNode {
      const result = useEventSource('/api', {
        environment,
        onStatusChange: (status) => statuses.push(status),
        ...options,
      });
      onRender(result);
      return `${result.status} ${result.data ?? ''}`;
    }
    const component = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Source
          onRender={(result) => {
            page.result = result;
          }}
        />
      </Activity>
    );
    const view = render(component('visible'), { reactStrictMode: isStrict });
    return {
      page,
      statuses,
      text: () => view.container.textContent,
      turn: (mode: 'visible' | 'hidden') => view.rerender(component(mode)),
      unmount: () => view.unmount(),
    };
  };

  const receive = async (server: MockServer) => {
    await server.environment.settle();
    server.stream.send({ data: 'one', id: 7 });
    await server.environment.settle();
  };

  it('hiding aborts the stream as unmounted, and leaves nothing behind', async () => {
    const server = createMockServer();
    const { turn, statuses } = show(server);
    await receive(server);
    turn('hidden');
    await server.environment.settle();
    expect(server.request.isAborted).toBe(true);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    expect(statuses).toEqual(['connecting', 'open', 'aborted']);
  });

  it('showing again resumes a GET with its id, and its data were kept', async () => {
    const server = createMockServer();
    const { turn, page, text, statuses, unmount } = show(server);
    await receive(server);
    turn('hidden');
    await server.environment.settle();
    turn('visible');
    expect(page.result).toMatchObject({ data: 'one', messages: [{ data: 'one' }] });
    await server.environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('7');
    expect(text()).toBe('open one');
    expect(statuses).toEqual(['connecting', 'open', 'aborted', 'connecting', 'open']);
    server.stream.send('two');
    await server.environment.settle();
    expect(page.result?.messages.map(({ data }) => data)).toEqual(['one', 'two']);
    unmount();
    await server.environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('hiding and showing in one flush leaves the request alone', async () => {
    const server = createMockServer();
    const { turn, statuses } = show(server);
    await receive(server);
    turn('hidden');
    turn('visible');
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(statuses).toEqual(['connecting', 'open']);
  });

  it('a POST stays aborted, with its data', async () => {
    const server = createMockServer();
    const { turn, page } = show(server, { body: 'question' });
    await receive(server);
    turn('hidden');
    await server.environment.settle();
    turn('visible');
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(page.result).toMatchObject({ status: 'aborted', reason: 'unmounted', data: 'one' });
  });

  it('a POST that may be repeated is resumed', async () => {
    const server = createMockServer();
    const { turn, page } = show(server, { body: 'question', retry: { methods: ['POST'] } });
    await receive(server);
    turn('hidden');
    await server.environment.settle();
    turn('visible');
    await server.environment.settle();
    expect(server.requests.map(({ body }) => body)).toEqual(['question', 'question']);
    expect(page.result?.status).toBe('open');
  });

  it('a retry that was due while hidden is made when it is shown', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? new Response('', { status: 503 }) : undefined,
    );
    const { turn, page } = show(server);
    await server.environment.settle();
    expect(page.result?.status).toBe('waiting');
    turn('hidden');
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    turn('visible');
    await server.environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(page.result).toMatchObject({ status: 'open', error: null });
  });

  it.each(['closed', 'done', 'failed'] as const)('a stream that was %s stays so', async (end) => {
    const server = createMockServer(() =>
      end === 'closed' ? undefined : new Response(null, { status: end === 'done' ? 204 : 404 }),
    );
    const { turn, page } = show(server);
    await server.environment.settle();
    if (end === 'closed') page.result?.close();
    await server.environment.settle();
    const before = page.result;
    turn('hidden');
    await server.environment.settle();
    turn('visible');
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(page.result?.status).toBe(before?.status);
    expect(page.result?.reason).toBe(before?.reason);
    expect(page.result?.error).toBe(before?.error);
  });

  it('a component that starts hidden connects when it is first shown', async () => {
    const server = createMockServer();
    function Source(): ReactNode {
      return useEventSource('/api', { environment: server.environment }).status;
    }
    const component = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Source />
      </Activity>
    );
    const view = render(component('hidden'), { reactStrictMode: isStrict });
    await server.environment.advance(1000);
    expect(server.requests).toHaveLength(0);
    view.rerender(component('visible'));
    await server.environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(view.container.textContent).toBe('open');
  });

  it('an identity that changes while hidden starts when it is shown', async () => {
    const server = createMockServer();
    function Source({ url }: { url: string }): ReactNode {
      return useEventSource(url, { environment: server.environment }).status;
    }
    const component = (mode: 'visible' | 'hidden', url: string) => (
      <Activity mode={mode}>
        <Source url={url} />
      </Activity>
    );
    const view = render(component('visible', '/a'), { reactStrictMode: isStrict });
    await server.environment.settle();
    view.rerender(component('hidden', '/a'));
    await server.environment.settle();
    view.rerender(component('hidden', '/b'));
    await server.environment.advance(1000);
    expect(server.requests.map(({ url }) => url)).toEqual(['/a']);
    view.rerender(component('visible', '/b'));
    await server.environment.settle();
    expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/b']);
    expect(server.inProgress).toBe(1);
    expect(view.container.textContent).toBe('open');
  });
});
