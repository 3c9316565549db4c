import { render } from '@testing-library/react';
import { Profiler, type ReactNode } from 'react';
import { type FlushMode, useEventSource } from 'rivulet';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

describe.each(modes)('flushes of useEventSource $mode', ({ isStrict }) => {
  const open = async (flush?: FlushMode, frames = true) => {
    const server = createMockServer(undefined, { frames });
    const { environment } = server;
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          flush,
          reduce: (text: string, { data }) => text + data,
          initialState: '',
        }),
      { isStrict },
    );
    await environment.settle();
    server.stream.send('a');
    await environment.settle();
    expect(hook.result.data).toBe('a');
    return { server, environment, hook };
  };

  it.each([undefined, 'auto', 'frame'] as const)(
    'with flush %s the first data come at once, what follows with the next frame',
    async (flush) => {
      const { server, environment, hook } = await open(flush);
      const commits = hook.shown.length;
      for (const data of ['b', 'c', 'd']) {
        server.stream.send(data);
        await environment.settle();
      }
      expect(hook.shown).toHaveLength(commits);
      await environment.advance(16);
      expect(hook.shown).toHaveLength(commits + 1);
      expect(hook.result).toMatchObject({ data: 'd', state: 'abcd' });
    },
  );

  it("with flush 'sync' every chunk is shown without a frame", async () => {
    const { server, environment, hook } = await open('sync');
    const commits = hook.shown.length;
    for (const data of ['b', 'c', 'd']) {
      server.stream.send(data);
      await environment.settle();
      expect(hook.result.data).toBe(data);
    }
    expect(hook.shown).toHaveLength(commits + 3);
  });

  it('a number is the least time between two flushes, in ms', async () => {
    const { server, environment, hook } = await open(200);
    const commits = hook.shown.length;
    for (let elapsed = 0; elapsed < 1000; elapsed += 10) {
      server.stream.send('x');
      await environment.advance(10);
    }
    expect(hook.shown.length - commits).toBeGreaterThanOrEqual(4);
    expect(hook.shown.length - commits).toBeLessThanOrEqual(5);
    await environment.advance(300);
    expect(hook.result.state).toBe(`a${'x'.repeat(100)}`);
  });

  it("'auto' slows down to 50 ms for text from 20,000 characters on", async () => {
    const count = async (length: number) => {
      const { server, environment, hook } = await open('auto');
      server.stream.send('y'.repeat(length));
      await environment.advance(100);
      const commits = hook.shown.length;
      for (let elapsed = 0; elapsed < 1600; elapsed += 16) {
        server.stream.send('x');
        await environment.advance(16);
      }
      return hook.shown.length - commits;
    };
    expect(await count(19_000)).toBe(100);
    const slow = await count(20_000);
    expect(slow).toBeGreaterThanOrEqual(24);
    expect(slow).toBeLessThanOrEqual(33);
  });

  it('without frames, as in a hidden page, at most one commit in 100 ms', async () => {
    const { server, environment, hook } = await open('auto', false);
    const commits = hook.shown.length;
    for (let elapsed = 0; elapsed < 1000; elapsed += 10) {
      server.stream.send('x');
      await environment.advance(10);
    }
    expect(hook.shown.length - commits).toBeLessThanOrEqual(10);
    expect(hook.shown.length - commits).toBeGreaterThanOrEqual(8);
    await environment.advance(100);
    expect(hook.result.messages).toHaveLength(100);
    expect(hook.result.state).toBe(`a${'x'.repeat(100)}`);
  });

  it('a status change shows everything at once', async () => {
    const { server, environment, hook } = await open();
    server.stream.send('b');
    server.stream.fail();
    await environment.settle();
    expect(hook.result).toMatchObject({ status: 'waiting', data: 'b' });
    expect(hook.shown.filter(({ status }) => status === 'waiting')).toHaveLength(1);
  });

  it('ten streams of a page reach React in one commit per frame', async () => {
    const server = createMockServer();
    const { environment } = server;
    let commits = 0;
    function Ticker({ name }: { name: number }): ReactNode {
      const { data } = useEventSource(`/api/${name}`, { environment });
      return <li>{`${name}: ${data}`}</li>;
    }
    const names = Array.from({ length: 10 }, (_, index) => index);
    const view = render(
      <Profiler id="page" onRender={() => void (commits += 1)}>
        {names.map((name) => (
          <Ticker key={name} name={name} />
        ))}
      </Profiler>,
      { reactStrictMode: isStrict },
    );
    await environment.settle();
    for (const stream of server.streams) stream.send('first');
    await environment.settle();
    for (let frame = 1; frame <= 5; frame += 1) {
      commits = 0;
      for (const stream of server.streams) {
        stream.send(`early in ${frame}`);
        await environment.settle();
        stream.send(`frame ${frame}`);
      }
      await environment.settle();
      expect(commits).toBe(0);
      await environment.advance(16);
      expect(commits).toBe(1);
      expect([...view.container.querySelectorAll('li')].map((item) => item.textContent)).toEqual(
        names.map((name) => `${name}: frame ${frame}`),
      );
    }
    view.unmount();
    await environment.settle();
    expect(server.streams).toHaveLength(10);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('two hooks of one component make one commit per frame', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      () => {
        const left = useEventSource('/left', { environment });
        const right = useEventSource('/right', { environment, flush: 'frame' });
        return `${left.data} ${right.data}`;
      },
      { isStrict },
    );
    await environment.settle();
    for (const stream of server.streams) stream.send('1');
    await environment.settle();
    const commits = hook.shown.length;
    for (const stream of server.streams) stream.send('2');
    await environment.advance(16);
    expect(hook.result).toBe('2 2');
    expect(hook.shown).toHaveLength(commits + 1);
  });

  it('flush may change while the stream runs', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook((flush: FlushMode) => useEventSource('/api', { environment, flush }), {
      props: 'frame',
      isStrict,
    });
    await environment.settle();
    server.stream.send('a');
    await environment.settle();
    hook.rerender('sync');
    server.stream.send('b');
    await environment.settle();
    expect(hook.result.data).toBe('b');
    expect(server.requests).toHaveLength(1);
  });
});
