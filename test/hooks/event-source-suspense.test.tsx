import { act, render } from '@testing-library/react';
import { type ReactNode, Suspense, startTransition } from 'react';
import { useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';

expectQuietConsole();

/** Something that a component can wait for, as React 18 does it. */
function createResource() {
  let isReady = false;
  let ready = () => {};
  const promise = new Promise<void>((resolve) => {
    ready = () => {
      isReady = true;
      resolve();
    };
  });
  return {
    read() {
      if (!isReady) throw promise;
    },
    ready: () => ready(),
  };
}

type Resource = ReturnType<typeof createResource>;

function Sibling({ resource }: { resource: Resource | undefined }): ReactNode {
  resource?.read();
  return ' sibling';
}

describe.each(modes)('useEventSource beside a component that suspends $mode', ({ isStrict }) => {
  /** A stream and its sibling in one boundary; the sibling suspends while its resource is not ready. */
  const show = (first?: Resource) => {
    const server = createMockServer();
    function Source({ url }: { url: string }): ReactNode {
      const { status, data } = useEventSource(url, { environment: server.environment });
      return <output>{`${status} ${data ?? ''}`}</output>;
    }
    const page = (url: string, resource: Resource | undefined) => (
      <Suspense fallback="waiting">
        <Source url={url} />
        <Sibling resource={resource} />
      </Suspense>
    );
    const view = render(page('/a', first), { reactStrictMode: isStrict });
    return {
      server,
      environment: server.environment,
      output: () => view.container.querySelector('output'),
      text: () => view.container.textContent,
      turn: (url: string, resource: Resource) => view.rerender(page(url, resource)),
      unmount: () => view.unmount(),
    };
  };

  it('goes on while the boundary shows its fallback, and loses nothing', async () => {
    const { server, environment, output, text, turn, unmount } = show();
    await environment.settle();
    server.stream.send('one');
    await environment.settle();
    const resource = createResource();
    turn('/a', resource);
    expect(text()).toContain('waiting');
    expect(output()?.style.display).toBe('none');
    server.stream.send('two');
    await environment.advance(1000);
    expect(server.request.isAborted).toBe(false);
    await act(async () => resource.ready());
    expect(output()?.style.display).toBe('');
    expect(text()).toBe('open two sibling');
    expect(server.requests).toHaveLength(1);
    unmount();
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('makes one request where the sibling suspends from the start', async () => {
    const resource = createResource();
    const { server, environment, text, unmount } = show(resource);
    await environment.advance(1000);
    expect(text()).toBe('waiting');
    expect(server.requests).toHaveLength(0);
    await act(async () => resource.ready());
    await environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(text()).toBe('open  sibling');
    unmount();
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('goes on while a transition to another identity waits, which then takes over', async () => {
    const { server, environment, text, turn } = show();
    await environment.settle();
    server.stream.send('a1');
    await environment.settle();
    const resource = createResource();
    startTransition(() => turn('/b', resource));
    const old = server.stream;
    old.send('a2');
    await environment.advance(100);
    expect(text()).toBe('open a2 sibling');
    expect(server.requests).toHaveLength(1);
    await act(async () => resource.ready());
    await environment.settle();
    expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/b']);
    expect(old.isCancelled).toBe(true);
    expect(server.inProgress).toBe(1);
    expect(text()).toBe('open  sibling');
  });
});
