import { createEventSource, type EventSourceController } from 'rivulet/core';
import { createMockStream, type MockStream } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import {
  createMockServer,
  leftBehind,
  type MockServer,
  NOTHING_LEFT,
} from '../../support/mock-server.ts';

interface Case {
  readonly server: MockServer;
  readonly source: EventSourceController;
  readonly abort: () => void;
}

type Respond = () => MockStream | Response | Promise<Response> | undefined;

/** How a subscription can be in the middle of something. */
const situations: Record<
  string,
  { respond: Respond; reach: (server: MockServer) => void | Promise<void> }
> = {
  connecting: { respond: () => new Promise<Response>(() => {}), reach: () => {} },
  open: {
    respond: () => undefined,
    async reach({ environment, stream }) {
      stream.send({ id: 1, data: 'first' });
      stream.send({ id: 2, data: 'second' });
      await environment.settle();
    },
  },
  waiting: { respond: () => new Response('busy', { status: 503 }), reach: () => {} },
  'paused because hidden': {
    respond: () => undefined,
    reach: ({ environment }) => environment.setVisible(false),
  },
  'paused because offline': {
    respond: () => undefined,
    reach({ environment, stream }) {
      environment.setOnline(false);
      stream.close();
    },
  },
  'reading the body of an error': {
    respond: () => createMockStream({ status: 500 }),
    reach: () => {},
  },
  'reading the endless body of an error that knows no abort': {
    respond: () => new Response(new ReadableStream(), { status: 500 }),
    reach: () => {},
  },
  'back from the back/forward cache': {
    respond: () => undefined,
    reach({ environment }) {
      environment.signal({ type: 'pagehide', persisted: true });
      environment.signal({ type: 'pageshow', persisted: true });
    },
  },
};

const exits: Record<string, { end: (given: Case) => void; reason: string }> = {
  'close()': { end: ({ source }) => source.close(), reason: 'caller' },
  'the signal of the caller': { end: ({ abort }) => abort(), reason: 'signal' },
};

function create(respond: Respond): Case {
  const server = createMockServer(respond);
  const controller = new AbortController();
  const source = createEventSource('/events', {
    environment: server.environment,
    signal: controller.signal,
    pauseWhenHidden: true,
    connectTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    messageTimeoutMs: 60_000,
  });
  return { server, source, abort: () => controller.abort() };
}

describe.each(Object.entries(situations))('a subscription that is %s', (_, situation) => {
  test.each(Object.entries(exits))('leaves nothing behind after %s', async (_name, exit) => {
    const given = create(situation.respond);
    const { server, source } = given;
    const { environment } = server;
    source.start();
    await environment.settle();
    await situation.reach(server);
    await environment.settle();
    expect(environment.pending().timers).toBeGreaterThan(0);
    expect(environment.pending().listeners).toBeGreaterThan(0);

    exit.end(given);
    const ended = { status: 'aborted', reason: exit.reason };
    expect(source.getSnapshot()).toMatchObject(ended);
    await environment.settle();
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);

    await environment.advance(200_000);
    expect(server.requests).toHaveLength(1);
    expect(source.getSnapshot()).toMatchObject(ended);
  });
});

describe('a subscription that ended by itself leaves nothing behind', () => {
  test.each<[string, () => Response | undefined, (stream: MockServer) => void, string]>([
    ['a sentinel', () => undefined, ({ stream }) => stream.send('[DONE]'), 'done'],
    ['status 204', () => new Response(null, { status: 204 }), () => {}, 'done'],
    ['status 404', () => new Response('', { status: 404 }), () => {}, 'failed'],
    [
      'HTML',
      () => new Response('', { headers: { 'content-type': 'text/html' } }),
      () => {},
      'failed',
    ],
    ['an end without retries', () => undefined, ({ stream }) => stream.close(), 'done'],
    ['a drop without retries', () => undefined, ({ stream }) => stream.fail(), 'failed'],
    [
      'a message that is too large',
      () => undefined,
      ({ stream }) => stream.send('x'.repeat(3000)),
      'failed',
    ],
    [
      'a network failure',
      () => {
        throw new TypeError('Failed to fetch');
      },
      () => {},
      'failed',
    ],
  ])('%s', async (_, respond, act, status) => {
    const server = createMockServer(respond);
    const { environment } = server;
    const source = createEventSource('/events', {
      environment,
      retry: false,
      endWhen: '[DONE]',
      maxMessageLength: 1000,
      idleTimeoutMs: 60_000,
    });
    source.start();
    await environment.settle();
    act(server);
    await environment.settle();
    expect(source.getSnapshot().status).toBe(status);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});

test('a callback that closes in the middle of a chunk leaves nothing behind', async () => {
  const server = createMockServer();
  const { environment } = server;
  const source = createEventSource('/events', {
    environment,
    onMessage: ({ data }) => {
      if (data === '3') source.close();
    },
  });
  source.start();
  await environment.settle();
  server.stream.write('data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n');
  await environment.settle();
  expect(source.getSnapshot()).toMatchObject({ status: 'aborted', data: '3' });
  expect(leftBehind(server)).toEqual(NOTHING_LEFT);
});

test('a reconnect leaves only the new request', async () => {
  const server = createMockServer();
  const { environment } = server;
  const source = createEventSource('/events', { environment });
  source.start();
  await environment.settle();
  const [first] = server.streams;
  const before = environment.pending();

  source.reconnect();
  expect(server.requests[0]?.isAborted).toBe(true);
  await environment.settle();
  expect(first?.isCancelled).toBe(true);
  expect(server.requests).toHaveLength(2);
  expect(server.inProgress).toBe(1);
  expect(environment.pending()).toEqual(before);

  source.close();
  await environment.settle();
  expect(leftBehind(server)).toEqual(NOTHING_LEFT);
});
