import { act, render } from '@testing-library/react';
import { Activity, type ReactNode } from 'react';
import { type StreamingFetchOptions, type StreamingFetchResult, useStreamingFetch } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE } from '../support/wire.ts';

expectQuietConsole();

describe.each(modes)('useStreamingFetch in <Activity> $mode', ({ isStrict }) => {
  /** An answer that is hidden when it came as far as this, and shown again. */
  async function hideAndShow(
    options: StreamingFetchOptions,
    reach: (
      page: { result?: StreamingFetchResult },
      wire: ReturnType<typeof createWire>,
    ) => unknown,
  ) {
    const wire = createWire();
    const page: { result?: StreamingFetchResult } = {};
    function Answer({ onRender }: { onRender: (result: StreamingFetchResult) => void }): ReactNode {
      const result = useStreamingFetch('/api', { ...wire.options, ...options });
      onRender(result);
      return result.text;
    }
    const component = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Answer
          onRender={(result) => {
            page.result = result;
          }}
        />
      </Activity>
    );
    const view = render(component('visible'), { reactStrictMode: isStrict });
    const settle = () => act(() => wire.environment.advance(50));
    await settle();
    await reach(page, wire);
    await settle();
    view.rerender(component('hidden'));
    await settle();
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
    view.rerender(component('visible'));
    await settle();
    return { wire, page, settle, unmount: () => view.unmount() };
  }

  it('an `autoStart` GET that was hidden midway starts anew when it is shown', async () => {
    const { wire, page, settle, unmount } = await hideAndShow({ autoStart: true }, (_, far) =>
      far.send('half of '),
    );
    expect(wire.requests).toHaveLength(2);
    expect(page.result?.status).toBe('open');
    await wire.send('the whole');
    await wire.close();
    await settle();
    expect(page.result).toMatchObject({ status: 'done', text: 'the whole' });
    unmount();
  });

  it.each<[string, StreamingFetchOptions]>([
    ['an `autoStart` POST', { autoStart: true, body: 'question' }],
    ['an answer that the component started', {}],
  ])('%s stays aborted, with its text', async (_, options) => {
    const { wire, page, unmount } = await hideAndShow(options, async ({ result }, far) => {
      if (options.autoStart === undefined) void result?.start();
      await far.send('half of ');
    });
    expect(wire.requests).toHaveLength(1);
    expect(page.result).toMatchObject({
      status: 'aborted',
      reason: 'unmounted',
      text: 'half of ',
    });
    unmount();
  });

  it('an answer that is done stays so', async () => {
    const { wire, page, unmount } = await hideAndShow({ autoStart: true }, async (_, far) => {
      await far.send('all of it');
      await far.close();
    });
    expect(wire.requests).toHaveLength(1);
    expect(page.result).toMatchObject({ status: 'done', text: 'all of it' });
    unmount();
  });

  it('an answer that its user ended stays so', async () => {
    const { wire, page, unmount } = await hideAndShow({ autoStart: true }, ({ result }) =>
      result?.abort(),
    );
    expect(wire.requests).toHaveLength(1);
    expect(page.result).toMatchObject({ status: 'aborted', reason: 'caller' });
    unmount();
  });
});
