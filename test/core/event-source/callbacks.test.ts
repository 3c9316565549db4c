import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createMockServer } from '../../support/mock-server.ts';
import { always, atFirst, drop, send, subscribe } from '../../support/subscribe.ts';

describe('a transition sets the state and the snapshot, then calls back, then tells the subscribers', () => {
  /** Every callback and flush, with the snapshot of its moment. */
  async function trace(options: EventSourceOptions, respond = atFirst(() => new Response())) {
    const server = createMockServer(respond);
    const { environment } = server;
    const lines: string[] = [];
    const shown = () => `shown ${source.getSnapshot().status}`;
    const source = createEventSource('/events', {
      environment,
      onStatusChange: (status, previous) => void lines.push(`${previous} -> ${status}, ${shown()}`),
      onOpen: () => void lines.push(`onOpen, ${shown()}`),
      onError: ({ code }) => void lines.push(`onError ${code}, ${shown()}`),
      onMessage: ({ data }) => void lines.push(`onMessage ${data}, ${shown()}`),
      ...options,
    });
    source.subscribe(() => void lines.push(`flush ${source.getSnapshot().status}`));
    source.start();
    await environment.settle();
    return { lines, server, source };
  }

  test('an open', async () => {
    const { lines } = await trace({}, () => undefined);
    expect(lines).toEqual([
      'idle -> connecting, shown connecting',
      'flush connecting',
      'connecting -> open, shown open',
      'onOpen, shown open',
      'flush open',
    ]);
  });

  test('a failure', async () => {
    const { lines } = await trace({}, always(404));
    expect(lines.slice(2)).toEqual([
      'connecting -> failed, shown failed',
      'onError http-status, shown failed',
      'flush failed',
    ]);
  });

  test('a failure that is retried', async () => {
    const { lines } = await trace({}, always(503));
    expect(lines.slice(2)).toEqual([
      'connecting -> waiting, shown waiting',
      'onError http-status, shown waiting',
      'flush waiting',
    ]);
  });

  test('an end that a message brings: its data are shown with it', async () => {
    const { lines, server, source } = await trace({ endWhen: () => true }, () => undefined);
    lines.length = 0;
    server.stream.send('x');
    await server.environment.settle();
    expect(lines).toEqual(['onMessage x, shown open', 'open -> done, shown done', 'flush done']);
    expect(source.getSnapshot().data).toBe('x');
  });

  test('a reconnect of an open subscription does not pass through `aborted`', async () => {
    const { lines, source } = await trace({}, () => undefined);
    lines.length = 0;
    source.reconnect();
    expect(lines).toEqual(['open -> connecting, shown connecting', 'flush connecting']);
  });
});

describe('a message', () => {
  test('passes filter, parse, reduce, its handler, `onMessage` and `endWhen`, in this order', async () => {
    const steps: string[] = [];
    const mock = createMockServer();
    const source = createEventSource<Record<string, string>, string>('/events', {
      environment: mock.environment,
      events: ['wanted'],
      parse({ data }) {
        steps.push(`parse ${data}`);
        return data.toUpperCase();
      },
      reduce(state, { value }) {
        steps.push(`reduce ${value}`);
        return state + value;
      },
      initialState: '',
      on: { wanted: (value, { event, data }) => void steps.push(`on ${event} ${value} ${data}`) },
      onMessage: ({ value }) => void steps.push(`onMessage ${value}`),
      endWhen({ value }) {
        steps.push(`endWhen ${value}`);
        return value === 'B';
      },
    });
    source.start();
    await mock.environment.settle();
    mock.stream.write('data: no\n\nevent: wanted\ndata: a\n\nevent: wanted\ndata: b\n\n');
    await mock.environment.settle();
    expect(steps).toEqual(
      ['a', 'b'].flatMap((data) => {
        const value = data.toUpperCase();
        return [
          `parse ${data}`,
          `reduce ${value}`,
          `on wanted ${value} ${data}`,
          `onMessage ${value}`,
          `endWhen ${value}`,
        ];
      }),
    );
    expect(source.getSnapshot()).toMatchObject({
      status: 'done',
      data: 'B',
      state: 'AB',
      latest: { wanted: 'B' },
    });
  });

  test('is told apart by its event name', async () => {
    const calls: string[] = [];
    const handler = (name: string) => (value: string) => void calls.push(`${name} ${value}`);
    const on = { message: handler('message'), lol: handler('lol'), toString: handler('toString') };
    const subscription = await subscribe({ on });
    await send(subscription, 'data: a\n\nevent: lol\ndata: b\n\nevent: message\ndata: c\n\n');
    await send(subscription, 'event: valueOf\ndata: d\n\nevent: toString\ndata: e\n\n');
    expect(calls).toEqual(['message a', 'lol b', 'message c', 'toString e']);
    expect(subscription.environment.reported).toEqual([]);
  });

  test('comments reach `onComment` in order with the messages, and nothing else', async () => {
    const lines: string[] = [];
    const subscription = await subscribe({
      onComment: (comment) => void lines.push(`comment ${comment}`),
      onMessage: ({ data }) => void lines.push(data),
    });
    await send(subscription, ': hi\n\ndata: a\n\n:there\n\ndata: b\n\n');
    expect(lines).toEqual(['comment hi', 'a', 'comment there', 'b']);
  });

  test('chunks reach `onChunk` as they arrived, before their messages', async () => {
    const lines: string[] = [];
    const subscription = await subscribe({
      onChunk: (bytes, { loaded }) => void lines.push(`${bytes.length} of ${loaded}`),
      onMessage: ({ data }) => void lines.push(data),
    });
    await send(subscription, 'data: a\n');
    await send(subscription, '\ndata: b\n\n');
    expect(lines).toEqual(['8 of 8', '10 of 18', 'a', 'b']);
  });
});

const trouble = new Error('in a callback');
const throws = (): never => {
  throw trouble;
};

describe('a callback that throws is reported, and the stream goes on', () => {
  test.each<[string, EventSourceOptions]>([
    ['onStatusChange', { onStatusChange: throws }],
    ['onOpen', { onOpen: throws }],
    ['onChunk', { onChunk: throws }],
    ['onMessage', { onMessage: throws }],
    ['on', { on: { message: throws } }],
    ['onComment', { onComment: throws }],
    ['onError', { onError: throws }],
    ['endWhen', { endWhen: throws }],
    ['retry.shouldRetry', { retry: { shouldRetry: throws, maxAttempts: 9 } }],
  ])('%s', async (name, options) => {
    const subscription = await subscribe(options);
    const { environment, snapshot, requests } = subscription;
    await send(subscription, ': hi\n\ndata: a\n\ndata: b\n\n');
    expect(snapshot()).toMatchObject({ status: 'open' });
    await environment.advance(100);
    expect(snapshot()).toMatchObject({ data: 'b', messages: [{ data: 'a' }, { data: 'b' }] });
    await drop(subscription);
    await environment.advance(100);
    // A throw of `shouldRetry` counts as "no".
    const isOver = name === 'retry.shouldRetry';
    expect(snapshot().status).toBe(isOver ? 'failed' : 'open');
    expect(requests).toHaveLength(isOver ? 1 : 2);
    expect(environment.reported.length).toBeGreaterThan(0);
    expect(new Set(environment.reported)).toEqual(new Set([trouble]));
  });

  test('a subscriber', async () => {
    const { environment, requests } = createMockServer();
    const source = createEventSource('/events', { environment });
    const other = vi.fn<() => void>();
    source.subscribe(throws);
    source.subscribe(other);
    source.start();
    await environment.advance(1000);
    expect(source.getSnapshot().status).toBe('open');
    expect(other).toHaveBeenCalledTimes(2);
    expect(requests).toHaveLength(1);
    expect(new Set(environment.reported)).toEqual(new Set([trouble]));
  });

  test('`reduce`: the state stays as it was', async () => {
    const mock = createMockServer();
    const source = createEventSource<Record<string, string>, string>('/events', {
      environment: mock.environment,
      initialState: '',
      reduce: (state, { data }) => (data === 'b' ? throws() : state + data),
    });
    source.start();
    await mock.environment.settle();
    mock.stream.write('data: a\n\ndata: b\n\ndata: c\n\n');
    await mock.environment.advance(100);
    expect(source.getSnapshot()).toMatchObject({ status: 'open', state: 'ac', data: 'c' });
    expect(mock.environment.reported).toEqual([trouble]);
  });
});

test('a `reconnect()` in a callback keeps the message from none of the later ones', async () => {
  const heard: string[] = [];
  const subscription = await subscribe({
    on: {
      message(value) {
        heard.push(`on ${value}`);
        if (value === 'b') subscription.source.reconnect();
      },
    },
    onMessage: ({ data }) => void heard.push(data),
  });
  await send(subscription, 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n');
  expect(heard).toEqual(['on a', 'a', 'on b', 'b']);
  expect(subscription.requests.at(-1)?.headers.get('last-event-id')).toBe('2');
});
