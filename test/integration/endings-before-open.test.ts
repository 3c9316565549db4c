import { describe, expect, it, vi } from 'vitest';
import {
  type Exchange,
  expectAllClosed,
  expectOpen,
  numberedEvents,
  openEventStream,
  writeEndlessly,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/*
 * How requests end, seen from the server, that no stream came of: some were not answered, some
 * answered with something else.
 */

const scene = createWireScene();
const { create, expectOver, serve } = scene;

/** A stream of events 1 and 2 that stays open. */
function openStream({ response }: Exchange): void {
  openEventStream(response);
  response.write(numberedEvents(1, 2));
}

function neverAnswer(): void {}

/** Waits until the server has got so many requests. */
async function expectRequests(count: number): Promise<void> {
  await vi.waitFor(() => expect(scene.server.requests('/')).toHaveLength(count), {
    timeout: 30_000,
  });
}

describe('a request that is not answered reaches its end at the server by', () => {
  it('close()', async () => {
    await serve(neverAnswer);
    const source = create();
    source.start();
    await expectRequests(1);
    source.close();
    expect(source.getSnapshot().status).toBe('aborted');
    await expectOver(1);
  });

  it('the signal of the caller', async () => {
    await serve(neverAnswer);
    const abort = new AbortController();
    const source = create({ signal: abort.signal });
    source.start();
    await expectRequests(1);
    abort.abort();
    expect(source.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'signal' });
    await expectOver(1);
  });

  it('connectTimeoutMs, with advice for servers that send no headers', async () => {
    await serve(neverAnswer);
    const source = create({ connectTimeoutMs: 50, retry: false });
    source.start();
    const { error } = await untilStatus(source, 'failed');
    expect(error.code).toBe('timeout-connect');
    expect(scene.environment.warnings.join()).toContain('Node sends no headers');
    await expectOver(1);
  });

  it('reconnect(), which takes its place', async () => {
    await serve((exchange) => (exchange.number === 1 ? neverAnswer() : openStream(exchange)));
    const source = create();
    source.start();
    await expectRequests(1);
    source.reconnect();
    await until(source, ({ data }) => data === '2');
    await expectOpen(scene.server, 1);
    source.close();
    await expectOver(2);
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
      await expectOver(1);
    },
  );

  it('is cancelled after 2 s when it never ends', async () => {
    await serve(({ response }) => void response.writeHead(500).write('please hold'));
    const source = create({ retry: false });
    source.start();
    const { error } = await untilStatus(source, 'failed');
    expect(error.body).toBe('please hold');
    await expectOver(1);
  });

  it('is let go at once by close()', async () => {
    await serve(({ response }) => void response.writeHead(500).write('please hold'));
    const errors: unknown[] = [];
    const source = create({ onError: (error) => errors.push(error) });
    source.start();
    await expectRequests(1);
    source.close();
    await expectAllClosed(scene.server);
    await vi.waitFor(
      () => expect(scene.environment.pending()).toEqual({ timers: 0, listeners: 0 }),
      {
        timeout: 30_000,
      },
    );
    expect(errors).toEqual([]);
  });
});
