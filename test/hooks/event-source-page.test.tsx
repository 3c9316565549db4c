import { type EventSourceOptions, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

describe.each(modes)('useEventSource and its page $mode', ({ isStrict }) => {
  const open = async (options: EventSourceOptions = {}) => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      (given: EventSourceOptions) => useEventSource('/api', { environment, ...given }),
      { props: options, isStrict },
    );
    await environment.settle();
    server.stream.send({ data: 'one', id: 7 });
    await environment.settle();
    return { server, environment, hook };
  };

  it('stays connected in a hidden page, and becoming visible changes nothing', async () => {
    const { server, environment, hook } = await open();
    environment.setVisible(false);
    server.stream.send('two');
    await environment.advance(60_000);
    environment.setVisible(true);
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', data: 'two' });
    expect(server.requests).toHaveLength(1);
  });

  it('pauseWhenHidden pauses, says why, and resumes with the id', async () => {
    const { server, environment, hook } = await open({ pauseWhenHidden: true });
    environment.setVisible(false);
    await environment.settle();
    expect(hook.result).toMatchObject({
      status: 'paused',
      readyState: 0,
      pausedBy: ['hidden'],
      data: 'one',
    });
    expect(server.request.isAborted).toBe(true);
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    environment.setVisible(true);
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', pausedBy: [], data: 'one' });
    expect(server.request.headers.get('last-event-id')).toBe('7');
    expect(server.requests).toHaveLength(2);
  });

  it('with pauseWhenHidden a page that is hidden from the start waits for its turn', async () => {
    const server = createMockServer();
    const { environment } = server;
    environment.setVisible(false);
    const hook = renderHook(() => useEventSource('/api', { environment, pauseWhenHidden: true }), {
      isStrict,
    });
    await environment.advance(1000);
    expect(hook.result).toMatchObject({ status: 'paused', attempt: 0, pausedBy: ['hidden'] });
    expect(server.requests).toHaveLength(0);
    environment.setVisible(true);
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'open', attempt: 1 });
  });

  it('pauseWhenHidden leaves a POST alone', async () => {
    const { server, environment, hook } = await open({ pauseWhenHidden: true, body: 'question' });
    environment.setVisible(false);
    await environment.advance(60_000);
    environment.setVisible(true);
    await environment.settle();
    expect(hook.result.status).toBe('open');
    expect(server.requests).toHaveLength(1);
  });

  it('offline holds a retry back until online', async () => {
    const { server, environment, hook } = await open();
    environment.setOnline(false);
    server.stream.fail();
    await environment.settle();
    expect(hook.result).toMatchObject({
      status: 'paused',
      pausedBy: ['offline'],
      nextRetryAt: null,
      error: { code: 'network' },
    });
    await environment.advance(10_000);
    expect(server.requests).toHaveLength(1);
    environment.setOnline(true);
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(hook.result).toMatchObject({ status: 'open', error: null, pausedBy: [] });
  });

  it('online after offline replaces a connection that still looks open, once', async () => {
    const { server, environment, hook } = await open();
    environment.setOnline(false);
    await environment.settle();
    expect(hook.result.status).toBe('open');
    environment.setOnline(true);
    environment.setVisible(true);
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(server.inProgress).toBe(1);
    expect(hook.result).toMatchObject({ status: 'open', attempt: 2, data: 'one' });
  });

  it('unmounting while paused leaves nothing behind, and no signal wakes it', async () => {
    const { server, environment, hook } = await open({ pauseWhenHidden: true });
    environment.setVisible(false);
    await environment.settle();
    hook.unmount();
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    environment.setVisible(true);
    environment.setOnline(true);
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
  });

  it('enabled: false while paused is idle, and becoming visible does not connect', async () => {
    const { server, environment, hook } = await open({ pauseWhenHidden: true });
    environment.setVisible(false);
    await environment.settle();
    hook.rerender({ pauseWhenHidden: true, enabled: false });
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'idle', pausedBy: [] });
    environment.setVisible(true);
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('a stream without life for idleTimeoutMs is replaced, and says so meanwhile', async () => {
    const { server, environment, hook } = await open({ idleTimeoutMs: 5000 });
    await environment.advance(4000);
    server.stream.write(': heartbeat\n\n');
    await environment.advance(4000);
    expect(hook.result.status).toBe('open');
    await environment.advance(1000);
    expect(hook.result).toMatchObject({ status: 'waiting', error: { code: 'timeout-idle' } });
    await environment.advance(100);
    expect(server.requests).toHaveLength(2);
    expect(hook.result).toMatchObject({ status: 'open', error: null });
  });
});
