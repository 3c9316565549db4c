import { act, render } from '@testing-library/react';
import { type ReactNode, StrictMode, Suspense } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { StreamConfig, type StreamingFetchController, useStreamingFetch } from 'rivulet';
import { createStreamingFetch } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook, rendersWith } from '../support/render-hook.tsx';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE, type Wire } from '../support/wire.ts';

expectQuietConsole();

const settled = (wire: Wire) => act(() => wire.environment.advance(50));

describe.each(modes)('`autoStart` that is switched $mode', ({ isStrict }) => {
  const renderSwitched = (wire: Wire, isAuto: boolean) =>
    renderHook(
      ({ autoStart, url = '/api' }: { autoStart: boolean; url?: string }) =>
        useStreamingFetch(url, { ...wire.options, autoStart }),
      { props: { autoStart: isAuto }, isStrict },
    );

  it('off leaves the run and its text alone', async () => {
    const wire = createWire();
    const hook = renderSwitched(wire, true);
    await settled(wire);
    await act(() => wire.send('abc'));
    hook.rerender({ autoStart: false });
    await settled(wire);
    await act(() => wire.send('def'));
    await act(() => wire.close());
    expect(hook.result).toMatchObject({ status: 'done', text: 'abcdef' });
    hook.rerender({ autoStart: true });
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'done', text: 'abcdef' });
    expect(wire.requests).toHaveLength(1);
    hook.rerender({ autoStart: true, url: '/other' });
    await settled(wire);
    expect(wire.requests).toHaveLength(2);
  });

  it('on starts what is idle, and leaves a running request alone', async () => {
    const wire = createWire();
    const hook = renderSwitched(wire, false);
    await settled(wire);
    expect(wire.requests).toHaveLength(0);
    hook.rerender({ autoStart: true });
    await settled(wire);
    expect(wire.requests).toHaveLength(1);

    const other = createWire();
    const manual = renderSwitched(other, false);
    await settled(other);
    act(() => void manual.result.start());
    await settled(other);
    manual.rerender({ autoStart: true });
    await settled(other);
    expect(manual.result.status).toBe('open');
    expect(other.requests).toHaveLength(1);
  });
});

describe.each(modes)('useStreamingFetch with `autoStart` $mode', ({ isStrict }) => {
  interface Props {
    readonly url: string;
    readonly body?: object;
    readonly key?: string;
  }
  const renderAuto = (wire: Wire, props: Props, options: { keepPrevious?: boolean } = {}) =>
    renderHook(
      ({ url, body, key }: Props) =>
        useStreamingFetch(url, {
          ...wire.options,
          ...options,
          autoStart: true,
          key,
          body: body && { ...body },
        }),
      { props, isStrict },
    );

  it('is connecting from the first render on', () => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/api' });
    expect(hook.renders[0]?.result).toMatchObject({
      status: 'connecting',
      readyState: 0,
      attempt: 1,
      text: '',
      error: null,
    });
  });

  it('sends one request, and none for a new render', async () => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/api', body: { n: 1 } });
    await wire.send('a');
    hook.rerender({ url: '/api', body: { n: 1 } });
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'a' });
    expect(wire.requests).toHaveLength(1);
    expect(hook.shown.map(({ status }) => status)).not.toContain('idle');
  });

  it('does not start again by itself when it is done', async () => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/api' });
    await wire.close();
    await settled(wire);
    hook.rerender({ url: '/api' });
    await wire.environment.advance(10_000);
    expect(hook.result.status).toBe('done');
    expect(wire.requests).toHaveLength(1);
    void hook.result.start();
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(2);
  });

  it.each<[string, Props]>([
    ['URL', { url: '/two', body: { n: 1 } }],
    ['body', { url: '/one', body: { n: 2 } }],
    ['key', { url: '/one', body: { n: 1 }, key: 'other user' }],
  ])('shows nothing old in the very render in which the %s changes', async (_, next) => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/one', body: { n: 1 } });
    await wire.send('old');
    await settled(wire);
    expect(hook.result.text).toBe('old');
    hook.rerender(next);
    for (const result of rendersWith(hook, next)) {
      expect(result).toMatchObject({ status: 'connecting', text: '', data: undefined });
    }
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(2);
    expect(wire.requests[0]?.isAborted).toBe(true);
    await wire.send('new');
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'new', isPrevious: false });
  });

  it('with `keepPrevious` shows the old text until the first new message', async () => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/one' }, { keepPrevious: true });
    await wire.send('old');
    await wire.close();
    await settled(wire);
    const next = { url: '/two' };
    hook.rerender(next);
    for (const result of rendersWith(hook, next)) {
      expect(result).toMatchObject({
        status: 'connecting',
        text: 'old',
        data: 'old',
        isPrevious: true,
      });
    }
    await wire.environment.settle();
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'old', isPrevious: true });
    await wire.send('new');
    await settled(wire);
    expect(hook.result).toMatchObject({ text: 'new', isPrevious: false });
    expect(hook.result.messages).toHaveLength(1);
  });

  it('aborts on unmount and leaves nothing behind', async () => {
    const wire = createWire();
    const hook = renderAuto(wire, { url: '/api' });
    await wire.send('a');
    hook.unmount();
    await wire.environment.settle();
    expect(wire.request.isAborted).toBe(true);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('sends nothing when it is unmounted in the task in which it was mounted', async () => {
    const wire = createWire();
    renderAuto(wire, { url: '/api' }).unmount();
    await wire.environment.advance(1000);
    expect(wire.requests).toHaveLength(0);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('is not cut by a sibling that suspends', async () => {
    const wire = createWire();
    let isReady = false;
    let resume = () => {};
    const waiting = new Promise<void>((resolve) => {
      resume = resolve;
    });
    function Sleeper(): ReactNode {
      if (!isReady) throw waiting;
      return 'awake';
    }
    function Answer(): ReactNode {
      const { text } = useStreamingFetch('/api', { ...wire.options, autoStart: true });
      return <p>{text}</p>;
    }
    const page = (isAsleep: boolean) => (
      <Suspense fallback="loading">
        <Answer />
        {isAsleep && <Sleeper />}
      </Suspense>
    );
    const view = render(page(false), { reactStrictMode: isStrict });
    await act(() => wire.send('a'));
    view.rerender(page(true));
    await act(() => wire.send('b'));
    isReady = true;
    await act(async () => resume());
    await settled(wire);
    expect(view.container.textContent).toBe('abawake');
    expect(wire.requests).toHaveLength(1);
    expect(wire.request.isAborted).toBe(false);
  });
});

describe.each(modes)(
  'a controller in place of the URL of useStreamingFetch $mode',
  ({ isStrict }) => {
    it('is shown, and never started or aborted by the hook', async () => {
      const wire = createWire();
      const controller = createStreamingFetch('/api', wire.options);
      const hook = renderHook((given: StreamingFetchController) => useStreamingFetch(given), {
        props: controller,
        isStrict,
      });
      await settled(wire);
      expect(hook.result).toMatchObject({ status: 'idle', text: '' });
      expect(wire.requests).toHaveLength(0);

      const end = controller.start();
      await wire.send('a');
      await settled(wire);
      expect(hook.result).toMatchObject({ status: 'open', text: 'a' });
      hook.unmount();
      await wire.send('b');
      await wire.close();
      expect(await end).toMatchObject({ status: 'done', text: 'ab' });
    });

    it('gives its own actions, which work without a component as well', async () => {
      const wire = createWire();
      const controller = createStreamingFetch('/api', wire.options);
      const hook = renderHook(() => useStreamingFetch(controller), { isStrict });
      const { start, abort } = hook.result;
      void start();
      await wire.send('a');
      abort();
      expect(controller.getSnapshot()).toMatchObject({ status: 'aborted', text: 'a' });
      hook.unmount();
      await wire.environment.settle();
      const again = start();
      await wire.send('b');
      await wire.close();
      expect((await again).text).toBe('b');
    });

    it('can be exchanged for another, whose state shows in the very same render', async () => {
      const wire = createWire();
      const [one, two] = [1, 2].map((n) => createStreamingFetch(`/${n}`, wire.options));
      if (one === undefined || two === undefined) throw new Error('There are two.');
      const second = two.start();
      await wire.send('two');
      await wire.close();
      await second;
      const hook = renderHook((given: StreamingFetchController) => useStreamingFetch(given), {
        props: one,
        isStrict,
      });
      hook.rerender(two);
      for (const { text } of rendersWith(hook, two)) expect(text).toBe('two');
    });
  },
);

describe('useStreamingFetch and the server', () => {
  const options = { autoStart: true } as const;

  function Both(): ReactNode {
    const byHand = useStreamingFetch('/a');
    const byItself = useStreamingFetch('/b', options);
    return `${byHand.status} ${byItself.status}`;
  }

  it('renders `idle`, with autoStart `connecting`, and hydrates without a warning', async () => {
    const wire = createWire();
    const page = (
      <StrictMode>
        <StreamConfig environment={wire.environment}>
          <Both />
        </StreamConfig>
      </StrictMode>
    );
    const html = renderToString(page);
    expect(html.replaceAll('<!-- -->', '')).toBe('idle connecting');
    expect(wire.requests).toHaveLength(0);
    const container = document.createElement('div');
    container.innerHTML = html;
    const root = await act(async () => hydrateRoot(container, page));
    await settled(wire);
    expect(container.textContent).toBe('idle open');
    expect(wire.requests.map(({ url }) => url)).toEqual(['/b']);
    act(() => root.unmount());
  });
});

describe('useStreamingFetch below <StreamConfig>', () => {
  it('takes its defaults, and is not repeated because of its `retry`', async () => {
    const heard: string[] = [];
    const wire = createWire({ respond: () => new Response('', { status: 503 }) });
    const hook = renderHook(
      () => useStreamingFetch('/api', { headers: { 'x-own': '1', 'x-both': 'own' } }),
      {
        within: (component) => (
          <StreamConfig
            environment={wire.environment}
            headers={{ 'x-both': 'provider', 'x-provider': '1' }}
            retry={{ baseDelayMs: 1 }}
            onStatusChange={(status) => void heard.push(status)}
          >
            {component}
          </StreamConfig>
        ),
      },
    );
    const end = hook.result.start();
    await act(() => wire.environment.advance(100_000));
    expect((await end).error?.code).toBe('http-status');
    expect(wire.requests).toHaveLength(1);
    const headers = Object.fromEntries(wire.request.headers);
    expect(headers).toMatchObject({ 'x-own': '1', 'x-both': 'own', 'x-provider': '1' });
    expect(heard).toEqual(['connecting', 'failed']);
  });
});

function Wrong(): ReactNode {
  useStreamingFetch('/api', { maxMessages: Number.NaN });
  return null;
}

describe('wrong options of useStreamingFetch', () => {
  it('throw during render, with name and value', () => {
    expect(() => renderToString(<Wrong />)).toThrow('`maxMessages` must be a whole number');
  });
});
