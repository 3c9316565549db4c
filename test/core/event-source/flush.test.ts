import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer } from '../../support/mock-server.ts';

/** An open subscription, and every snapshot it showed since: status and data. */
async function open(options: EventSourceOptions = {}) {
  const server = createMockServer();
  const { environment } = server;
  const source = createEventSource('/events', { environment, ...options });
  source.start();
  await environment.settle();
  const shown: [status: string, data: string | undefined][] = [];
  const stop = source.subscribe(() => {
    const { status, data } = source.getSnapshot();
    shown.push([status, data]);
  });
  const write = async (text: string) => {
    server.stream.write(text);
    await environment.settle();
  };
  return { server, environment, source, shown, write, stop };
}

const messages = (count: number) => {
  return Array.from({ length: count }, (_, index) => `data: ${index + 1}\n\n`).join('');
};

describe('what a subscription shows, and when', () => {
  test('the first data at once, the rest with the next frame', async () => {
    const { environment, shown, write } = await open();
    await write(messages(3));
    expect(shown).toEqual([['open', '1']]);
    await environment.advance(16);
    expect(shown).toEqual([
      ['open', '1'],
      ['open', '3'],
    ]);
  });

  test('a message that is not delivered is not the first data', async () => {
    const { shown, write } = await open({ events: ['wanted'] });
    await write('event: other\ndata: no\n\n');
    expect(shown).toEqual([]);
    await write('event: wanted\ndata: yes\n\n');
    expect(shown).toEqual([['open', 'yes']]);
  });

  test('10,000 messages of a frame in one flush, all of them', async () => {
    const { environment, source, shown, write } = await open({ maxMessages: Infinity });
    await write(messages(1));
    await write(messages(10_000));
    await environment.advance(16);
    expect(shown).toHaveLength(2);
    expect(source.getSnapshot().messages).toHaveLength(10_001);
  });

  test('a status never before the data that came with it', async () => {
    const { server, environment, shown, write } = await open({ endWhen: 'end' });
    await write(messages(5));
    shown.length = 0;
    await write('data: 6\n\ndata: end\n\n');
    expect(shown).toEqual([['done', '6']]);

    const dropped = await open({ retry: false });
    await dropped.write(messages(1));
    dropped.shown.length = 0;
    dropped.server.stream.write(messages(7));
    dropped.server.stream.fail();
    await dropped.environment.settle();
    expect(dropped.shown).toEqual([['failed', '7']]);
    expect([environment.pending().timers, server.inProgress]).toEqual([0, 0]);
  });

  test('every message with `sync`', async () => {
    const { shown, write } = await open({ flush: 'sync' });
    await write(messages(3));
    expect(shown.map(([, data]) => data)).toEqual(['1', '2', '3']);
  });

  test('nothing where nothing changed: comments, chunks, repeated signals', async () => {
    const { environment, source, shown, write } = await open();
    const before = source.getSnapshot();
    await write(': hello\n\nretry: 500\n\n');
    environment.setVisible(false);
    environment.setVisible(true);
    environment.setOnline(true);
    await environment.advance(60_000);
    expect(shown).toEqual([]);
    expect(source.getSnapshot()).toBe(before);
  });

  test('the same arrays and objects where their part did not change', async () => {
    const { environment, source, write } = await open();
    await write('id: 1\ndata: x\n\n');
    const before = source.getSnapshot();
    await write('id: 2\n\n');
    await environment.advance(16);
    const after = source.getSnapshot();
    expect(after).not.toBe(before);
    expect(after.lastEventId).toBe('2');
    expect(after.messages).toBe(before.messages);
    expect(after.latest).toBe(before.latest);
    expect(after.message).toBe(before.message);
  });

  test('the history with a new array for each flush that changed it, never changed in place', async () => {
    const { environment, source, write } = await open();
    await write(messages(1));
    const first = source.getSnapshot().messages;
    await write(messages(2));
    await environment.advance(16);
    expect(first).toHaveLength(1);
    expect(source.getSnapshot().messages).toHaveLength(3);
  });

  test('callbacks hear every message whatever the flush, even with nobody subscribed', async () => {
    const seen: string[] = [];
    const options: EventSourceOptions = {
      flush: 60_000,
      onMessage: ({ data }) => void seen.push(data),
    };
    const { shown, write, stop } = await open(options);
    stop();
    await write(messages(100));
    expect(seen).toHaveLength(100);
    expect(shown).toEqual([]);
  });
});
