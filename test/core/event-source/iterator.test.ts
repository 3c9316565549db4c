import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../../support/mock-server.ts';
import { always, type Respond } from '../../support/subscribe.ts';

function create(options: EventSourceOptions = {}, respond?: Respond) {
  const server = createMockServer(respond);
  const { environment } = server;
  return { server, environment, source: createEventSource('/events', { environment, ...options }) };
}

/** Reads to the end; the data, and how it ended. */
async function readAll(messages: AsyncIterable<{ readonly data: string }>) {
  const data: string[] = [];
  try {
    for await (const message of messages) data.push(message.data);
    return { data, ended: 'normally' };
  } catch (error) {
    return { data, ended: error };
  }
}

describe('the iterator of a subscription', () => {
  test('starts an idle one when it is asked for', async () => {
    const { server, environment, source } = create();
    await environment.settle();
    expect(server.requests).toHaveLength(0);
    source[Symbol.asyncIterator]();
    expect(source.getSnapshot().status).toBe('connecting');
    await environment.settle();
    expect(server.requests).toHaveLength(1);
  });

  test('does not start again what is under way', async () => {
    const { server, environment, source } = create();
    source.start();
    await environment.settle();
    source[Symbol.asyncIterator]();
    await environment.settle();
    expect(server.requests).toHaveLength(1);
  });

  test('gives every message in order, over reconnections', async () => {
    const { server, environment, source } = create({ endWhen: 'end' });
    const reading = readAll(source);
    await environment.settle();
    server.stream.write('data: 1\n\ndata: 2\n\n');
    await environment.settle();
    server.stream.fail();
    await environment.advance(100);
    server.stream.write('data: 3\n\ndata: end\n\n');
    expect(await reading).toEqual({ data: ['1', '2', '3'], ended: 'normally' });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('ends at `aborted`, after what had come', async () => {
    const { server, environment, source } = create();
    const iterator = source[Symbol.asyncIterator]();
    await environment.settle();
    server.stream.write('data: 1\n\ndata: 2\n\n');
    await environment.settle();
    source.close();
    expect(await readAll(iterator)).toEqual({ data: ['1', '2'], ended: 'normally' });
  });

  test('throws at `failed`, after what had come, and is then over', async () => {
    const { server, environment, source } = create({ retry: false });
    const iterator = source[Symbol.asyncIterator]();
    await environment.settle();
    server.stream.write('data: 1\n\n');
    await environment.settle();
    server.stream.fail();
    await environment.settle();
    expect(await iterator.next()).toMatchObject({ done: false, value: { data: '1' } });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('throws at once when the first request fails', async () => {
    const { source } = create({}, always(404));
    expect(await readAll(source)).toMatchObject({ data: [], ended: { status: 404 } });
  });

  test('is over at once where the subscription was over before', async () => {
    const { environment, source } = create();
    source.start();
    source.close();
    await environment.settle();
    expect(await readAll(source)).toEqual({ data: [], ended: 'normally' });
  });

  test('closes the subscription when the loop is left', async () => {
    const { server, environment, source } = create();
    const reading = (async () => {
      for await (const { data } of source) if (data === '2') break;
    })();
    await environment.settle();
    server.stream.write('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    await reading;
    await environment.settle();
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('wakes whoever waits for a message when it is left', async () => {
    const { environment, source } = create();
    const iterator = source[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await environment.settle();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('is one: a second is refused', async () => {
    const { source } = create();
    source[Symbol.asyncIterator]();
    expect(() => source[Symbol.asyncIterator]()).toThrow(/one iterator/);
  });
});

describe('an iterator that is behind', () => {
  /** Writes three chunks of two messages each; which chunks were read shows in the result. */
  async function writeThree(options: EventSourceOptions = {}) {
    const chunks: number[] = [];
    const given = create({ onChunk: (bytes) => void chunks.push(bytes.length), ...options });
    const iterator = given.source[Symbol.asyncIterator]();
    await given.environment.settle();
    for (const text of ['data: 1\n\ndata: 2\n\n', 'data: 3\n\ndata: 4\n\n', 'data: 5\n\n']) {
      given.server.stream.write(text);
      await given.environment.settle();
    }
    return { ...given, iterator, chunks };
  }

  test('by more than one chunk stops the reading', async () => {
    const { environment, iterator, chunks } = await writeThree();
    expect(chunks).toEqual([18, 18]);
    await iterator.next();
    await environment.settle();
    expect(chunks).toEqual([18, 18]);
    await iterator.next();
    await environment.settle();
    expect(chunks).toEqual([18, 18, 9]);
    const rest: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { value } = await iterator.next();
      rest.push(value?.data);
    }
    expect(rest).toEqual(['3', '4', '5']);
  });

  test('makes deadlines stand still, and they count again from when it caught up', async () => {
    const options = { idleTimeoutMs: 5000, messageTimeoutMs: 5000 };
    const { environment, iterator, source } = await writeThree(options);
    await environment.advance(60_000);
    expect(source.getSnapshot().status).toBe('open');
    for (let count = 0; count < 5; count += 1) await iterator.next();
    await environment.advance(4999);
    expect(source.getSnapshot().status).toBe('open');
    await environment.advance(1);
    expect(source.getSnapshot()).toMatchObject({ status: 'waiting' });
  });

  test('holds back neither `close()` nor a reconnect', async () => {
    const { environment, server, source, iterator, chunks } = await writeThree();
    source.reconnect();
    await environment.settle();
    expect(server.inProgress).toBe(1);
    for (let count = 0; count < 4; count += 1) await iterator.next();
    server.stream.write('data: 6\n\n');
    await environment.settle();
    expect(chunks).toEqual([18, 18, 9]);
    expect((await iterator.next()).value?.data).toBe('6');
    source.close();
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('lets go of a replaced connection once it caught up', async () => {
    const { environment, server, source, iterator } = await writeThree();
    const [replaced] = server.streams;
    source.reconnect();
    await environment.settle();
    server.stream.write('data: 6\n\n');
    await environment.settle();
    expect(replaced?.response.body?.locked).toBe(true);
    for (let count = 0; count < 5; count += 1) await iterator.next();
    await environment.settle();
    expect(replaced?.response.body?.locked).toBe(false);
  });

  test('does not exist where nobody asked for an iterator', async () => {
    const chunks: number[] = [];
    const { environment, server, source } = create({
      onChunk: (bytes) => void chunks.push(bytes.length),
    });
    source.start();
    await environment.settle();
    for (let count = 0; count < 5; count += 1) {
      server.stream.write('data: 1\n\n');
      await environment.settle();
    }
    expect(chunks).toHaveLength(5);
  });
});
