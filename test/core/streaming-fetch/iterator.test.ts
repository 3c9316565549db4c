import { createStreamingFetch, isStreamError } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE } from '../../support/wire.ts';

const EVENTS = { contentType: 'text/event-stream' };

describe('the iterator', () => {
  test('starts an idle controller and gives every message, then ends', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', { ...wire.options, parse: 'json' });
    const values: unknown[] = [];
    const reading = (async () => {
      for await (const { value } of run) values.push(value);
    })();
    await wire.send('data: 1\n\ndata: 2\n\n', 'data: 3\n\n');
    await wire.close();
    await reading;
    expect(values).toEqual([1, 2, 3]);
    expect(wire.requests).toHaveLength(1);
    expect(run.getSnapshot().status).toBe('done');
  });

  test('follows a run that was started with overrides', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    void run.start({ url: '/other' });
    const reading = run[Symbol.asyncIterator]().next();
    await wire.send('data: 1\n\n');
    expect((await reading).value).toMatchObject({ data: '1' });
    expect(wire.requests.map(({ url }) => url)).toEqual(['/other']);
    run.abort();
  });

  test('throws the error of a run that fails, after the messages before it', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    const received: string[] = [];
    const reading = (async () => {
      try {
        for await (const { data } of run) received.push(data);
      } catch (error) {
        return isStreamError(error) ? error.code : 'something else';
      }
      return 'no error';
    })();
    await wire.send('data: 1\n\ndata: 2\n\n');
    await wire.drop();
    expect(await reading).toBe('network');
    expect(received).toEqual(['1', '2']);
  });

  test('ends without a throw when the run is aborted', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    const received: string[] = [];
    const reading = (async () => {
      for await (const { data } of run) received.push(data);
    })();
    await wire.send('data: 1\n\n');
    run.abort();
    await reading;
    expect(received).toEqual(['1']);
  });

  test('aborts the request when it is left', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    const reading = (async () => {
      for await (const { data } of run) if (data === '2') break;
    })();
    await wire.send('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    await reading;
    expect(run.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    expect(wire.request.isAborted).toBe(true);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('of a run that is over by then gives nothing more', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    const end = run.start();
    await wire.send('data: 1\n\n');
    await wire.close();
    await end;
    const next = run[Symbol.asyncIterator]().next();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(wire.requests).toHaveLength(1);
  });

  test('of a run that failed by then throws its error', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', wire.options);
    const end = run.start();
    await wire.drop();
    await end;
    const next = run[Symbol.asyncIterator]().next();
    await expect(next).rejects.toMatchObject({ code: 'network' });
    expect(wire.requests).toHaveLength(1);
  });

  test('is one per controller', () => {
    const run = createStreamingFetch('/api', createWire().options);
    run[Symbol.asyncIterator]();
    expect(() => run[Symbol.asyncIterator]()).toThrow('one iterator');
    run.abort();
  });

  test('makes the reader of the body wait while it is behind by more than a chunk', async () => {
    const { environment } = createWire();
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new TextEncoder().encode(`${pulled}`));
          if (pulled === 50) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const run = createStreamingFetch('/api', {
      environment,
      fetch: async () => new Response(body, { headers: { 'content-type': 'text/plain' } }),
      idleTimeoutMs: 1000,
    });
    const iterator = run[Symbol.asyncIterator]();
    for (let read = 1; read <= 5; read += 1) {
      expect((await iterator.next()).value).toMatchObject({ data: String(read) });
      // Whoever reads takes its time: no deadline counts that.
      await environment.advance(5000);
      expect(pulled).toBeLessThanOrEqual(read + 3);
    }
    let rest = 0;
    for await (const { data } of iterator) rest += data === '' ? 0 : 1;
    expect([rest, run.getSnapshot().status]).toEqual([45, 'done']);
  });
});
