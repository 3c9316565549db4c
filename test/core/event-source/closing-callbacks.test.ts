import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../../support/mock-server.ts';
import { always } from '../../support/subscribe.ts';

describe('a callback that closes', () => {
  const closings: [string, (close: () => void) => EventSourceOptions][] = [
    ['onStatusChange', (close) => ({ onStatusChange: (status) => status === 'open' && close() })],
    ['onOpen', (close) => ({ onOpen: close })],
    ['onChunk', (close) => ({ onChunk: close })],
    ['onComment', (close) => ({ onComment: close })],
    ['on', (close) => ({ on: { stop: close } })],
    ['onMessage', (close) => ({ onMessage: ({ event }) => event === 'stop' && close() })],
  ];

  test.each(closings)('%s', async (_, options) => {
    const mock = createMockServer();
    const { environment } = mock;
    const after: string[] = [];
    let isClosed = false;
    const note = (line: string) => {
      if (isClosed) after.push(line);
    };
    const source = createEventSource('/events', {
      environment,
      onOpen: () => note('onOpen'),
      onError: () => note('onError'),
      onMessage: () => note('onMessage'),
      onComment: () => note('onComment'),
      endWhen: () => {
        note('endWhen');
        return false;
      },
      ...options(() => {
        isClosed = true;
        source.close();
      }),
    });
    source.start();
    await environment.settle();
    if (mock.inProgress > 0) {
      mock.stream.write('data: a\n\nevent: stop\ndata: b\n\n:comment\n\nevent: stop\ndata: c\n\n');
    }
    await environment.advance(1000);
    expect(isClosed).toBe(true);
    expect(after).toEqual([]);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    expect(leftBehind(mock)).toEqual(NOTHING_LEFT);
  });

  test('`onError`, which was told about a retry that will not come', async () => {
    const mock = createMockServer(always(503));
    const { environment } = mock;
    const source = createEventSource('/events', { environment, onError: () => source.close() });
    source.start();
    await environment.advance(10_000);
    expect(mock.requests).toHaveLength(1);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', nextRetryAt: null });
    expect(leftBehind(mock)).toEqual(NOTHING_LEFT);
  });

  test('`onStatusChange`: `onError` hears that nothing will be retried', async () => {
    const mock = createMockServer(always(503));
    const { environment } = mock;
    const infos: object[] = [];
    const source = createEventSource('/events', {
      environment,
      onStatusChange: (status) => status === 'waiting' && source.close(),
      onError: (_, info) => void infos.push(info),
    });
    source.start();
    await environment.settle();
    expect(infos).toEqual([{ willRetry: false, nextRetryAt: null }]);
  });

  test('and starts again: nothing of the old chunk is delivered', async () => {
    const mock = createMockServer();
    const { environment } = mock;
    const seen: string[] = [];
    const source = createEventSource('/events', {
      environment,
      onMessage({ data }) {
        seen.push(data);
        if (data === 'b') source.reconnect();
      },
    });
    source.start();
    await environment.settle();
    mock.stream.write('data: a\n\ndata: b\n\ndata: c\n\n');
    await environment.settle();
    mock.stream.write('data: d\n\n');
    await environment.settle();
    expect(seen).toEqual(['a', 'b', 'd']);
    expect(mock.inProgress).toBe(1);
  });
});
