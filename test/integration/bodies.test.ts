import { createGzip, gzipSync } from 'node:zlib';
import type { StreamError } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { numberedEvents, openEventStream, writeEndlessly } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* Bodies that are encoded, declared, or large. */

const MEBI = 1024 * 1024;

const scene = createWireScene();

describe('a body with a declared length', () => {
  it('is truncated when it ends before, is resumed, and loses nothing', async () => {
    const errors: StreamError[] = [];
    const sent = numberedEvents(1, 2);
    const stream = await scene.subscribe(
      ({ response, number, resumesAfter }) => {
        if (number > 1) {
          openEventStream(response);
          response.write(numberedEvents(resumesAfter + 1, 3));
          return;
        }
        openEventStream(response, { 'content-length': sent.length + 5 });
        response.write(sent, () => response.destroy());
      },
      { onError: (error) => errors.push(error) },
    );
    const { messages } = await until(stream, ({ data }) => data === '3');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3']);
    expect(errors).toMatchObject([{ code: 'truncated', bytesReceived: sent.length }]);
    expect(errors[0]?.message).toContain(`${sent.length} of ${sent.length + 5} bytes`);
  });

  it('ends cleanly when it has that length', async () => {
    const errors: StreamError[] = [];
    const stream = await scene.subscribe(
      ({ response, number }) => {
        const body = numberedEvents(number, number);
        openEventStream(response, { 'content-length': body.length });
        response.end(body);
      },
      { onError: (error) => errors.push(error) },
    );
    await until(stream, ({ data }) => data === '2');
    expect(errors).toEqual([]);
  });
});

describe('a compressed event stream', () => {
  it('is read message by message while it runs', async () => {
    const gzip = createGzip();
    const send = (number: number) => {
      gzip.write(numberedEvents(number, number));
      gzip.flush();
    };
    const stream = await scene.subscribe(
      ({ response }) => {
        openEventStream(response, { 'content-encoding': 'gzip' });
        gzip.pipe(response);
        send(1);
      },
      { onMessage: ({ data }) => Number(data) < 5 && send(Number(data) + 1) },
    );
    const { messages } = await until(stream, ({ data }) => data === '5');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is not truncated by a declared length, which is that of the encoded bytes', async () => {
    const errors: StreamError[] = [];
    const encoded = gzipSync(numberedEvents(1, 1));
    expect(encoded.length).toBeGreaterThan(numberedEvents(1, 1).length);
    const stream = await scene.subscribe(
      ({ response, number }) => {
        if (number > 1) {
          openEventStream(response);
          return;
        }
        openEventStream(response, {
          'content-encoding': 'gzip',
          'content-length': encoded.length,
        });
        response.end(encoded);
      },
      { onError: (error) => errors.push(error) },
    );
    await until(stream, ({ status, attempt }) => status === 'open' && attempt === 2);
    expect(errors).toEqual([]);
    expect(stream.getSnapshot().data).toBe('1');
  });
});

describe('a large message', () => {
  it.each([
    ['in one line', 'é' + 'x'.repeat(10 * MEBI)],
    [
      'in 100,000 lines',
      Array.from({ length: 100_000 }, (_, line) => `${line} `.repeat(20)).join('\n'),
    ],
  ])('of over 10 MB %s is whole, with maxMessageLength: Infinity', async (_form, text) => {
    const stream = await scene.subscribe(
      ({ response }) => {
        openEventStream(response);
        response.write(`id: 1\ndata: ${text.replaceAll('\n', '\ndata: ')}\n\ndata: next\n\n`);
      },
      { maxMessageLength: Number.POSITIVE_INFINITY },
    );
    const { messages } = await until(stream, ({ data }) => data === 'next');
    expect(text.length).toBeGreaterThan(10 * MEBI);
    expect(messages.map(({ data }) => data === text)).toEqual([true, false]);
  });

  it('of exactly 16 Mi characters passes the default limit', async () => {
    const stream = await scene.subscribe(({ response }) => {
      openEventStream(response);
      response.write(`data: ${'x'.repeat(16 * MEBI)}\n\n`);
    });
    const { data } = await until(stream, ({ message }) => message !== undefined);
    expect(data?.length).toBe(16 * MEBI);
  });

  it('of one character more fails as message-too-large, after what came before it', async () => {
    const stream = await scene.subscribe(({ response }) => {
      openEventStream(response);
      response.write(numberedEvents(1, 1));
      response.write(`data: ${'x'.repeat(16 * MEBI + 1)}\n\n`);
    });
    const { error, data } = await untilStatus(stream, 'failed');
    expect([error.code, data]).toEqual(['message-too-large', '1']);
    expect(error.message).toBe(`A message is longer than ${16 * MEBI} characters.`);
  });

  it.each([
    ['one line', 'x'.repeat(1024)],
    ['lines without a blank one', `data: ${'x'.repeat(1024)}\n`],
  ])(
    'without an end, of %s, is refused before much more than the limit was read',
    async (_form, piece) => {
      const limit = MEBI;
      const stream = await scene.subscribe(
        async ({ response }) => {
          openEventStream(response);
          response.write('data: ');
          await writeEndlessly(response, piece);
        },
        { maxMessageLength: limit },
      );
      const { error } = await untilStatus(stream, 'failed');
      expect(error.code).toBe('message-too-large');
      expect(error.bytesReceived).toBeGreaterThanOrEqual(limit);
      expect(error.bytesReceived).toBeLessThan(limit * 1.5);
      expect(await scene.environment.fetchCalls()).toBe(1);
    },
  );
});
