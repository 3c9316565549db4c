// @vitest-environment node

import { Writable } from 'node:stream';
import type { ReactNode } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import {
  type EventSourceOptions,
  type EventSourceResult,
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

expectQuietConsole();

/** What a server renders, and what the hook returned there. */
function renderOnServer(
  { environment }: MockServer,
  url: string | null,
  options: EventSourceOptions = {},
): { readonly html: string; readonly result: EventSourceResult } {
  const results: EventSourceResult[] = [];
  function Source(): ReactNode {
    const result = useEventSource(url, { environment, ...options });
    results.push(result);
    return <p>{result.status}</p>;
  }
  const html = renderToString(<Source />);
  const [result] = results;
  if (result === undefined) throw new Error('The server did not render the component.');
  return { html, result };
}

describe('useEventSource on a server', () => {
  it('runs where there is no DOM', () => {
    expect([typeof window, typeof document, typeof location]).toEqual(
      Array.from({ length: 3 }, () => 'undefined'),
    );
  });

  it('is connecting, with nothing received and without a request', async () => {
    const server = createMockServer();
    const { html, result } = renderOnServer(server, '/api/clock');
    expect(html).toBe('<p>connecting</p>');
    expect(result).toMatchObject({
      readyState: 0,
      attempt: 1,
      data: undefined,
      messages: [],
      lastEventId: '',
      error: null,
    });
    await server.environment.advance(60_000);
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['enabled: false', '/api', { enabled: false }],
    ['null as URL', null, {}],
  ] as const)('is idle with %s', (_, url, options) => {
    const { html, result } = renderOnServer(createMockServer(), url, options);
    expect(html).toBe('<p>idle</p>');
    expect(result).toMatchObject({ readyState: 2, attempt: 0 });
  });

  it('shows the initial state of reduce, and the id it will resume from', () => {
    function Source(): ReactNode {
      const { state, lastEventId } = useEventSource('/api', {
        reduce: (sum: number) => sum + 1,
        initialState: 42,
        lastEventId: '7',
      });
      return <p>{`${state} ${lastEventId}`}</p>;
    }
    expect(renderToString(<Source />)).toBe('<p>42 7</p>');
  });

  it('shows a relative URL as connecting, although a server has nothing to resolve it against', () => {
    function Source(): ReactNode {
      return useEventSource('/api').status;
    }
    expect(renderToString(<Source />)).toBe('connecting');
  });

  it('shows the first snapshot of a controller, whatever became of it', async () => {
    const server = createMockServer();
    const controller = createEventSource('/api', { environment: server.environment });
    function Source(): ReactNode {
      const { status, data } = useEventSource(controller);
      return <p>{`${status} ${data}`}</p>;
    }
    controller.start();
    await server.environment.settle();
    server.stream.send('later');
    await server.environment.settle();
    expect(controller.getSnapshot()).toMatchObject({ status: 'open', data: 'later' });
    expect(renderToString(<Source />)).toBe('<p>idle undefined</p>');
    controller.close();
  });

  it('renders below a provider, also into a stream', async () => {
    const server = createMockServer();
    function Source(): ReactNode {
      return <p>{useEventSource('/api').status}</p>;
    }
    const html = await new Promise<string>((resolve, reject) => {
      let text = '';
      const sink = new Writable({
        write(chunk, _, done) {
          text += String(chunk);
          done();
        },
        final(done) {
          done();
          resolve(text);
        },
      });
      const { pipe } = renderToPipeableStream(
        <StreamConfig environment={server.environment} headers={{ a: '1' }}>
          <Source />
        </StreamConfig>,
        { onAllReady: () => pipe(sink), onError: reject },
      );
    });
    expect(html).toContain('<p>connecting</p>');
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});
