import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { describe, expect, it, vi } from 'vitest';
import { openEventStream, type Route } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/*
 * The servers that are written first, and what stands between them and a page: what a hook shows of
 * each, and what development says. The guide "Troubleshooting" tells the same. What only a browser
 * refuses (CORS) is in test/browser/pages/refused-preflight.test.ts.
 */

const scene = createWireScene();
const { subscribe } = scene;

/** What development was told, with `here` for the address of the server. */
const hints = () =>
  scene.environment.warnings.map((text) => text.replaceAll(scene.server.url('/'), 'here'));

/** Writes chunks, each read before the next is written, and leaves the response as it is then. */
async function write(response: ServerResponse, ...chunks: string[]): Promise<void> {
  openEventStream(response);
  for (const chunk of chunks) {
    await new Promise<void>((written) => response.write(chunk, () => written()));
  }
}

/** Answers the first request of a client that comes back, and then no more. */
const once =
  (answer: (response: ServerResponse) => void | Promise<void>): Route =>
  async ({ response, number }) => {
    if (number > 1) response.writeHead(204).end();
    else await answer(response);
  };

const read = (options: StreamingFetchOptions = {}) =>
  createStreamingFetch(scene.server.url('/'), { environment: scene.environment, ...options });

describe('characters without `data:`', () => {
  const HINT =
    'rivulet: the body of here is not an event stream, it starts with "Hello, I am a stream.". If the ' +
    'server means each line as a message, it has to write `data:` before the text. To read plain ' +
    "text, use useStreamingFetch with `framing: 'text'`.";
  const characters = once(async (response) => {
    await write(response, ...'Hello, I am a stream.');
    response.end();
  });

  it('open a subscription that receives nothing, and reconnects', async () => {
    const source = await subscribe(characters, { retry: { baseDelayMs: 1 } });
    const waiting = await untilStatus(source, 'waiting');
    expect([waiting.messages, waiting.error]).toEqual([[], null]);
    await untilStatus(source, 'done');
    expect(hints()).toEqual([HINT]);
  });

  it('end a streamed answer as done, without text', async () => {
    await scene.serve(characters);
    const { status, text, messages } = await read().start();
    expect([status, text, messages]).toEqual(['done', '', []]);
    expect(hints()).toEqual([HINT]);
  });

  it('are there with `framing: "text"`', async () => {
    await scene.serve(characters);
    const { status, text } = await read({ framing: 'text' }).start();
    expect([status, text]).toEqual(['done', 'Hello, I am a stream.']);
    expect(hints()).toEqual([]);
  });
});

describe('a blank line that was forgotten', () => {
  const HINT =
    'rivulet: the body of here has fields but no message, it starts with "id: 1\\ndata: one\\nid: ' +
    '2\\ndata: two\\n". A message ends at a blank line, and there is none: the server has to write ' +
    '`\\n\\n` after its last field.';

  it('leaves an open subscription without a message, until it reconnects', async () => {
    const source = await subscribe(
      once(async (response) => {
        await write(response, 'id: 1\ndata: one\n', 'id: 2\ndata: two\n');
        response.end();
      }),
      { retry: { baseDelayMs: 1 } },
    );
    const waiting = await untilStatus(source, 'waiting');
    expect([waiting.messages, waiting.error]).toEqual([[], null]);
    await untilStatus(source, 'done');
    expect(hints()).toEqual([HINT]);
  });

  it('is noticed in a stream without an end', async () => {
    const clock = { now: Date.now() };
    const chunks: number[] = [];
    await scene.serve(async ({ response }) => {
      openEventStream(response);
      for (let number = 1; number <= 12; number += 1) {
        response.write(`data: ${number}\n`);
        await vi.waitFor(() => expect(chunks).toHaveLength(number), 30_000);
      }
    });
    const source = scene.create({
      environment: { ...scene.environment, now: () => clock.now },
      onChunk() {
        chunks.push(chunks.length);
        clock.now += 300;
      },
    });
    source.start();
    await vi.waitFor(() => expect(chunks).toHaveLength(12), 30_000);
    expect(source.getSnapshot()).toMatchObject({ status: 'open', messages: [] });
    expect(hints()).toEqual([
      expect.stringMatching(/^rivulet: the body of here has fields but no message.*blank line/),
    ]);
  });
});

describe('`end` that is not an event', () => {
  const hintFor = (block: string) =>
    `rivulet: the body of here ends with ${JSON.stringify(block)}, which is ignored: an event needs a ` +
    '`data:` line. To say that this was all, let the server send `event: end`, `data: bye` and a ' +
    "blank line, and name it with `endWhen: { event: 'end' }`.";

  it.each([
    ['a bare line', 'end\n\n', 'end'],
    ['an event without data', 'event: end\n\n', 'event: end'],
  ])('%s: a subscription does not hear it and comes back', async (_name, end, block) => {
    const source = await subscribe(
      once(async (response) => {
        await write(response, 'id: 1\ndata: one\n\n', end);
        response.end();
      }),
      { endWhen: { event: 'end' }, retry: { baseDelayMs: 1 } },
    );
    await untilStatus(source, 'waiting');
    const { attempt, messages } = await untilStatus(source, 'done');
    expect(attempt).toBe(2);
    expect(messages.map(({ data }) => data)).toEqual(['one']);
    expect(hints()).toEqual([hintFor(block)]);
  });

  it('a bare line: an answer that waits for its end was cut', async () => {
    await scene.serve(
      once(async (response) => {
        await write(response, 'data: one\n\n', 'end\n\n');
        response.end();
      }),
    );
    const { status, text, error } = await read({ endWhen: { event: 'end' } }).start();
    expect([status, text, error?.code]).toEqual(['failed', 'one', 'truncated']);
    expect(hints()).toEqual([hintFor('end')]);
  });

  it('an event with data ends both', async () => {
    const end = once((response) => write(response, 'data: one\n\nevent: end\ndata: bye\n\n'));
    const source = await subscribe(end, { endWhen: { event: 'end' } });
    expect((await untilStatus(source, 'done')).attempt).toBe(1);
    expect(hints()).toEqual([]);
  });
});

describe('an HTML page', () => {
  it('fails, with the page in the error', async () => {
    const page = '<!doctype html><title>My app</title><div id="root"></div>';
    const source = await subscribe(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    });
    const { error } = await untilStatus(source, 'failed');
    expect(error).toMatchObject({ code: 'content-type', status: 200, body: page });
    expect(error.message).toBe('The server sent text/html instead of text/event-stream.');
    expect(hints()).toEqual([
      'rivulet: here answered with an HTML page. Usually that is a login page after a redirect, or ' +
        'the fallback page of a development server that does not proxy this path.',
    ]);
  });
});

const BUFFERING =
  'rivulet: here was silent for over 2 s and then sent many messages at once. Something between here ' +
  'and the server buffers or compresses the stream: for nginx, set `proxy_buffering off` or send ' +
  '`X-Accel-Buffering: no`; for a compressing middleware, send `Cache-Control: no-transform` or ' +
  'flush after every message.';

const TWELVE = Array.from({ length: 12 }, (_, index) => `id: ${index + 1}\ndata: ${index + 1}\n\n`);

/** What a server knows of its client: its clock, which it moves, and when it has the headers. */
interface Client {
  now: number;
  readonly opened: Promise<void>;
}

/** A subscription on a clock that the server moves. */
async function onMovedClock(route: (client: Client) => Route) {
  let onOpen = () => {};
  const opened = new Promise<void>((resolve) => {
    onOpen = resolve;
  });
  const client: Client = { now: Date.now(), opened };
  await scene.serve(route(client));
  const environment = { ...scene.environment, now: () => client.now };
  const source = scene.create({ environment, onOpen });
  source.start();
  return source;
}

describe('a proxy that buffers', () => {
  it('delivers everything, at the end and at once', async () => {
    const source = await onMovedClock((client) => ({ response }) => {
      client.now += 2500;
      openEventStream(response);
      response.write(TWELVE.join(''));
    });
    const { messages } = await until(source, ({ lastEventId }) => lastEventId === '12');
    expect(messages).toHaveLength(12);
    expect(hints()).toEqual([BUFFERING]);
  });
});

describe('compression', () => {
  /** Twelve events, one a second, compressed as a middleware does. */
  const compressed =
    (client: Client): Route =>
    async ({ response }) => {
      openEventStream(response, { 'content-encoding': 'gzip' });
      await client.opened;
      const gzip = createGzip();
      gzip.pipe(response);
      for (const frame of TWELVE) {
        client.now += 1000;
        await new Promise((written) => gzip.write(frame, written));
      }
      gzip.end();
    };

  it('without a flush holds the messages back, though the headers come at once', async () => {
    const source = await onMovedClock(compressed);
    const { messages } = await until(source, ({ lastEventId }) => lastEventId === '12');
    expect(messages).toHaveLength(12);
    expect(hints()).toEqual([BUFFERING]);
  });
});

describe('a proxy that cuts a silent connection', () => {
  /** One event, then the connection breaks, as a proxy breaks it after a minute without a byte. */
  const cut: Route = async ({ response, resumesAfter }) => {
    const next = resumesAfter + 1;
    await write(response, `id: ${next}\ndata: ${next}\n\n`);
    if (next < 3) response.destroy();
  };

  it('makes a subscription reconnect, with its last event id', async () => {
    const codes: string[] = [];
    const source = await subscribe(cut, {
      retry: { baseDelayMs: 1 },
      onError: ({ code }) => codes.push(code),
    });
    const { messages } = await until(source, ({ lastEventId }) => lastEventId === '3');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3']);
    expect(codes).toEqual(['network', 'network']);
    expect(hints()).toEqual([]);
  });

  it('makes an answer fail, and keeps what came', async () => {
    await scene.serve(cut);
    const { status, text, error } = await read().start();
    expect([status, text, error?.code]).toEqual(['failed', '1', 'network']);
    expect(error?.message).toMatch(/^The connection broke after \d+ bytes: /);
  });

  it('without a word is noticed by `idleTimeoutMs`', async () => {
    const source = await subscribe(({ response }) => openEventStream(response), {
      idleTimeoutMs: 50,
      retry: { baseDelayMs: 1 },
    });
    const { error } = await until(source, (snapshot) => snapshot.error !== null);
    expect(error?.code).toBe('timeout-idle');
    expect(error?.message).toBe('No byte within 50 ms.');
    expect(hints().join()).toContain('such as a comment line (`:`) of an event stream');
  });
});
