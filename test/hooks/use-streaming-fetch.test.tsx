import { act, fireEvent, render, screen } from '@testing-library/react';
import { type ReactNode, useEffect } from 'react';
import { useStreamingFetch } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE } from '../support/wire.ts';

expectQuietConsole();

/** Lets React commit what a flush brought. */
const settled = (wire: ReturnType<typeof createWire>) => act(() => wire.environment.advance(50));

describe.each(modes)('useStreamingFetch, started by hand, $mode', ({ isStrict }) => {
  const renderIdle = (wire: ReturnType<typeof createWire>) =>
    renderHook(() => useStreamingFetch('/api', wire.options), { isStrict });

  it('is idle and sends nothing', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'idle', readyState: 2, attempt: 0, text: '' });
    expect(new Set(hook.renders.map(({ result }) => result.status))).toEqual(new Set(['idle']));
    expect(wire.requests).toHaveLength(0);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('streams once it is started, and the promise tells what was shown', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    const end = hook.result.start({ body: { prompt: 'Hi' } });
    await wire.send('Hel');
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'Hel' });
    await wire.send('lo');
    await wire.close();
    const snapshot = await end;
    await settled(wire);
    expect(hook.result).toMatchObject({ ...snapshot, status: 'done', text: 'Hello' });
    expect(wire.requests).toHaveLength(1);
    expect(wire.request).toMatchObject({ method: 'POST', body: '{"prompt":"Hi"}' });
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('gives `start`, `abort` and `reset` that never change, whatever the options become', async () => {
    const wire = createWire();
    const hook = renderHook(
      ({ url }: { url: string }) => useStreamingFetch(url, { ...wire.options, method: 'PUT' }),
      { props: { url: '/one' }, isStrict },
    );
    const { start, abort, reset } = hook.result;
    hook.rerender({ url: '/two' });
    void start();
    await settled(wire);
    expect(hook.result.start).toBe(start);
    expect(hook.result.abort).toBe(abort);
    expect(hook.result.reset).toBe(reset);
    expect(wire.requests.map(({ url }) => url)).toEqual(['/two']);
  });

  it('gives the same result object while nothing changes', () => {
    const wire = createWire();
    const hook = renderHook(() => useStreamingFetch('/api', wire.options), { isStrict });
    hook.rerender(undefined);
    expect(hook.shown).toHaveLength(1);
  });

  it('leaves a running request alone when URL and body change', async () => {
    const wire = createWire();
    const hook = renderHook(
      ({ url, body }: { url: string; body: string }) =>
        useStreamingFetch(url, { ...wire.options, body }),
      { props: { url: '/one', body: 'one' }, isStrict },
    );
    const first = hook.result.start();
    await wire.send('a');
    hook.rerender({ url: '/two', body: 'two' });
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'a', isPrevious: false });
    await wire.send('b');
    await wire.close();
    expect(await first).toMatchObject({ status: 'done', text: 'ab' });
    expect(wire.requests).toHaveLength(1);

    void hook.result.start();
    await wire.environment.settle();
    expect(wire.request).toMatchObject({ url: '/two', body: 'two' });
  });

  it('begins with the newest `initialState`, `maxMessages` and `maxTextLength`', async () => {
    const wire = createWire();
    const hook = renderHook(
      ({ limit }: { limit: number }) =>
        useStreamingFetch('/api', {
          ...wire.options,
          reduce: (count, { data }) => count + data.length,
          initialState: limit,
          maxMessages: limit,
          maxTextLength: limit,
        }),
      { props: { limit: 100 }, isStrict },
    );
    hook.rerender({ limit: 2 });
    const end = hook.result.start();
    for (const piece of ['ab', 'cd', 'ef']) await wire.send(piece);
    await wire.close();
    const { state, messages, dropped, text } = await end;
    expect([state, messages.length, dropped, text]).toEqual([8, 2, 1, 'ef']);
  });

  it('calls the newest callbacks, of a running request too', async () => {
    const wire = createWire();
    const heard: string[] = [];
    const hook = renderHook(
      ({ name }: { name: string }) =>
        useStreamingFetch('/api', {
          environment: wire.environment,
          onMessage: ({ data }) => void heard.push(`${name} hears ${data}`),
        }),
      { props: { name: 'first' }, isStrict },
    );
    void hook.result.start();
    await wire.send('a');
    hook.rerender({ name: 'second' });
    await wire.send('b');
    expect(heard).toEqual(['first hears a', 'second hears b']);
  });

  it('aborts by a button, and the text stays', async () => {
    const wire = createWire();
    function Answer(): ReactNode {
      const { text, status, start, abort } = useStreamingFetch('/api', wire.options);
      return (
        <>
          <button type="button" onClick={() => start()}>
            Ask
          </button>
          <button type="button" onClick={abort}>
            Stop
          </button>
          <output>{`${status}: ${text}`}</output>
        </>
      );
    }
    render(<Answer />, { reactStrictMode: isStrict });
    const output = screen.getByRole('status');
    fireEvent.click(screen.getByText('Ask'));
    expect(output.textContent).toBe('connecting: ');
    await act(() => wire.send('partial'));
    expect(output.textContent).toBe('open: partial');
    fireEvent.click(screen.getByText('Stop'));
    expect(output.textContent).toBe('aborted: partial');
    expect(wire.request.isAborted).toBe(true);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('shows nothing of the first of two starts', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    const first = hook.result.start();
    await wire.send('first');
    const second = hook.result.start();
    const shownBefore = hook.shown.length;
    wire.streams[0]?.write('late');
    await wire.send('second');
    await wire.close();
    expect(await first).toMatchObject({ status: 'aborted', reason: 'superseded' });
    expect(await second).toMatchObject({ status: 'done', text: 'second' });
    await settled(wire);
    const texts = hook.shown.slice(shownBefore).map(({ text }) => text);
    expect(texts.at(-1)).toBe('second');
    expect(texts.join()).not.toMatch(/first|late/);
  });

  it('never shows a terminal status before its data', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    void hook.result.start();
    for (const piece of ['a', 'b', 'c']) await wire.send(piece);
    await wire.close();
    await settled(wire);
    const done = hook.shown.filter(({ status }) => status === 'done');
    expect(done.map(({ text }) => text)).toEqual(['abc']);
  });

  it('aborts on unmount: the request, its promise, and every timer and listener', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    const end = hook.result.start();
    await wire.send('a');
    await wire.send('b');
    hook.unmount();
    const renders = hook.renders.length;
    expect(await end).toMatchObject({ status: 'aborted', reason: 'unmounted', text: 'ab' });
    expect(wire.request.isAborted).toBe(true);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
    await wire.environment.advance(1000);
    expect(hook.renders).toHaveLength(renders);
  });

  it('after unmount resolves `start()` with `aborted`, `unmounted`, without a request', async () => {
    const wire = createWire();
    const hook = renderIdle(wire);
    await settled(wire);
    const { start } = hook.result;
    hook.unmount();
    expect(await start()).toMatchObject({ status: 'aborted', reason: 'unmounted', text: '' });
    await wire.environment.advance(1000);
    expect(await start()).toMatchObject({ status: 'aborted', reason: 'unmounted' });
    expect(wire.requests).toHaveLength(0);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  it('can be started by an effect that aborts in its cleanup', async () => {
    const wire = createWire();
    const hook = renderHook(
      () => {
        const result = useStreamingFetch('/api', wire.options);
        const { start, abort } = result;
        useEffect(() => {
          void start();
          return abort;
        }, [start, abort]);
        return result;
      },
      { isStrict },
    );
    await wire.send('a');
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'a' });
    expect(wire.requests).toHaveLength(1);
  });

  it('can be started by the effect of a child', async () => {
    const wire = createWire();
    function Starter({ start }: { start: () => unknown }): ReactNode {
      useEffect(() => {
        void start();
      }, [start]);
      return null;
    }
    function Parent(): ReactNode {
      const { start, text } = useStreamingFetch('/api', wire.options);
      return (
        <>
          <Starter start={start} />
          <output>{text}</output>
        </>
      );
    }
    render(<Parent />, { reactStrictMode: isStrict });
    await act(() => wire.send('a'));
    expect(screen.getByRole('status').textContent).toBe('a');
    expect(wire.requests).toHaveLength(1);
  });

  it('shows nothing and sends nothing with `null` as URL, and clears what there was', async () => {
    const wire = createWire();
    const hook = renderHook(
      ({ url }: { url: string | null }) =>
        useStreamingFetch(url, { ...wire.options, keepPrevious: true }),
      { props: { url: '/api' as string | null }, isStrict },
    );
    void hook.result.start();
    await wire.send('a');
    await settled(wire);
    hook.rerender({ url: null });
    expect(hook.result).toMatchObject({ status: 'idle', text: '', data: undefined, messages: [] });
    await settled(wire);
    expect(wire.request.isAborted).toBe(true);
    expect(await hook.result.start()).toMatchObject({ status: 'idle', text: '' });
    expect(wire.requests).toHaveLength(1);
    hook.rerender({ url: '/api' });
    void hook.result.start();
    await wire.send('b');
    await settled(wire);
    expect(hook.result).toMatchObject({ status: 'open', text: 'b' });
  });
});
