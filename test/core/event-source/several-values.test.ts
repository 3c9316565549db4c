import { createEventSource, each } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer } from '../../support/mock-server.ts';

const numbers = each(({ data }) => data.split(',').map(Number));

/** An open subscription to lists of numbers, closed at the value that is named. */
async function open({ closeAt }: { closeAt?: number } = {}) {
  const server = createMockServer();
  const { environment } = server;
  const received: number[] = [];
  const source = createEventSource('/events', {
    environment,
    parse: numbers,
    onMessage({ value }) {
      received.push(value);
      if (value === closeAt) source.close();
    },
  });
  source.start();
  await environment.settle();
  server.stream.send({ id: 1, data: '1,2' });
  server.stream.send({ id: 2, data: '3,4' });
  await environment.advance(100);
  return { environment, source, received };
}

describe('several values of one message', () => {
  test('are delivered in order, each as a message with the id of all', async () => {
    const { source, received } = await open();
    expect(received).toEqual([1, 2, 3, 4]);
    const { messages, lastEventId } = source.getSnapshot();
    expect(messages.map((message) => [message.value, message.lastEventId])).toEqual([
      [1, '1'],
      [2, '1'],
      [3, '2'],
      [4, '2'],
    ]);
    expect(lastEventId).toBe('2');
  });

  test('leave the id where it was when the first of them ends the stream', async () => {
    const { source, received } = await open({ closeAt: 3 });
    expect(received).toEqual([1, 2, 3]);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', lastEventId: '1' });
  });

  test('move the id when the last of them ends the stream', async () => {
    const { source, received } = await open({ closeAt: 4 });
    expect(received).toEqual([1, 2, 3, 4]);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', lastEventId: '2' });
  });
});
