import { act, fireEvent } from '@testing-library/react';
import { createElement, type ReactNode, StrictMode } from 'react';
import { hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import {
  type EventSourceController,
  type EventSourceOptions,
  useDownload,
  useEventSource,
} from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';

// A mismatch of server and client is a complaint on the console.
expectQuietConsole();

let root: Root | undefined;
afterEach(() => act(() => root?.unmount()));

/** Renders on the server, then takes the page over, as a browser does. */
function hydrate(component: ReactNode, isStrict: boolean) {
  const container = document.createElement('div');
  container.innerHTML = renderToString(component);
  const served = container.innerHTML;
  const paragraph = container.firstElementChild;
  const recovered: unknown[] = [];
  act(() => {
    const page = isStrict ? createElement(StrictMode, {}, component) : component;
    root = hydrateRoot(container, page, { onRecoverableError: (error) => recovered.push(error) });
  });
  expect(recovered).toEqual([]);
  // The node of the server is still there: React did not render the page anew.
  expect(container.firstElementChild).toBe(paragraph);
  return { served, container, text: () => container.textContent };
}

describe.each(modes)('hydration of useEventSource $mode', ({ isStrict }) => {
  const createPage = (url: string | null, options: EventSourceOptions = {}) => {
    const server = createMockServer();
    const rendered: string[] = [];
    function Source(): ReactNode {
      const { status, data } = useEventSource(url, { environment: server.environment, ...options });
      rendered.push(status);
      return <p>{`${status} ${data ?? ''}`}</p>;
    }
    return { server, environment: server.environment, rendered, component: <Source /> };
  };

  it('is connecting on both sides, then connects once', async () => {
    const { server, environment, rendered, component } = createPage('/api');
    const { served, text } = hydrate(component, isStrict);
    expect(served).toBe('<p>connecting </p>');
    expect(new Set(rendered)).toEqual(new Set(['connecting']));
    await environment.settle();
    expect(server.requests).toHaveLength(1);
    server.stream.send('hello');
    await environment.settle();
    expect(text()).toBe('open hello');
    act(() => root?.unmount());
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['enabled: false', '/api', { enabled: false }],
    ['null as URL', null, {}],
  ] as const)('is idle on both sides with %s, and connects never', async (_, url, options) => {
    const { server, environment, component } = createPage(url, options);
    const { served, text } = hydrate(component, isStrict);
    expect(served).toBe('<p>idle </p>');
    await environment.settle();
    expect(text()).toBe('idle ');
    expect(server.requests).toHaveLength(0);
  });

  it('starts from the first snapshot of a controller that is already under way', async () => {
    const server = createMockServer();
    const controller = createEventSource('/api', { environment: server.environment });
    function Source({ source }: { source: EventSourceController }): ReactNode {
      const { status, data } = useEventSource(source);
      return <p>{`${status} ${data ?? ''}`}</p>;
    }
    controller.start();
    await server.environment.settle();
    server.stream.send('early');
    await server.environment.settle();
    const { served, text } = hydrate(<Source source={controller} />, isStrict);
    expect(served).toBe('<p>idle </p>');
    expect(text()).toBe('open early');
    controller.close();
  });
});

describe.each(modes)('hydration of useDownload $mode', ({ isStrict }) => {
  it('is idle on both sides, and loads when it is told to', async () => {
    const server = createMockServer(() => new Response('a file'));
    const { environment } = server;
    function File(): ReactNode {
      const { status, loaded, start } = useDownload('/file', { environment, as: 'text' });
      return <button type="button" onClick={() => void start()}>{`${status} ${loaded}`}</button>;
    }
    const { served, container, text } = hydrate(<File />, isStrict);
    expect(served).toBe('<button type="button">idle 0</button>');
    await environment.settle();
    expect(text()).toBe('idle 0');
    expect(server.requests).toHaveLength(0);
    fireEvent.click(container.querySelector('button') as Element);
    await environment.settle();
    expect(text()).toBe('done 6');
    expect(server.requests).toHaveLength(1);
    act(() => root?.unmount());
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});
