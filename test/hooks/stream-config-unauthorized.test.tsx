import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { StreamConfig, type StreamError, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

/** A server that knows one token, and a refresh that the test lets end. */
function createGuarded() {
  const state = { wanted: 'fresh', token: 'stale' };
  const refreshes: { readonly error: StreamError; readonly end: (token: string) => void }[] = [];
  const server = createMockServer(({ headers }) =>
    headers.get('authorization') === state.wanted ? undefined : new Response('', { status: 401 }),
  );
  const refresh = (error: StreamError) => {
    return new Promise<void>((resolve) => {
      refreshes.push({
        error,
        end(token) {
          state.token = token;
          resolve();
        },
      });
    });
  };
  return {
    state,
    server,
    environment: server.environment,
    refreshes,
    refresh,
    headers: () => ({ authorization: state.token }),
  };
}

const names = Array.from({ length: 10 }, (_, index) => `/stream/${index}`);

describe.each(modes)('onUnauthorized $mode', ({ isStrict }) => {
  it('is called once for ten streams of a provider; each then tries once more', async () => {
    const { server, environment, refreshes, refresh, headers } = createGuarded();
    const statuses: string[] = [];
    const errors: unknown[] = [];
    function Source({ url }: { url: string }): ReactNode {
      const { status, attempt, error } = useEventSource(url);
      return <li>{`${status} ${attempt} ${error?.code ?? ''}`}</li>;
    }
    const view = render(
      <StreamConfig
        environment={environment}
        headers={headers}
        onUnauthorized={refresh}
        onStatusChange={(status) => statuses.push(status)}
        onError={({ status }, { willRetry, nextRetryAt }) => {
          errors.push([status, willRetry, nextRetryAt]);
        }}
      >
        {names.map((url) => (
          <Source key={url} url={url} />
        ))}
      </StreamConfig>,
      { reactStrictMode: isStrict },
    );
    const shown = () => [...view.container.querySelectorAll('li')].map((item) => item.textContent);
    await environment.advance(1000);
    expect(refreshes).toHaveLength(1);
    expect(refreshes[0]?.error).toMatchObject({ code: 'http-status', status: 401, attempt: 1 });
    expect(server.requests).toHaveLength(10);
    expect(new Set(shown())).toEqual(new Set(['connecting 1 ']));
    refreshes[0]?.end('fresh');
    await environment.settle();
    expect(refreshes).toHaveLength(1);
    expect(server.requests).toHaveLength(20);
    expect(new Set(shown())).toEqual(new Set(['open 2 ']));
    expect(statuses.toSorted()).toEqual([
      ...names.map(() => 'connecting'),
      ...names.map(() => 'open'),
    ]);
    expect(errors).toEqual(names.map(() => [401, true, null]));
  });

  it('a second 401 fails, without another call', async () => {
    const { server, environment, refreshes, refresh, headers } = createGuarded();
    const hook = renderHook(
      () => useEventSource('/api', { environment, headers, onUnauthorized: refresh }),
      { isStrict },
    );
    await environment.settle();
    refreshes[0]?.end('still stale');
    await environment.advance(60_000);
    expect(hook.result).toMatchObject({ status: 'failed', attempt: 2, error: { status: 401 } });
    expect(refreshes).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('is called again after a successful open between', async () => {
    const { state, server, environment, refreshes, refresh, headers } = createGuarded();
    const hook = renderHook(
      () => useEventSource('/api', { environment, headers, onUnauthorized: refresh }),
      { isStrict },
    );
    await environment.settle();
    refreshes[0]?.end('fresh');
    await environment.settle();
    expect(hook.result.status).toBe('open');
    state.wanted = 'fresher';
    server.stream.close();
    await environment.advance(100);
    expect(refreshes).toHaveLength(2);
    refreshes[1]?.end('fresher');
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', error: null });
  });

  it('of a hook goes before that of its provider', async () => {
    const outer = createGuarded();
    const inner = createGuarded();
    renderHook(
      () =>
        useEventSource('/api', {
          environment: inner.environment,
          headers: inner.headers,
          onUnauthorized: inner.refresh,
        }),
      {
        isStrict,
        within: (component) => (
          <StreamConfig onUnauthorized={outer.refresh}>{component}</StreamConfig>
        ),
      },
    );
    await inner.environment.settle();
    expect([outer.refreshes.length, inner.refreshes.length]).toEqual([0, 1]);
  });

  it('is one call for each of two providers, also if both were given the same function', async () => {
    const { environment, refreshes, refresh, headers } = createGuarded();
    function Source({ url }: { url: string }): ReactNode {
      return useEventSource(url, { environment, headers }).status;
    }
    render(
      <>
        <StreamConfig onUnauthorized={refresh}>
          <Source url="/a" />
        </StreamConfig>
        <StreamConfig onUnauthorized={refresh}>
          <Source url="/b" />
          <Source url="/c" />
        </StreamConfig>
      </>,
      { reactStrictMode: isStrict },
    );
    await environment.settle();
    expect(refreshes).toHaveLength(2);
  });

  it('is one call for a function that several hooks were given', async () => {
    const { environment, refreshes, refresh, headers } = createGuarded();
    renderHook(
      () => {
        const options = { environment, headers, onUnauthorized: refresh };
        return [useEventSource('/a', options), useEventSource('/b', options)];
      },
      { isStrict },
    );
    await environment.settle();
    expect(refreshes).toHaveLength(1);
  });

  it('is the newest function of its provider', async () => {
    const { environment, headers } = createGuarded();
    const called: string[] = [];
    function Source(): ReactNode {
      return useEventSource('/api', { environment, headers }).status;
    }
    const component = (name: string) => (
      <StreamConfig onUnauthorized={() => void called.push(name)}>
        <Source />
      </StreamConfig>
    );
    const view = render(component('first'), { reactStrictMode: isStrict });
    view.rerender(component('second'));
    await environment.settle();
    expect(called).toEqual(['second']);
  });

  it('stays one call while its provider renders again, and streams come in between', async () => {
    const { server, environment, refreshes, refresh, headers } = createGuarded();
    function Source({ url }: { url: string }): ReactNode {
      return useEventSource(url, { environment, headers }).status;
    }
    const component = (...urls: readonly string[]) => (
      <StreamConfig onUnauthorized={(error) => refresh(error)}>
        {urls.map((url) => (
          <Source key={url} url={url} />
        ))}
      </StreamConfig>
    );
    const view = render(component('/a'), { reactStrictMode: isStrict });
    await environment.settle();
    view.rerender(component('/a', '/b'));
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(refreshes).toHaveLength(1);
    refreshes[0]?.end('fresh');
    await environment.settle();
    expect(view.container.textContent).toBe('openopen');
    expect(refreshes).toHaveLength(1);
  });

  it('that fails is reported, and the next 401 is final', async () => {
    const { server, environment, headers } = createGuarded();
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          headers,
          onUnauthorized: async () => {
            throw new Error('no session');
          },
        }),
      { isStrict },
    );
    await environment.settle();
    expect(environment.reported).toEqual([new Error('no session')]);
    expect(hook.result).toMatchObject({ status: 'failed', error: { status: 401 } });
    expect(server.requests).toHaveLength(2);
  });

  it('lets a POST be sent once more, which `retry: false` forbids', async () => {
    const allowed = createGuarded();
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment: allowed.environment,
          headers: allowed.headers,
          body: 'question',
          onUnauthorized: allowed.refresh,
        }),
      { isStrict },
    );
    await allowed.environment.settle();
    allowed.refreshes[0]?.end('fresh');
    await allowed.environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', attempt: 2 });
    expect(allowed.server.requests.map(({ body }) => body)).toEqual(['question', 'question']);

    const forbidden = createGuarded();
    const other = renderHook(
      () =>
        useEventSource('/api', {
          environment: forbidden.environment,
          headers: forbidden.headers,
          retry: false,
          onUnauthorized: forbidden.refresh,
        }),
      { isStrict },
    );
    await forbidden.environment.settle();
    expect(other.result).toMatchObject({ status: 'failed', error: { status: 401 } });
    expect(forbidden.refreshes).toHaveLength(0);
  });

  it('unmounting while it runs sends nothing afterwards', async () => {
    const { server, environment, refreshes, refresh, headers } = createGuarded();
    const hook = renderHook(
      () => useEventSource('/api', { environment, headers, onUnauthorized: refresh }),
      { isStrict },
    );
    await environment.settle();
    hook.unmount();
    await environment.settle();
    refreshes[0]?.end('fresh');
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});
