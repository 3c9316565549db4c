import { useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { createMockServer, type MockServer } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook, rendersWith } from '../support/render-hook.tsx';

expectQuietConsole();

describe.each(modes)('keepPrevious $mode', ({ isStrict }) => {
  const show = ({ environment }: MockServer) => {
    return renderHook(
      ({ url }: { url: string | null }) => {
        return useEventSource(url, {
          environment,
          keepPrevious: true,
          maxMessages: 2,
          reduce: (text: string, message) => text + message.data,
          initialState: url ?? '',
        });
      },
      { props: { url: '/a' }, isStrict },
    );
  };

  it('shows the old data as previous until the first new message', async () => {
    const server = createMockServer();
    const hook = show(server);
    await server.environment.settle();
    for (const data of ['a1', 'a2', 'a3']) server.stream.send({ data, event: data, id: data });
    await server.environment.advance(16);
    const props = { url: '/b' };
    hook.rerender(props);
    const kept = {
      data: 'a3',
      state: '/aa1a2a3',
      message: { data: 'a3' },
      messages: [{ data: 'a2' }, { data: 'a3' }],
      dropped: 1,
      latest: { a1: 'a1', a2: 'a2', a3: 'a3' },
      isPrevious: true,
    };
    for (const result of rendersWith(hook, props)) {
      expect(result).toMatchObject({ ...kept, status: 'connecting', lastEventId: '' });
    }
    await server.environment.settle();
    expect(hook.result).toMatchObject({ ...kept, status: 'open' });
    server.stream.send('b1');
    await server.environment.settle();
    expect(hook.result).toMatchObject({
      data: 'b1',
      state: '/bb1',
      messages: [{ data: 'b1' }],
      dropped: 0,
      isPrevious: false,
    });
    expect(hook.result.latest).toEqual({ message: 'b1' });
  });

  it('hands data on through an identity that received none', async () => {
    const server = createMockServer();
    const hook = show(server);
    await server.environment.settle();
    server.stream.send('a1');
    await server.environment.settle();
    hook.rerender({ url: '/b' });
    await server.environment.settle();
    hook.rerender({ url: '/c' });
    expect(hook.result).toMatchObject({ status: 'connecting', data: 'a1', isPrevious: true });
  });

  it('has nothing to show as previous where nothing was received', async () => {
    const server = createMockServer();
    const hook = show(server);
    await server.environment.settle();
    hook.rerender({ url: '/b' });
    expect(hook.result).toMatchObject({ data: undefined, state: '/b', isPrevious: false });
  });
  it('has nothing to show after null', async () => {
    const server = createMockServer();
    const hook = show(server);
    await server.environment.settle();
    server.stream.send('a1');
    await server.environment.settle();
    hook.rerender({ url: null });
    expect(hook.result).toMatchObject({ data: undefined, state: '', isPrevious: false });
    hook.rerender({ url: '/b' });
    expect(hook.result).toMatchObject({ data: undefined, state: '/b', isPrevious: false });
  });

  it('goes on showing the old data where the new identity fails', async () => {
    const server = createMockServer((_, index) =>
      index === 0 ? undefined : new Response('', { status: 404 }),
    );
    const hook = show(server);
    await server.environment.settle();
    server.stream.send('a1');
    await server.environment.settle();
    hook.rerender({ url: '/b' });
    await server.environment.settle();
    expect(hook.result).toMatchObject({ status: 'failed', data: 'a1', isPrevious: true });
  });
});
