import { act, fireEvent, render, within } from '@testing-library/react';
import { useContext, useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';
import { createMockFetch, createMockStream } from 'rivulet/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamContext, type StreamDefaults } from '../../../src/hooks/stream-context.ts';
import { panelIn, totalIn } from '../../../stories/wire-panel/find-panel.ts';
import { WithWire } from '../../../stories/wire-panel/with-wire.tsx';
import { expectQuietConsole } from '../../support/quiet-console.ts';
import { modes } from '../../support/render-hook.tsx';

expectQuietConsole();

/** A story with one stream that the test writes, and what reaches its hook from above. */
function createScene() {
  const streams = [createMockStream(), createMockStream()] as const;
  const mock = createMockFetch(
    (_request, index) => streams[index] ?? new Response('', { status: 204 }),
  );
  vi.stubGlobal('fetch', mock.fetch);
  const scene = {
    streams,
    mock,
    mounts: 0,
    config: {} as StreamDefaults, // replaced by the first render
    opened: [] as Response[],
    Story() {
      scene.config = useContext(StreamContext)?.({}, true) ?? {};
      const { data } = useEventSource('/feed', {
        onOpen: (response) => scene.opened.push(response),
      });
      const [mount] = useState(() => ({ isCounted: false }));
      useEffect(() => {
        // StrictMode runs the effects of one mount twice.
        if (!mount.isCounted) scene.mounts += 1;
        mount.isCounted = true;
      }, [mount]);
      return <p>{data ?? 'nothing'}</p>;
    },
  };
  return scene;
}

/** All that a provider can listen with. */
const EVERYTHING = [
  'fetch',
  'onOpen',
  'onChunk',
  'onMessage',
  'onError',
  'onStatusChange',
] as const;

const heard = (config: StreamDefaults) => EVERYTHING.filter((name) => config[name] !== undefined);

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe.each(modes)('a story with its wire panel, $mode', ({ isStrict }) => {
  function show(startsOpen = false, name: string | null = null) {
    const scene = createScene();
    const { Story } = scene;
    const tree = (
      <WithWire name={name} startsOpen={startsOpen}>
        <Story />
      </WithWire>
    );
    const view = render(tree, { reactStrictMode: isStrict });
    const panel = panelIn(view.container);
    const press = (button: string) =>
      fireEvent.click(within(panel).getByRole('button', { name: button }));
    return { ...view, scene, panel, press };
  }

  it('hears nothing while it is closed: no callback, no fetch of its own, no drawing', async () => {
    const { scene, panel, findByText } = show();
    const drawn = vi.fn<MutationCallback>();
    const observer = new MutationObserver(drawn);
    observer.observe(panel, {
      attributes: true,
      characterData: true,
      childList: true,
      subtree: true,
    });
    scene.streams[0].send('hello');
    await findByText('hello');
    observer.disconnect();
    expect(heard(scene.config)).toEqual([]);
    expect(drawn).not.toHaveBeenCalled();
    expect(panel.textContent).toBe('Wire');
  });

  it('is opened and closed without a new request and without mounting the story anew', async () => {
    const { scene, press, findByText } = show();
    scene.streams[0].send('one');
    await findByText('one');
    press('Wire');
    expect(heard(scene.config)).toEqual(EVERYTHING);
    scene.streams[0].send('two');
    await findByText('two');
    press('Wire');
    expect(heard(scene.config)).toEqual([]);
    scene.streams[0].send('three');
    await findByText('three');
    expect(scene.mounts).toBe(1);
    expect(scene.mock.requests).toHaveLength(1);
    expect(scene.mock.inProgress).toBe(1);
  });

  it('counts what comes after it was opened, and says that something came before', async () => {
    const { scene, panel, press, findByText } = show();
    scene.streams[0].send('before');
    await findByText('before');
    press('Wire');
    await within(panel).findByText(/^Nothing since then/);
    expect(totalIn(panel, 'Commits')).toBe(0);
    scene.streams[0].send('after');
    await within(panel).findByText('after');
    expect(within(panel).getByText(/^Opened while the story was running/)).toBeDefined();
    expect(['Requests', 'Chunks', 'Messages'].map((lane) => totalIn(panel, lane))).toEqual([
      0, 1, 1,
    ]);
  });

  it('restarts the story, and shows it from its first request', async () => {
    const { scene, panel, press, findByText } = show();
    scene.streams[0].send('before');
    await findByText('before');
    press('Wire');
    press('Restart the story');
    await within(panel).findByText('Request 1');
    expect(within(panel).queryByText(/^Opened while/)).toBeNull();
    expect(scene.mounts).toBe(2);
    expect(scene.mock.requests.map(({ isAborted }) => isAborted)).toEqual([true, false]);
  });

  it('counts from the mount on when it is open at first', async () => {
    const { scene, panel, findByText } = show(true);
    scene.streams[0].send('hello');
    await findByText('hello');
    await within(panel).findByText('hello');
    const totals = ['Requests', 'Chunks', 'Messages'].map((lane) => totalIn(panel, lane));
    expect(totals).toEqual([1, 1, 1]);
    expect(totalIn(panel, 'Commits')).toBeGreaterThan(1);
  });

  it('hands the hook the very response that came, and its abort to the request', async () => {
    const { scene, findByText, unmount } = show(true);
    scene.streams[0].send('hello');
    await findByText('hello');
    expect(scene.opened).toEqual([scene.streams[0].response]);
    expect(scene.opened[0]).toBe(scene.streams[0].response);
    unmount();
    await vi.waitFor(() => expect(scene.streams[0].isCancelled).toBe(true));
    expect(scene.mock.inProgress).toBe(0);
  });

  it('stays as it was left, in this session and under its name', async () => {
    const first = show(false, 'canvas');
    first.press('Wire');
    first.unmount();
    const second = show(false, 'canvas');
    expect(heard(second.scene.config)).toEqual(EVERYTHING);
    second.press('Wire');
    second.unmount();
    expect(heard(show(false, 'canvas').scene.config)).toEqual([]);
  });

  it('is remembered under no other name, and not at all without one', async () => {
    const named = show(false, 'one page');
    named.press('Wire');
    named.unmount();
    const unnamed = show();
    unnamed.press('Wire');
    unnamed.unmount();
    expect(heard(show(false, 'another page').scene.config)).toEqual([]);
    expect(heard(show().scene.config)).toEqual([]);
  });

  it('goes without memory where the browser refuses storage', async () => {
    vi.stubGlobal('sessionStorage', {
      getItem: () => {
        throw new DOMException('Refused.', 'SecurityError');
      },
    });
    const { scene, press } = show(false, 'canvas');
    expect(heard(scene.config)).toEqual([]);
    await act(async () => press('Wire'));
    expect(heard(scene.config)).toEqual(EVERYTHING);
  });
});
