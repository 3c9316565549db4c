import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
} from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  type Exchange,
  expectAllClosed,
  expectOpen,
  numberedEvents,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
  writeEndlessly,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';

/*
 * Every way a request can end, seen from the server: afterwards no response is in progress, every
 * handler had its `close` event, and the client holds neither timer nor listener.
 */

let server: StreamServer;
let environment: RealTimeEnvironment;

beforeEach(() => {
  environment = createRealTimeEnvironment();
});

afterEach(() => server.stop());

async function serve(route: Route): Promise<void> {
  server = await startStreamServer({ '/': route });
}

function create(options: EventSourceOptions = {}): EventSourceController {
  return createEventSource(server.url('/'), { environment, ...options });
}

/** A stream of events 1 and 2 that stays open. */
function openStream({ response }: Exchange): void {
  openEventStream(response);
  response.write(numberedEvents(1, 2));
}

function neverAnswer(): void {}

/** Waits until the server has got so many requests. */
async function expectRequests(count: number): Promise<void> {
  await vi.waitFor(() => expect(server.requests('/')).toHaveLength(count), { timeout: 30_000 });
}

async function expectNothingLeft(requests = 1): Promise<void> {
  await expectAllClosed(server);
  expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  expect(await environment.fetchCalls()).toBe(requests);
  expect(server.requests('/')).toHaveLength(requests);
}

describe('an open stream leaves nothing behind at the server when it ends by', () => {
  it('close()', async () => {
    await serve(openStream);
    const source = create();
    source.start();
    await until(source, ({ data }) => data === '2');
    expect(server.inProgress()).toBe(1);
    source.close();
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    await expectNothingLeft();
  });

  it('close() inside a callback, with no later message of the chunk', async () => {
    await serve(openStream);
    const received: string[] = [];
    const source = create({
      onMessage({ data }) {
        received.push(data);
        source.close();
      },
    });
    source.start();
    await untilStatus(source, 'aborted');
    expect(received).toEqual(['1']);
    expect(source.getSnapshot().lastEventId).toBe('1');
    await expectNothingLeft();
  });

  it('close() inside onOpen, with no message at all', async () => {
    await serve(openStream);
    const received: unknown[] = [];
    const source = create({
      onOpen: () => source.close(),
      onMessage: (message) => received.push(message),
    });
    source.start();
    await untilStatus(source, 'aborted');
    await expectNothingLeft();
    expect(received).toEqual([]);
  });

  it('the signal of the caller', async () => {
    await serve(openStream);
    const abort = new AbortController();
    const source = create({ signal: abort.signal });
    source.start();
    await until(source, ({ data }) => data === '2');
    abort.abort();
    expect((await untilStatus(source, 'aborted')).reason).toBe('signal');
    await expectNothingLeft();
  });

  it('leaving its iteration', async () => {
    await serve(openStream);
    const source = create();
    const received: string[] = [];
    for await (const { data } of source) {
      received.push(data);
      if (data === '2') break;
    }
    expect(received).toEqual(['1', '2']);
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    await expectNothingLeft();
  });

  it.each<[string, EventSourceOptions, string]>([
    ['a string', { endWhen: '2' }, '1'],
    ['a predicate', { endWhen: ({ data }) => data === '2' }, '2'],
  ])('a sentinel that is %s', async (_form, options, last) => {
    await serve(openStream);
    const source = create(options);
    source.start();
    expect((await untilStatus(source, 'done')).data).toBe(last);
    await expectNothingLeft();
  });

  it('a sentinel that is an event name', async () => {
    await serve(({ response }) => {
      openEventStream(response);
      response.write(`${numberedEvents(1, 1)}event: end\ndata: bye\n\n`);
    });
    const source = create({ endWhen: { event: 'end' } });
    source.start();
    expect((await untilStatus(source, 'done')).data).toBe('1');
    await expectNothingLeft();
  });

  it.each<[string, EventSourceOptions]>([
    ['message-too-large', { maxMessageLength: 1 }],
    ['timeout-idle', { idleTimeoutMs: 20, retry: false }],
    ['timeout-message', { messageTimeoutMs: 20, retry: false }],
  ])('the error %s', async (code, options) => {
    await serve(({ response }) => {
      openEventStream(response);
      response.write(numberedEvents(9, 10));
    });
    const source = create(options);
    source.start();
    expect((await untilStatus(source, 'failed')).error.code).toBe(code);
    await expectNothingLeft();
  });

  it('an invalid message under onInvalid: fail', async () => {
    await serve(({ response }) => {
      openEventStream(response);
      response.write('data: {"a":1}\n\ndata: {"a"\n\ndata: {"a":3}\n\n');
    });
    const source = createEventSource(server.url('/'), {
      environment,
      parse: 'json',
      onInvalid: 'fail',
    });
    source.start();
    const { error, data } = await untilStatus(source, 'failed');
    expect([error.code, data]).toEqual(['parse', { a: 1 }]);
    await expectNothingLeft();
  });
});

describe('reconnect()', () => {
  it('replaces the request: the old one closes at the server, one is open', async () => {
    await serve(openStream);
    const source = create();
    source.start();
    for (const requests of [1, 2, 3]) {
      await expectRequests(requests);
      await untilStatus(source, 'open');
      await expectOpen(server, 1);
      source.reconnect();
    }
    await expectRequests(4);
    await untilStatus(source, 'open');
    source.close();
    await expectNothingLeft(4);
  });

  it('sends one request for ten calls in one task', async () => {
    await serve(openStream);
    const source = create();
    for (let call = 0; call < 10; call += 1) source.reconnect();
    await until(source, ({ data }) => data === '2');
    expect(server.inProgress()).toBe(1);
    source.close();
    await expectNothingLeft(1);
  });

  it('sends no request when close() follows in the same task', async () => {
    await serve(openStream);
    const source = create();
    source.reconnect();
    source.close();
    expect(source.getSnapshot().status).toBe('aborted');
    await expectNothingLeft(0);
  });
});

describe('a request that is not answered reaches its end at the server by', () => {
  it('close()', async () => {
    await serve(neverAnswer);
    const source = create();
    source.start();
    await expectRequests(1);
    source.close();
    expect(source.getSnapshot().status).toBe('aborted');
    await expectNothingLeft();
  });

  it('the signal of the caller', async () => {
    await serve(neverAnswer);
    const abort = new AbortController();
    const source = create({ signal: abort.signal });
    source.start();
    await expectRequests(1);
    abort.abort();
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'signal' });
    await expectNothingLeft();
  });

  it('connectTimeoutMs, with advice for servers that send no headers', async () => {
    await serve(neverAnswer);
    const source = create({ connectTimeoutMs: 50, retry: false });
    source.start();
    const { error } = await untilStatus(source, 'failed');
    expect(error.code).toBe('timeout-connect');
    expect(error.message).toContain('flushHeaders');
    await expectNothingLeft();
  });

  it('reconnect(), which takes its place', async () => {
    await serve((exchange) => (exchange.number === 1 ? neverAnswer() : openStream(exchange)));
    const source = create();
    source.start();
    await expectRequests(1);
    source.reconnect();
    await until(source, ({ data }) => data === '2');
    await expectOpen(server, 1);
    source.close();
    await expectNothingLeft(2);
  });
});

describe('the body of a response that is not used', () => {
  it.each([
    ['status 500', 500, 'text/event-stream', 'http-status'],
    ['HTML', 200, 'text/html', 'content-type'],
  ])(
    'is read up to 64 KiB and cancelled when it is endless: %s',
    async (_name, status, type, code) => {
      await serve(async ({ response }) => {
        response.writeHead(status, { 'content-type': type });
        await writeEndlessly(response, 'wrong '.repeat(1000));
      });
      const source = create({ retry: false });
      source.start();
      const { error } = await untilStatus(source, 'failed');
      expect(error).toMatchObject({ code, status });
      expect(error.body).toHaveLength(64 * 1024);
      await expectNothingLeft();
    },
  );

  it('is cancelled after 2 s when it never ends', async () => {
    await serve(({ response }) => void response.writeHead(500).write('please hold'));
    const source = create({ retry: false });
    source.start();
    const { error } = await untilStatus(source, 'failed');
    expect(error.body).toBe('please hold');
    await expectNothingLeft();
  });

  it('is let go at once by close()', async () => {
    await serve(({ response }) => void response.writeHead(500).write('please hold'));
    const errors: unknown[] = [];
    const source = create({ onError: (error) => errors.push(error) });
    source.start();
    await expectRequests(1);
    source.close();
    await expectAllClosed(server);
    await vi.waitFor(() => expect(environment.pending()).toEqual({ timers: 0, listeners: 0 }), {
      timeout: 30_000,
    });
    expect(errors).toEqual([]);
  });
});

describe('a subscription that waits', () => {
  it('sends nothing after close()', async () => {
    await serve(({ response }) => response.writeHead(503).end() && undefined);
    const source = create();
    source.start();
    await untilStatus(source, 'waiting');
    source.close();
    await expectNothingLeft(1);
  });

  it('sends nothing while paused, and nothing after close()', async () => {
    await serve(openStream);
    const source = create({ pauseWhenHidden: true });
    source.start();
    await until(source, ({ data }) => data === '2');
    environment.page.setVisible(false);
    expect(source.getSnapshot().status).toBe('paused');
    await expectAllClosed(server);
    source.close();
    environment.page.setVisible(true);
    expect(source.getSnapshot().status).toBe('aborted');
    await expectNothingLeft(1);
  });
});
