import { type EventSourceOptions, type StreamMessage, useEventSource } from 'rivulet';
import { encodeMessage } from 'rivulet/testing';
import { describe, expect, it } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

const stream = (...messages: Parameters<typeof encodeMessage>[0][]) => {
  return messages.map((message) => encodeMessage(message)).join('');
};

describe.each(modes)('messages of useEventSource $mode', ({ isStrict }) => {
  const open = async (server: MockServer, options: EventSourceOptions = {}) => {
    const { environment } = server;
    const hook = renderHook(() => useEventSource('/api', { environment, ...options }), {
      isStrict,
    });
    await environment.settle();
    return hook;
  };

  it('data is the newest value, message the newest message with everything about it', async () => {
    const server = createMockServer();
    const hook = await open(server);
    server.stream.write('id: é1\nevent: price\ndata: two\ndata: lines\n\n');
    await server.environment.settle();
    expect(hook.result.data).toBe('two\nlines');
    expect(hook.result.message).toEqual({
      event: 'price',
      data: 'two\nlines',
      value: 'two\nlines',
      lastEventId: 'é1',
      origin: 'http://localhost',
    });
    expect(hook.result.lastEventId).toBe('é1');
  });

  it('latest holds the newest value of each event name, and no name means anything else', async () => {
    const server = createMockServer();
    const hook = await open(server);
    server.stream.write(
      stream(
        { event: 'price', data: '1' },
        { event: 'note', data: 'a' },
        { event: 'price', data: '2' },
        { event: '__proto__', data: 'b' },
        { data: 'c' },
      ),
    );
    await server.environment.advance(16);
    expect(Object.entries(hook.result.latest)).toEqual([
      ['price', '2'],
      ['note', 'a'],
      ['__proto__', 'b'],
      ['message', 'c'],
    ]);
  });

  it('messages keeps the newest 100 and counts the dropped ones', async () => {
    const server = createMockServer();
    const hook = await open(server);
    server.stream.write(stream(...Array.from({ length: 250 }, (_, index) => ({ data: index }))));
    await server.environment.advance(16);
    expect(hook.result.messages).toHaveLength(100);
    expect(hook.result.messages[0]?.data).toBe('150');
    expect(hook.result.messages.at(-1)?.data).toBe('249');
    expect(hook.result.dropped).toBe(150);
  });

  it.each([
    [0, [], 3],
    [2, ['1', '2'], 1],
    [Number.POSITIVE_INFINITY, ['0', '1', '2'], 0],
  ])('maxMessages %s of three keeps %j', async (maxMessages, kept, dropped) => {
    const server = createMockServer();
    const hook = await open(server, { maxMessages });
    server.stream.write(stream({ data: 0 }, { data: 1 }, { data: 2 }));
    await server.environment.advance(16);
    expect(hook.result.messages.map(({ data }) => data)).toEqual(kept);
    expect(hook.result).toMatchObject({ dropped, data: '2' });
  });

  it('messages is a new array for each flush that changed it, and else the same', async () => {
    const server = createMockServer();
    const hook = await open(server);
    server.stream.send('1');
    await server.environment.settle();
    const first = hook.result.messages;
    server.stream.write('retry: 10\n\n: comment\n\n');
    server.stream.fail();
    await server.environment.settle();
    expect(hook.result.status).toBe('waiting');
    expect(hook.result.messages).toBe(first);
    await server.environment.advance(100);
    server.stream.send('2');
    await server.environment.advance(16);
    expect(hook.result.messages).not.toBe(first);
    expect(first.map(({ data }) => data)).toEqual(['1']);
  });

  it('on is called by event name before onMessage, each with the message', async () => {
    const server = createMockServer();
    const calls: [string, StreamMessage<string>][] = [];
    const note = (name: string) => (_: string, message: StreamMessage<string>) => {
      calls.push([name, message]);
    };
    await open(server, {
      on: { price: note('price'), message: note('unnamed'), toString: note('toString') },
      onMessage: (message) => calls.push(['any', message]),
    });
    server.stream.write(
      stream({ event: 'price', data: '1' }, { data: '2' }, { event: 'hasOwnProperty', data: '3' }),
    );
    await server.environment.settle();
    expect(calls.map(([name, { event, data }]) => [name, event, data])).toEqual([
      ['price', 'price', '1'],
      ['any', 'price', '1'],
      ['unnamed', 'message', '2'],
      ['any', 'message', '2'],
      ['any', 'hasOwnProperty', '3'],
    ]);
  });

  it('events lets the named ones through; the id moves with the others too', async () => {
    const server = createMockServer();
    const parsed: string[] = [];
    const hook = await open(server, {
      events: ['price'],
      parse(message) {
        parsed.push(message.event);
        return message.data;
      },
    });
    server.stream.write(
      stream({ event: 'price', data: '1', id: 1 }, { event: 'note', data: '2', id: 2 }),
    );
    await server.environment.advance(16);
    expect(hook.result.messages.map(({ event }) => event)).toEqual(['price']);
    expect(hook.result.lastEventId).toBe('2');
    expect(parsed).toEqual(['price']);
  });

  it('reduce folds every message into state, from initialState on', async () => {
    const server = createMockServer();
    const { environment } = server;
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          maxMessages: 1,
          initialState: [] as readonly string[],
          reduce(letters, { data }) {
            if (data === 'bad') throw new Error('cannot reduce');
            return [...letters, data];
          },
        }),
      { isStrict },
    );
    expect(hook.renders[0]?.result.state).toEqual([]);
    await environment.settle();
    server.stream.write(stream({ data: 'l' }, { data: 'bad' }, { data: 'o' }, { data: 'l' }));
    await environment.advance(16);
    expect(hook.result.state).toEqual(['l', 'o', 'l']);
    expect(environment.reported).toEqual([new Error('cannot reduce')]);
  });

  it('the string of endWhen ends the stream, neither parsed nor delivered', async () => {
    const server = createMockServer();
    const received: string[] = [];
    const hook = await open(server, {
      endWhen: '[DONE]',
      parse: ({ data }) => `parsed ${data}`,
      onMessage: ({ value }) => received.push(value),
    });
    server.stream.write(stream({ data: 'a' }, { data: '[DONE]' }, { data: 'b' }));
    await server.environment.advance(60_000);
    expect(received).toEqual(['parsed a']);
    expect(hook.result).toMatchObject({ status: 'done', data: 'parsed a', error: null });
    expect(server.requests).toHaveLength(1);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  it('the event of endWhen ends the stream, also one that events leaves out', async () => {
    const server = createMockServer();
    const hook = await open(server, { endWhen: { event: 'end' }, events: ['tick'] });
    server.stream.write(
      stream(
        { event: 'tick', data: '1' },
        { event: 'end', data: 'x' },
        { event: 'tick', data: '2' },
      ),
    );
    await server.environment.advance(60_000);
    expect(hook.result).toMatchObject({ status: 'done', data: '1', messages: [{ data: '1' }] });
    expect(server.requests).toHaveLength(1);
  });

  it('the predicate of endWhen sees a message after it was delivered', async () => {
    const server = createMockServer();
    const received: string[] = [];
    const hook = await open(server, {
      onMessage: ({ data }) => received.push(data),
      endWhen: ({ data }) => received.at(-1) === data && data === '2',
    });
    server.stream.write(stream({ data: '1' }, { data: '2' }, { data: '3' }));
    await server.environment.advance(60_000);
    expect(received).toEqual(['1', '2']);
    expect(hook.result).toMatchObject({ status: 'done', data: '2' });
    expect(server.requests).toHaveLength(1);
  });

  it('messages before a drop are delivered, and the next request has the id', async () => {
    const server = createMockServer();
    const hook = await open(server);
    server.stream.write(`${stream({ data: '1', id: 'é日🎉' })}data: cut`);
    server.stream.fail();
    await server.environment.advance(100);
    const sent = server.request.headers.get('last-event-id') ?? '';
    const bytes = Uint8Array.from(sent, (character) => character.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe('é日🎉');
    server.stream.write(stream({ data: '2' }));
    await server.environment.advance(16);
    expect(hook.result.messages.map(({ data, lastEventId }) => [data, lastEventId])).toEqual([
      ['1', 'é日🎉'],
      ['2', 'é日🎉'],
    ]);
  });

  it('lastEventId is sent with the first request, by header or as resume says', async () => {
    const byHeader = createMockServer();
    await open(byHeader, { lastEventId: '41' });
    expect(byHeader.request.headers.get('last-event-id')).toBe('41');
    const byQuery = createMockServer();
    await open(byQuery, { lastEventId: '41', resume: { query: 'since' } });
    expect(byQuery.request.headers.has('last-event-id')).toBe(false);
    expect(byQuery.request.url).toBe('/api?since=41');
    const never = createMockServer();
    await open(never, { lastEventId: '41', resume: false });
    expect(never.request.headers.has('last-event-id')).toBe(false);
    expect(never.request.url).toBe('/api');
  });
});
