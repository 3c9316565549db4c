import type { StreamError } from 'rivulet/core';
import { encodeMessage } from 'rivulet/testing';
import { describe, expect, it } from 'vitest';
import {
  numberedEvents,
  openEventStream,
  type Route,
  type ServedRequest,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* What is requested, how often and how, as a server sees it. */

const scene = createWireScene();

/** The times between one request and the next, in ms. */
function gaps(requests: readonly ServedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
}

/** Cuts the first connection after events 1 and 2, then goes on where it is asked to. */
const cutOnce: Route = ({ response, number, resumesAfter }) => {
  openEventStream(response);
  if (number === 1) response.write(numberedEvents(1, 2), () => response.destroy());
  else response.write(numberedEvents(resumesAfter + 1, 3));
};

describe('what is retried', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('status %i is', async (status) => {
    const stream = await scene.subscribe(({ response, number }) => {
      if (number === 1) response.writeHead(status).end('busy');
      else openEventStream(response);
    });
    const { error } = await untilStatus(stream, 'waiting');
    expect(error).toMatchObject({ code: 'http-status', status, body: 'busy' });
    expect((await untilStatus(stream, 'open')).attempt).toBe(2);
  });

  it.each([400, 401, 403, 404, 405, 409, 410, 422, 501, 505])(
    'status %i is not',
    async (status) => {
      const stream = await scene.subscribe(({ response }) => {
        response.writeHead(status, { 'x-reason': 'because' }).end('{"no":true}');
      });
      const { error, attempt } = await untilStatus(stream, 'failed');
      expect(error).toMatchObject({ code: 'http-status', status, json: { no: true }, attempt: 1 });
      expect(error.headers?.get('x-reason')).toBe('because');
      expect([attempt, scene.environment.pending().timers]).toEqual([1, 0]);
    },
  );

  it('a dropped connection is, and goes on with the next event', async () => {
    const errors: StreamError[] = [];
    const stream = await scene.subscribe(cutOnce, { onError: (error) => errors.push(error) });
    const { messages } = await until(stream, ({ lastEventId }) => lastEventId === '3');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3']);
    const bytesReceived = numberedEvents(1, 2).length;
    expect(errors).toMatchObject([{ code: 'network', bytesReceived, attempt: 1 }]);
  });

  it('a server that is down is, until it is up', async () => {
    await scene.serve(() => {});
    const port = Number(new URL(scene.server.origin).port);
    await scene.server.stop();
    const failures: StreamError[] = [];
    const stream = scene.create({ onError: (error) => failures.push(error) });
    stream.start();
    await until(stream, ({ attempt }) => attempt === 3);
    await scene.serve(({ response }) => openEventStream(response), port);
    await untilStatus(stream, 'open');
    expect(failures.length).toBeGreaterThanOrEqual(2);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['network']));
  });

  it('204 ends a stream that was open before, without an error', async () => {
    const stream = await scene.subscribe(({ response, number }) => {
      if (number === 2) {
        response.writeHead(204).end();
        return;
      }
      openEventStream(response);
      response.end(numberedEvents(1, 1));
    });
    const { error, data, attempt } = await untilStatus(stream, 'done');
    expect([error, data, attempt]).toEqual([null, '1', 2]);
  });
});

describe('which methods are sent again', () => {
  it('a POST is done at a clean end, after one request', async () => {
    const stream = await scene.subscribe(
      ({ response }) => {
        openEventStream(response);
        response.end(numberedEvents(1, 2));
      },
      { body: 'question' },
    );
    const { error, data } = await untilStatus(stream, 'done');
    expect([error, data]).toEqual([null, '2']);
    expect(scene.server.requests('/')).toMatchObject([{ method: 'POST', body: 'question' }]);
  });

  it('a POST that retry.methods names is, with its body', async () => {
    const stream = await scene.subscribe(cutOnce, { body: { a: 1 }, retry: { methods: ['post'] } });
    await until(stream, ({ lastEventId }) => lastEventId === '3');
    const sent = { method: 'POST', body: '{"a":1}' };
    expect(scene.server.requests('/')).toMatchObject([sent, sent]);
    expect(scene.server.requests('/')[1]?.headers['last-event-id']).toBe('2');
  });

  it('a GET that retry.methods leaves out is not', async () => {
    const stream = await scene.subscribe(cutOnce, { retry: { methods: ['PUT'] } });
    expect((await untilStatus(stream, 'failed')).error.code).toBe('network');
  });

  it('a POST with an Idempotency-Key is, with the key of its first attempt', async () => {
    let calls = 0;
    const stream = await scene.subscribe(cutOnce, {
      method: 'POST',
      headers: () => {
        calls += 1;
        return { 'Idempotency-Key': `key ${calls}`, 'X-Token': `token ${calls}` };
      },
    });
    await until(stream, ({ lastEventId }) => lastEventId === '3');
    const sent = scene.server
      .requests('/')
      .map(({ headers }) => [headers['idempotency-key'], headers['x-token']]);
    expect(sent).toEqual([
      ['key 1', 'token 1'],
      ['key 1', 'token 2'],
    ]);
  });

  it('a new start gets a new Idempotency-Key', async () => {
    let calls = 0;
    const stream = await scene.subscribe(cutOnce, {
      method: 'POST',
      headers: () => ({ 'Idempotency-Key': `key ${++calls}` }),
    });
    await until(stream, ({ lastEventId }) => lastEventId === '3');
    stream.reconnect();
    await untilStatus(stream, 'open');
    const keys = scene.server.requests('/').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['key 1', 'key 1', 'key 3']);
  });

  it('nothing is with retry: false', async () => {
    const stream = await scene.subscribe(cutOnce, { retry: false });
    expect((await untilStatus(stream, 'failed')).error.code).toBe('network');
    expect(await scene.environment.fetchCalls()).toBe(1);
  });
});

describe('how long it waits', () => {
  it('the `retry:` field of the server is a floor, for a clean end too', async () => {
    const stream = await scene.subscribe(({ response }) => {
      openEventStream(response);
      response.end(encodeMessage({ retry: 400 }));
    });
    await until(stream, ({ status, attempt }) => status === 'open' && attempt === 3);
    expect(Math.min(...gaps(scene.server.requests('/')))).toBeGreaterThanOrEqual(400);
  });

  it('a server that ends every stream at once is asked at most every 100 ms', async () => {
    const stream = await scene.subscribe(
      ({ response }) => {
        openEventStream(response);
        response.end();
      },
      { retry: { baseDelayMs: 0 } },
    );
    await until(stream, ({ attempt }) => attempt === 6);
    expect(Math.min(...gaps(scene.server.requests('/')))).toBeGreaterThanOrEqual(100);
  });

  it('a Retry-After that is an HTTP date is waited for', async () => {
    const date = new Date(Date.now() + 2000).toUTCString();
    const stream = await scene.subscribe(({ response, number }) => {
      if (number === 1) response.writeHead(503, { 'retry-after': date }).end();
      else openEventStream(response);
    });
    await untilStatus(stream, 'open');
    // A timer of Node may be a millisecond early.
    expect(scene.server.requests('/')[1]?.at).toBeGreaterThanOrEqual(Date.parse(date) - 1);
  });
});

describe('recovery', () => {
  it('never cuts a Retry-After short, whatever the page goes through meanwhile', async () => {
    const stream = await scene.subscribe(
      ({ response, number }) => {
        if (number === 1) response.writeHead(503, { 'retry-after': '1' }).end();
        else openEventStream(response);
      },
      { pauseWhenHidden: true },
    );
    await untilStatus(stream, 'waiting');
    const { page } = scene.environment;
    page.setVisible(false);
    page.setVisible(true);
    page.setOnline(false);
    page.setOnline(true);
    page.signal({ type: 'freeze' });
    page.signal({ type: 'resume' });
    page.signal({ type: 'pagehide', persisted: true });
    page.signal({ type: 'pageshow', persisted: true });
    expect(stream.getSnapshot().status).toBe('waiting');
    await untilStatus(stream, 'open');
    expect(gaps(scene.server.requests('/'))).toHaveLength(1);
    expect(gaps(scene.server.requests('/'))[0]).toBeGreaterThanOrEqual(1000);
  });

  it('replaces a stream whose connection froze, once, and goes on with the next event', async () => {
    const stream = await scene.subscribe(({ response, resumesAfter }) => {
      openEventStream(response);
      response.write(numberedEvents(resumesAfter + 1, resumesAfter + 2));
    });
    await until(stream, ({ lastEventId }) => lastEventId === '2');
    const { page } = scene.environment;
    page.signal({ type: 'freeze' });
    page.signal({ type: 'resume' });
    page.setOnline(true);
    page.setVisible(true);
    const { attempt, messages } = await until(stream, ({ lastEventId }) => lastEventId === '4');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3', '4']);
    expect([attempt, scene.server.requests('/').length]).toEqual([2, 2]);
  });
});
