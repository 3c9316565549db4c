import { act, fireEvent, render, screen } from '@testing-library/react';
import { Profiler, type ReactNode } from 'react';
import { StreamConfig, useDownload } from 'rivulet';
import { createDownload } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { createFileWire, leftOfFiles, NOTHING_LEFT_OF_FILES } from '../support/file-wire.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

const takeComplaints = expectQuietConsole();

const ten = { headers: { 'content-length': '10', etag: '"v1"' } };

describe.each(modes)('useDownload $mode', ({ isStrict }) => {
  function mount(wire: ReturnType<typeof createFileWire>, options = {}) {
    const { environment } = wire;
    return renderHook(
      ({ url }: { readonly url: string | null }) => useDownload(url, { environment, ...options }),
      { props: { url: '/report.txt' }, isStrict },
    );
  }

  it('waits for `start()`, and is idle until then', async () => {
    const wire = createFileWire();
    const hook = mount(wire);
    expect(hook.renders[0]?.result).toMatchObject({ status: 'idle', loaded: 0, attempt: 0 });
    await wire.environment.advance(1000);
    expect(wire.requests).toHaveLength(0);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  it('downloads when it is told to, and saves', async () => {
    const wire = createFileWire([ten]);
    const hook = mount(wire);
    const end = hook.result.start();
    await wire.send('01234');
    expect(wire.requests).toHaveLength(1);
    expect(hook.result).toMatchObject({ status: 'open', loaded: 5, progress: 0.5 });
    await wire.send('56789');
    await wire.close();
    expect((await end).status).toBe('done');
    expect(hook.result).toMatchObject({ status: 'done', loaded: 10, fileName: 'report.txt' });
    expect(hook.result.save()).toBe(true);
    expect(wire.environment.saved.map(({ name }) => name)).toEqual(['report.txt']);
    hook.unmount();
    // The browser may take its time with the file.
    await wire.environment.advance(60_000);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  it('gives the same actions in every render', async () => {
    const wire = createFileWire();
    const hook = mount(wire);
    const { start, pause, resume, abort, reset, save } = hook.result;
    void start();
    await wire.send('0');
    hook.rerender({ url: '/report.txt' });
    expect(hook.result).toMatchObject({ start, pause, resume, abort, reset, save });
  });

  it('unmounting aborts the request: nothing later, nothing left', async () => {
    const wire = createFileWire([ten]);
    const statuses: string[] = [];
    const hook = mount(wire, { onStatusChange: (status: string) => void statuses.push(status) });
    const { start, save } = hook.result;
    const end = start().then((last) => {
      save();
      return last;
    });
    await wire.send('01234');
    hook.unmount();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'unmounted', loaded: 5 });
    expect(wire.requests.map(({ isAborted }) => isAborted)).toEqual([true]);
    await wire.environment.advance(60_000);
    expect(wire.environment.saved).toEqual([]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    expect(statuses).toEqual(['connecting', 'open', 'aborted']);
    expect(await start()).toMatchObject({ status: 'aborted', reason: 'unmounted' });
    expect(wire.requests).toHaveLength(1);
  });

  it.each(['connecting', 'paused', 'waiting'])(
    'unmounting in %s leaves nothing',
    async (status) => {
      const wire = createFileWire([ten]);
      const hook = mount(wire, { resumable: true, retry: {} });
      void hook.result.start();
      if (status !== 'connecting') await wire.send('01234');
      if (status === 'waiting') await wire.drop();
      if (status === 'paused') hook.result.pause();
      await wire.environment.settle();
      hook.unmount();
      await wire.environment.settle();
      expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    },
  );

  it('pauses and resumes', async () => {
    const wire = createFileWire([
      ten,
      { status: 206, headers: { 'content-range': 'bytes 5-9/10' } },
    ]);
    const hook = mount(wire, { resumable: true });
    const end = hook.result.start();
    await wire.send('01234');
    hook.result.pause();
    await wire.environment.settle();
    expect(hook.result).toMatchObject({ status: 'paused', pausedBy: ['user'], loaded: 5 });
    hook.result.resume();
    await wire.send('56789');
    await wire.close();
    const { result, restarted } = await end;
    expect([await result?.text(), restarted]).toEqual(['0123456789', false]);
  });

  it('a running download is left alone when the URL changes', async () => {
    const wire = createFileWire([
      ten,
      { status: 206, headers: { 'content-range': 'bytes 5-9/10' } },
      {},
    ]);
    const hook = mount(wire, { resumable: true });
    const end = hook.result.start();
    await wire.send('01234');
    hook.rerender({ url: '/other.txt' });
    hook.result.pause();
    hook.result.resume();
    await wire.send('56789');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', fileName: 'report.txt' });
    void hook.result.start();
    await wire.environment.settle();
    expect(wire.requests.map(({ url }) => url)).toEqual([
      '/report.txt',
      '/report.txt',
      '/other.txt',
    ]);
  });

  it('without a URL nothing runs, and everything is cleared', async () => {
    const wire = createFileWire([ten]);
    const hook = mount(wire);
    const end = hook.result.start();
    await wire.send('01234');
    hook.rerender({ url: null });
    expect(hook.result).toMatchObject({ status: 'idle', loaded: 0, total: null, fileName: null });
    expect(await end).toMatchObject({ status: 'aborted', reason: 'unmounted' });
    expect(await hook.result.start()).toMatchObject({ status: 'idle' });
    expect(wire.requests).toHaveLength(1);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    hook.rerender({ url: '/report.txt' });
    void hook.result.start();
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(2);
  });

  it('a callback is the newest closure', async () => {
    const wire = createFileWire();
    const { environment } = wire;
    const seen: string[] = [];
    const hook = renderHook(
      (name: string) =>
        useDownload('/file', {
          environment,
          onProgress: ({ loaded }) => void seen.push(`${name} ${loaded}`),
          onChunk: (_, { loaded }) => void seen.push(`${name} chunk ${loaded}`),
        }),
      { props: 'old', isStrict },
    );
    void hook.result.start();
    await wire.send('0');
    hook.rerender('new');
    await wire.send('1');
    expect(seen).toEqual(['old chunk 1', 'old 1', 'new chunk 2', 'new 2']);
  });

  it('refuses wrong options during render', () => {
    const options = { expectedBytes: Number.NaN };
    expect(() => renderHook(() => useDownload('/file', options), { isStrict })).toThrow(
      'expectedBytes',
    );
    takeComplaints();
  });

  it('takes defaults from a provider, and its callbacks first', async () => {
    const wire = createFileWire([{ status: 503 }, {}]);
    const { environment } = wire;
    const seen: string[] = [];
    const hook = renderHook(
      () =>
        useDownload('/file', {
          headers: { 'x-b': '2' },
          onStatusChange: (status) => void seen.push(`own ${status}`),
        }),
      {
        isStrict,
        within: (component) => (
          <StreamConfig
            environment={environment}
            headers={{ 'x-a': '1', 'x-b': '1' }}
            retry={{ baseDelayMs: 1 }}
            onStatusChange={(status) => void seen.push(`all ${status}`)}
          >
            {component}
          </StreamConfig>
        ),
      },
    );
    const end = hook.result.start();
    await wire.close();
    // A provider's `retry` sets fields; it never switches retrying on.
    expect(await end).toMatchObject({ status: 'failed', error: { status: 503 } });
    expect(wire.requests[0]?.headers.get('x-a')).toBe('1');
    expect(wire.requests[0]?.headers.get('x-b')).toBe('2');
    expect(seen).toEqual(['all connecting', 'own connecting', 'all failed', 'own failed']);
  });

  it('a controller in place of the URL outlives the component and is shown again', async () => {
    const wire = createFileWire([ten]);
    const job = createDownload('/report.txt', wire.options);
    const show = () => renderHook(() => useDownload(job), { isStrict });
    const first = show();
    expect(first.result.status).toBe('idle');
    expect(first.result.start).toBe(job.start);
    const end = first.result.start();
    await wire.send('01234');
    expect(first.result).toMatchObject({ status: 'open', loaded: 5 });
    first.unmount();
    await wire.environment.settle();
    expect(wire.requests[0]?.isAborted).toBe(false);
    await wire.send('567');
    await wire.environment.advance(16);
    const second = show();
    expect(second.renders[0]?.result).toMatchObject({ status: 'open', loaded: 8, progress: 0.8 });
    await wire.send('89');
    await wire.close();
    expect((await end).status).toBe('done');
    expect(second.result).toMatchObject({ status: 'done', loaded: 10 });
    second.unmount();
    expect(await show().result.result?.text()).toBe('0123456789');
    expect(wire.requests).toHaveLength(1);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  it('10,000 chunks make at most frames + 5 commits, and every one is counted', async () => {
    const wire = createFileWire([{ headers: { 'content-length': '10000' } }]);
    const { environment } = wire;
    let commits = 0;
    let sum = 0;
    function Bar(): ReactNode {
      const job = useDownload('/file', {
        environment,
        onChunk: ({ length }) => void (sum += length),
      });
      return (
        <button type="button" onClick={() => job.start()}>
          <progress aria-label="file" value={job.progress ?? undefined} />
        </button>
      );
    }
    render(
      <Profiler id="bar" onRender={() => void (commits += 1)}>
        <Bar />
      </Profiler>,
      { reactStrictMode: isStrict },
    );
    commits = 0;
    fireEvent.click(screen.getByRole('button'));
    const begun = environment.now();
    for (let sent = 0; sent < 10_000; sent += 100) {
      await wire.send(...Array.from({ length: 100 }, () => 'x'));
      await environment.advance(7);
    }
    await wire.close();
    await act(() => environment.settle());
    const frames = Math.ceil((environment.now() - begun) / 16);
    expect([sum, screen.getByRole('progressbar')]).toEqual([
      10_000,
      expect.objectContaining({ value: 1 }),
    ]);
    expect(commits).toBeGreaterThan(frames / 2);
    expect(commits).toBeLessThanOrEqual(frames + 5);
  });
});
