import type { EventSourceController, StreamError } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import {
  expectAllClosed,
  numberedEvents,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* What is made of a response, as real servers send it: its type, its end, its text, its redirects. */

const scene = createWireScene();

/** Answers with a body that ends, and later requests with an open stream. */
function endAfter(body: string | Uint8Array): Route {
  return ({ response, number }) => {
    openEventStream(response);
    if (number === 1) response.end(body);
  };
}

async function secondOpen(stream: EventSourceController): Promise<void> {
  await until(stream, ({ status, attempt }) => status === 'open' && attempt === 2);
}

describe('the content type', () => {
  it.each([
    'text/event-stream',
    'text/event-stream; charset=utf-8',
    'text/event-stream;charset=iso-8859-1',
    'Text/Event-Stream ; Charset=UTF-8',
    'TEXT/EVENT-STREAM',
  ])('%s is an event stream, in UTF-8', async (type) => {
    const stream = await scene.subscribe(({ response }) => {
      openEventStream(response, { 'content-type': type });
      response.write('data: é日🎉\n\n');
    });
    expect((await until(stream, ({ data }) => data !== undefined)).data).toBe('é日🎉');
  });

  it('of two headers, of a framework and of a proxy, the last one counts', async () => {
    const stream = await scene.subscribe(({ response }) => {
      response.writeHead(200, [
        ...['Content-Type', 'application/json'],
        ...['Content-Type', 'text/event-stream; charset=utf-8'],
      ]);
      response.write('data: x\n\n');
    });
    expect((await until(stream, ({ data }) => data !== undefined)).data).toBe('x');
  });

  it.each([
    'text/html; charset=utf-8',
    'text/plain',
    'application/json',
    'application/octet-stream',
    'text/event-streams',
  ])('%s fails, and the error keeps the start of the body', async (type) => {
    const body = `data: it looks right\n\n${'x'.repeat(200)}`;
    const stream = await scene.subscribe(({ response }) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    const { error } = await untilStatus(stream, 'failed');
    expect(error).toMatchObject({ code: 'content-type', status: 200, body });
    expect(error.message).toContain(type.split(';')[0]);
    expect(error.message).not.toContain('it looks right');
  });

  it('none at all fails, and the error says so', async () => {
    const stream = await scene.subscribe(
      ({ response }) => response.writeHead(200).end() && undefined,
    );
    const { error } = await untilStatus(stream, 'failed');
    expect(error.message).toContain('no content type');
  });
});

describe('the end of a body', () => {
  it.each([
    ['data: [DONE]', '[DONE]'],
    ['data: [DONE]\n', '[DONE]'],
    ['data: [DONE]\r\n', '[DONE]'],
    ['data: [DONE]\n\n', '[DONE]'],
    ['event: end\ndata: bye', { event: 'end' }],
    ['data: bye\nevent: end\n', { event: 'end' }],
    ['event: end\ndata', { event: 'end' }],
  ])('the sentinel %j is recognised and not delivered', async (tail, endWhen) => {
    const received: string[] = [];
    const stream = await scene.subscribe(endAfter(`${numberedEvents(1, 1)}${tail}`), {
      endWhen,
      onMessage: ({ data }) => received.push(data),
    });
    const { error, attempt } = await untilStatus(stream, 'done');
    expect([error, attempt, received]).toEqual([null, 1, ['1']]);
  });

  it.each([
    ['a block without data', 'event: end\n\n', { event: 'end' }],
    ['a block without data that is cut', 'event: end\n', { event: 'end' }],
    ['half a sentinel', 'data: [DON', '[DONE]'],
  ])('%s is no sentinel: the stream goes on', async (_what, tail, endWhen) => {
    const stream = await scene.subscribe(endAfter(`${numberedEvents(1, 1)}${tail}`), { endWhen });
    await secondOpen(stream);
    expect(stream.getSnapshot().messages.map(({ data }) => data)).toEqual(['1']);
  });

  it('a cut block that is not a sentinel is discarded unseen', async () => {
    const received: string[] = [];
    const stream = await scene.subscribe(endAfter('data: whole\n\ndata: half\n'), {
      onMessage: ({ data }) => received.push(data),
    });
    await secondOpen(stream);
    expect(received).toEqual(['whole']);
  });

  it('a sentinel cut by a broken connection is none', async () => {
    const errors: StreamError[] = [];
    const stream = await scene.subscribe(
      ({ response, number }) => {
        openEventStream(response);
        if (number === 1) response.write('data: [DONE]\n', () => response.destroy());
      },
      { endWhen: '[DONE]', onError: (error) => errors.push(error) },
    );
    await secondOpen(stream);
    expect(errors.map(({ code }) => code)).toEqual(['network']);
  });
});

describe('text of several bytes for a character', () => {
  const text = 'é日🎉 \u{10FFFF}\u00A0Ω';
  const wire = Buffer.from(`id: ${text}\nevent: ${text}\ndata: ${text}\n\n`);

  it.each(Array.from({ length: wire.length - 1 }, (_, index) => index + 1))(
    'survives a cut after byte %i',
    async (position) => {
      const { onChunk, send, sizes } = createLockstep();
      const stream = await scene.subscribe(
        ({ response }) => {
          openEventStream(response);
          return send(response, [wire.subarray(0, position), wire.subarray(position)]);
        },
        { onChunk },
      );
      const { message } = await until(stream, ({ data }) => data !== undefined);
      expect(message).toMatchObject({ event: text, data: text, lastEventId: text });
      expect(sizes).toEqual([position, wire.length - position]);
    },
  );

  it('survives chunks of one byte each', async () => {
    const { onChunk, send, sizes } = createLockstep();
    const bytes = [...wire, ...Buffer.from(': \u{1F30A}\r\n\r\ndata: last\r\n\r\n')];
    const stream = await scene.subscribe(
      ({ response }) => {
        openEventStream(response);
        return send(
          response,
          bytes.map((byte) => Uint8Array.of(byte)),
        );
      },
      { onChunk },
    );
    const { messages } = await until(stream, ({ data }) => data === 'last');
    expect(messages.map(({ data }) => data)).toEqual([text, 'last']);
    // The last block is complete at its last CR; the LF after it may still be on its way.
    expect(sizes.length).toBeGreaterThanOrEqual(bytes.length - 1);
    expect(Math.max(...sizes)).toBe(1);
  });

  it('cut by the end of one connection does not reach the next', async () => {
    const half = Buffer.from('data: 🎉').subarray(0, -2);
    const stream = await scene.subscribe(({ response, number }) => {
      openEventStream(response);
      if (number === 1) response.end(half);
      else response.write('data: whole\n\n');
    });
    const { messages } = await until(stream, ({ data }) => data === 'whole');
    expect(messages).toHaveLength(1);
  });
});

describe('redirects', () => {
  it('are followed, and a reconnect goes to the original URL again', async () => {
    const target = await startStreamServer({
      '/stream': ({ response, number, resumesAfter }) => {
        openEventStream(response);
        response.write(numberedEvents(resumesAfter + 1, resumesAfter + 1));
        if (number === 1) response.end();
      },
    });
    const stream = await scene.subscribe(({ response }) => {
      response.writeHead(307, { location: target.url('/stream') }).end();
    });
    const { messages } = await until(stream, ({ data }) => data === '2');
    expect(messages.map(({ origin }) => origin)).toEqual([target.origin, target.origin]);
    const ids = (of: StreamServer, path: string) =>
      of.requests(path).map(({ headers }) => headers['last-event-id']);
    expect(ids(scene.server, '/')).toEqual([undefined, '1']);
    expect(ids(target, '/stream')).toEqual([undefined, '1']);
    stream.close();
    await expectAllClosed(target);
    await target.stop();
  });
});
