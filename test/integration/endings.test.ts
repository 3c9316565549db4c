import { createEventSource, type EventSourceOptions } from 'rivulet/core';
import { describe, expect, it, vi } from 'vitest';
import {
  type Exchange,
  expectAllClosed,
  expectOpen,
  numberedEvents,
  openEventStream,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/*
 * Every way a request can end, seen from the server: afterwards no response is in progress, every
 * handler had its `close` event, and the client holds neither timer nor listener.
 */

const scene = createWireScene();
const { create, expectOver, serve } = scene;

/** A stream of events 1 and 2 that stays open. */
function openStream({ response }: Exchange): void {
  openEventStream(response);
  response.write(numberedEvents(1, 2));
}

/** Waits until the server has got so many requests. */
async function expectRequests(count: number): Promise<void> {
  await vi.waitFor(() => expect(scene.server.requests('/')).toHaveLength(count), {
    timeout: 30_000,
  });
}

describe('an open stream leaves nothing behind at the server when it ends by', () => {
  it('close()', async () => {
    await serve(openStream);
    const source = create();
    source.start();
    await until(source, ({ data }) => data === '2');
    expect(scene.server.inProgress()).toBe(1);
    source.close();
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    await expectOver(1);
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
    await expectOver(1);
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
    await expectOver(1);
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
    await expectOver(1);
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
    await expectOver(1);
  });

  it.each<[string, EventSourceOptions, string]>([
    ['a string', { endWhen: '2' }, '1'],
    ['a predicate', { endWhen: ({ data }) => data === '2' }, '2'],
  ])('a sentinel that is %s', async (_form, options, last) => {
    await serve(openStream);
    const source = create(options);
    source.start();
    expect((await untilStatus(source, 'done')).data).toBe(last);
    await expectOver(1);
  });

  it('a sentinel that is an event name', async () => {
    await serve(({ response }) => {
      openEventStream(response);
      response.write(`${numberedEvents(1, 1)}event: end\ndata: bye\n\n`);
    });
    const source = create({ endWhen: { event: 'end' } });
    source.start();
    expect((await untilStatus(source, 'done')).data).toBe('1');
    await expectOver(1);
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
    await expectOver(1);
  });

  it('an invalid message under onInvalid: fail', async () => {
    await serve(({ response }) => {
      openEventStream(response);
      response.write('data: {"a":1}\n\ndata: {"a"\n\ndata: {"a":3}\n\n');
    });
    const source = createEventSource(scene.server.url('/'), {
      environment: scene.environment,
      parse: 'json',
      onInvalid: 'fail',
    });
    source.start();
    const { error, data } = await untilStatus(source, 'failed');
    expect([error.code, data]).toEqual(['parse', { a: 1 }]);
    await expectOver(1);
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
      await expectOpen(scene.server, 1);
      source.reconnect();
    }
    await expectRequests(4);
    await untilStatus(source, 'open');
    source.close();
    await expectOver(4);
  });

  it('sends one request for ten calls in one task', async () => {
    await serve(openStream);
    const source = create();
    for (let call = 0; call < 10; call += 1) source.reconnect();
    await until(source, ({ data }) => data === '2');
    expect(scene.server.inProgress()).toBe(1);
    source.close();
    await expectOver(1);
  });

  it('sends no request when close() follows in the same task', async () => {
    await serve(openStream);
    const source = create();
    source.reconnect();
    source.close();
    expect(source.getSnapshot().status).toBe('aborted');
    await expectOver(0);
  });
});

describe('a subscription that waits', () => {
  it('sends nothing after close()', async () => {
    await serve(({ response }) => response.writeHead(503).end() && undefined);
    const source = create();
    source.start();
    await untilStatus(source, 'waiting');
    source.close();
    await expectOver(1);
  });

  it('sends nothing while paused, and nothing after close()', async () => {
    await serve(openStream);
    const source = create({ pauseWhenHidden: true });
    source.start();
    await until(source, ({ data }) => data === '2');
    scene.environment.page.setVisible(false);
    expect(source.getSnapshot().status).toBe('paused');
    await expectAllClosed(scene.server);
    source.close();
    scene.environment.page.setVisible(true);
    expect(source.getSnapshot().status).toBe('aborted');
    await expectOver(1);
  });
});
