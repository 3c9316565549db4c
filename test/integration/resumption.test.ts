import type { EventSourceController, StreamError } from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { numberedEvents, openEventStream, type Route } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* How the last event id comes to the server, and what goes with it. */

const scene = createWireScene();

/** Sends a text and ends at the first request, stays open at the second. */
function sendOnce(text: string): Route {
  return ({ response, number }) => {
    openEventStream(response);
    if (number === 1) response.end(text);
  };
}

/** The header `Last-Event-ID` of every request, as its bytes. */
function idBytes(): (Buffer | null)[] {
  return scene.server.requests('/').map(({ headers }) => {
    const id = headers['last-event-id'];
    return typeof id === 'string' ? Buffer.from(id, 'latin1') : null;
  });
}

async function secondOpen(stream: EventSourceController): Promise<void> {
  await until(stream, ({ status, attempt }) => status === 'open' && attempt === 2);
}

describe('the last event id', () => {
  it.each(['é日🎉', '1795193388:87', 'with, comma; and "quotes"', '\u00FFlatin'])(
    'arrives as its UTF-8 bytes: %s',
    async (id) => {
      const stream = await scene.subscribe(sendOnce(`id: ${id}\ndata: x\n\n`));
      await secondOpen(stream);
      expect(idBytes()).toEqual([null, Buffer.from(id)]);
    },
  );

  it('of a block without data counts', async () => {
    const stream = await scene.subscribe(sendOnce('id: 1\ndata: x\n\nid: 2\n\n'));
    await secondOpen(stream);
    expect(idBytes()).toEqual([null, Buffer.from('2')]);
  });

  it('of a block that the end of the body cuts does not count', async () => {
    const stream = await scene.subscribe(sendOnce('id: 1\ndata: x\n\nid: 2\ndata: y\n'));
    await secondOpen(stream);
    expect(idBytes()).toEqual([null, Buffer.from('1')]);
    expect(stream.getSnapshot().messages.map(({ data }) => data)).toEqual(['x']);
  });

  it('with a NUL is ignored, and the one before it is sent', async () => {
    const stream = await scene.subscribe(sendOnce('id: 1\ndata: x\n\nid: 2\0\ndata: y\n\n'));
    await secondOpen(stream);
    expect(stream.getSnapshot().data).toBe('y');
    expect(idBytes()).toEqual([null, Buffer.from('1')]);
  });

  it('persists over a connection that sends none', async () => {
    const stream = await scene.subscribe(({ response, number }) => {
      openEventStream(response);
      if (number === 1) response.end('id: 1\ndata: x\n\n');
      else if (number === 2) response.end('data: y\n\n');
    });
    await until(stream, ({ status, attempt }) => status === 'open' && attempt === 3);
    expect(idBytes()).toEqual([null, Buffer.from('1'), Buffer.from('1')]);
  });

  it('is empty again when the server empties it', async () => {
    const stream = await scene.subscribe(sendOnce('id: 1\ndata: x\n\nid\ndata: y\n\n'));
    await secondOpen(stream);
    expect(idBytes()).toEqual([null, null]);
  });

  it.each([
    ['with a control character', 'a\u0007b'],
    ['of over 4 KiB', 'x'.repeat(4097)],
  ])('%s is not sent, and reported once as resume-blocked', async (_what, id) => {
    const errors: StreamError[] = [];
    const stream = await scene.subscribe(
      ({ response, number }) => {
        openEventStream(response);
        if (number <= 2) response.end(`id: ${id}\ndata: x\n\n`);
      },
      { onError: (error) => errors.push(error) },
    );
    await until(stream, ({ status, attempt }) => status === 'open' && attempt === 3);
    expect(idBytes()).toEqual([null, null, null]);
    expect(errors.map(({ code }) => code)).toEqual(['resume-blocked']);
  });

  it('of exactly 4 KiB is sent', async () => {
    const id = 'x'.repeat(4096);
    const stream = await scene.subscribe(sendOnce(`id: ${id}\ndata: x\n\n`));
    await secondOpen(stream);
    expect(idBytes()).toEqual([null, Buffer.from(id)]);
  });

  it('is sent with the first request when the caller has one', async () => {
    const stream = await scene.subscribe(
      ({ response, resumesAfter }) => {
        openEventStream(response);
        response.write(numberedEvents(resumesAfter + 1, resumesAfter + 1));
      },
      { lastEventId: '41' },
    );
    await until(stream, ({ data }) => data === '42');
    expect(idBytes()).toEqual([Buffer.from('41')]);
  });

  it('stays that of the last delivered event after close() in the middle of a chunk', async () => {
    const stream: EventSourceController = await scene.subscribe(
      ({ response, resumesAfter }) => {
        openEventStream(response);
        response.write(numberedEvents(resumesAfter + 1, 10));
      },
      { onMessage: ({ data }) => data === '5' && stream.close() },
    );
    await untilStatus(stream, 'aborted');
    stream.reconnect();
    const { messages } = await until(stream, ({ data }) => data === '10');
    expect(messages.map(({ data }) => Number(data))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(idBytes()).toEqual([null, Buffer.from('5')]);
  });

  it('goes into the query with resume: { query }, beside what stands there', async () => {
    const stream = await scene.subscribe(
      sendOnce('id: é&日 🎉\ndata: x\n\n'),
      { resume: { query: 'last_event_id' } },
      '/?room=a&last_event_id=0#top',
    );
    await secondOpen(stream);
    const queries = scene.server
      .requests('/')
      .map(({ url }) => [...new URL(url, scene.server.origin).searchParams]);
    expect(queries).toEqual([
      [
        ['room', 'a'],
        ['last_event_id', '0'],
      ],
      [
        ['room', 'a'],
        ['last_event_id', 'é&日 🎉'],
      ],
    ]);
    expect(idBytes()).toEqual([null, null]);
  });

  it('is not sent with resume: false', async () => {
    const stream = await scene.subscribe(sendOnce('id: 1\ndata: x\n\n'), { resume: false });
    await secondOpen(stream);
    expect(scene.server.requests('/').map(({ url }) => url)).toEqual(['/', '/']);
    expect(idBytes()).toEqual([null, null]);
    expect(stream.getSnapshot().lastEventId).toBe('1');
  });
});

describe('the request', () => {
  it('accepts an event stream, asks for no-store as an option and adds no other header', async () => {
    const inits: RequestInit[] = [];
    const stream = await scene.subscribe(({ response }) => openEventStream(response), {
      fetch: (url, init) => {
        inits.push(init);
        return fetch(url, init);
      },
    });
    await untilStatus(stream, 'open');
    expect(scene.server.requests('/')[0]?.headers['accept']).toBe('text/event-stream');
    expect(inits.map(({ cache, headers }) => [cache, [...new Headers(headers)]])).toEqual([
      ['no-store', [['accept', 'text/event-stream']]],
    ]);
  });

  it("lets the caller's Accept win", async () => {
    const stream = await scene.subscribe(({ response }) => openEventStream(response), {
      headers: { accept: 'text/event-stream, application/json' },
    });
    await untilStatus(stream, 'open');
    const [request] = scene.server.requests('/');
    expect(request?.headers['accept']).toBe('text/event-stream, application/json');
  });

  it('is made of headers and a body that are asked for anew, for every attempt', async () => {
    let tokens = 0;
    let bodies = 0;
    const stream = await scene.subscribe(sendOnce('data: x\n\n'), {
      method: 'PUT',
      retry: { methods: ['PUT'] },
      headers: async () => ({ authorization: `Bearer ${++tokens}` }),
      body: async () => ({ number: ++bodies }),
    });
    await secondOpen(stream);
    const sent = scene.server
      .requests('/')
      .map(({ headers, body }) => [headers['authorization'], headers['content-type'], body]);
    expect(sent).toEqual([
      ['Bearer 1', 'application/json', '{"number":1}'],
      ['Bearer 2', 'application/json', '{"number":2}'],
    ]);
  });
});
