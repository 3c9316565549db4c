import { gzipSync } from 'node:zlib';
import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  expectAllClosed,
  type Route,
  type StreamServer,
  startStreamServer,
  writeEndlessly,
} from '../support/stream-server.ts';
import { until } from '../support/until.ts';

/* Bodies in both directions as they are on the wire: lengths, encodings, uploads, backpressure. */

let server: StreamServer;
let environment: RealTimeEnvironment;

beforeEach(() => {
  environment = createRealTimeEnvironment();
});

afterEach(async () => {
  await expectNothingLeft();
  await server.stop();
});

async function expectNothingLeft(): Promise<void> {
  await expectAllClosed(server);
  expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
}

async function create(route: Route, options: StreamingFetchOptions = {}) {
  server = await startStreamServer({ '/': route });
  return createStreamingFetch(server.url('/'), { environment, ...options });
}

const PLAIN = { 'content-type': 'text/plain' };

describe('the body of an answer', () => {
  it('that ends before its Content-Length is `truncated`; the text stays', async () => {
    const run = await create(({ response }) => {
      response.writeHead(200, { ...PLAIN, 'content-length': 10 });
      response.write('12345', () => response.destroy());
    });
    const { status, error, text } = await run.start();
    expect([status, error?.code, text]).toEqual(['failed', 'truncated', '12345']);
    expect(error?.message).toContain('5 of 10 bytes');
  });

  it('that is cut before a chunk of its encoding ends is `network`; the text stays', async () => {
    const run = await create(({ response }) => {
      response.writeHead(200, PLAIN);
      response.write('12345');
      response.socket?.write('ff\r\nhalf of a chunk', () => response.destroy());
    });
    const { status, error, text } = await run.start();
    expect([status, error?.code]).toEqual(['failed', 'network']);
    expect(text).toContain('12345');
  });

  it('that is cut inside a character is `truncated`', async () => {
    const run = await create(({ response }) => {
      response.writeHead(200, PLAIN).end(Uint8Array.from([0x61, 0xf0, 0x9f]));
    });
    const { error, text } = await run.start();
    expect([error?.code, text]).toEqual(['truncated', 'a']);
  });

  it('in gzip with its Content-Length is complete, whatever that counts', async () => {
    const body = 'data: hello\n\n'.repeat(500);
    const zipped = gzipSync(body);
    const run = await create(({ response }) => {
      const headers = { 'content-encoding': 'gzip', 'content-length': zipped.length };
      response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(zipped);
    });
    const { status, text, bytesReceived } = await run.start();
    expect([status, bytesReceived]).toEqual(['done', body.length]);
    expect(text).toBe('hello'.repeat(500));
  });

  it('in Latin-1 is decoded as declared', async () => {
    const run = await create(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' });
      response.end(Uint8Array.from([0x63, 0x61, 0x66, 0xe9]));
    });
    expect((await run.start()).text).toBe('café');
  });

  it('of an error that never ends is waited for only so long', async () => {
    const run = await create(({ response }) => {
      response.writeHead(500, PLAIN);
      response.write('half of the rea');
    });
    const { error } = await run.start();
    expect(error).toMatchObject({ code: 'http-status', status: 500, body: 'half of the rea' });
  });

  it('of 1,000 tokens, each in a chunk of its own, is complete and in order', async () => {
    const { onChunk, send, sizes } = createLockstep();
    const tokens = Array.from({ length: 1000 }, (_, index) => `${index} `);
    const run = await create(
      async ({ response }) => {
        response.writeHead(200, PLAIN).flushHeaders();
        await send(response, tokens);
        response.end();
      },
      { onChunk },
    );
    expect((await run.start()).text).toBe(tokens.join(''));
    expect(sizes).toEqual(tokens.map(({ length }) => length));
  });

  it('comes from the URL after redirects', async () => {
    const target = await startStreamServer({
      '/new': ({ response }) => void response.writeHead(200, PLAIN).end('moved'),
    });
    const run = await create(({ response }) => {
      response.writeHead(307, { location: target.url('/new') }).end();
    });
    const { text, response, message } = await run.start();
    expect([text, response?.url]).toEqual(['moved', target.url('/new')]);
    expect(message?.origin).toBe(target.origin);
    await expectAllClosed(target);
    await target.stop();
  });
});

describe('the body of a request', () => {
  const echo: Route = ({ request, response }) => {
    const type = request.headers['content-type'] ?? 'none';
    response.writeHead(200, PLAIN).end(`${request.method} as ${type}: ${request.body}`);
  };

  it.each<[string, () => BodyInit, string]>([
    ['a string', () => 'é', 'POST as text/plain;charset=UTF-8: é'],
    [
      'URLSearchParams',
      () => new URLSearchParams({ q: 'a b' }),
      'POST as application/x-www-form-urlencoded;charset=UTF-8: q=a+b',
    ],
    ['a Blob', () => new Blob(['x'], { type: 'text/csv' }), 'POST as text/csv: x'],
    ['bytes', () => Uint8Array.from([104, 105]), 'POST as none: hi'],
  ])('that is %s arrives with its own content type', async (_, body, text) => {
    const run = await create(echo, { body: body() });
    expect((await run.start()).text).toBe(text);
  });

  it('that is FormData arrives as a form with its file', async () => {
    const form = new FormData();
    form.set('name', 'value');
    form.set('file', new Blob(['content'], { type: 'text/plain' }), 'notes.txt');
    const run = await create(echo, { body: form });
    const { text } = await run.start();
    expect(text).toMatch(/^POST as multipart\/form-data; boundary=/);
    expect(text).toContain('name="name"\r\n\r\nvalue');
    expect(text).toContain('filename="notes.txt"\r\nContent-Type: text/plain\r\n\r\ncontent');
  });

  it('that is a stream arrives as it is read, and once only', async () => {
    const body = new Blob(['streamed ', 'upload']).stream();
    const run = await create(echo, { body });
    expect((await run.start()).text).toBe('POST as none: streamed upload');
    expect((await run.start()).error?.code).toBe('body-used');
    expect(server.requests('/')).toHaveLength(1);
  });

  it('is sent again with the same `Idempotency-Key`, and a POST without one never', async () => {
    const answers: Route = ({ response, number }) => {
      response.writeHead(number % 2 === 1 ? 503 : 200, PLAIN).end('ok');
    };
    const retry = { baseDelayMs: 1 };
    const run = await create(answers, { body: { n: 1 }, retry });
    expect((await run.start()).error).toMatchObject({ code: 'http-status', status: 503 });
    expect(server.requests('/')).toHaveLength(1);

    await run.start();
    const headers = { 'idempotency-key': 'k1' };
    expect(await run.start({ headers })).toMatchObject({ status: 'done', attempt: 2 });
    const sent = server.requests('/').slice(2);
    expect(sent.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}']);
    expect(sent.map((request) => request.headers['idempotency-key'])).toEqual(['k1', 'k1']);
  });
});

describe('backpressure', () => {
  it('reaches the server while its messages are not taken', async () => {
    let written = 0;
    const line = `${'x'.repeat(64 * 1024 - 1)}\n`;
    const run = await create(
      async ({ response }) => {
        response.writeHead(200, PLAIN);
        const write = response.write.bind(response);
        response.write = (chunk: string) => {
          written += chunk.length;
          return write(chunk);
        };
        await writeEndlessly(response, line);
      },
      { framing: 'lines', maxTextLength: 1 },
    );
    const iterator = run[Symbol.asyncIterator]();
    await iterator.next();
    // The server has stopped once what it wrote stays the same for a while.
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const { bytesReceived, status } = run.getSnapshot();
    expect(status).toBe('open');
    // Far more than the sockets hold would have come otherwise.
    expect(bytesReceived).toBeLessThan(1024 * 1024);
    for (let taken = 0; taken < 200; taken += 1) await iterator.next();
    expect(written).toBeGreaterThan(before);
    await iterator.return?.();
    expect(run.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
  });
});

describe('a stream of raw characters that calls itself `text/event-stream`', () => {
  const raw: Route = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const letters = [...'hello, this body has no data field at all, only characters in a row'];
    for (const letter of letters) response.write(letter);
    response.end();
  };

  it('is read with `framing: text`', async () => {
    const run = await create(raw, { framing: 'text' });
    expect((await run.start()).text).toMatch(/^hello, .* in a row$/);
    expect(environment.warnings).toEqual([]);
  });

  it('has no message otherwise, and development says what to do', async () => {
    const run = await create(raw);
    expect(await run.start()).toMatchObject({ status: 'done', text: '', messages: [] });
    expect(environment.warnings.join()).toContain("`framing: 'text'`");
  });
});

describe('deadlines', () => {
  it('end a request that is silent, and the server sees it', async () => {
    const run = await create(
      ({ response }) => {
        response.writeHead(200, PLAIN);
        response.write('partial');
      },
      { idleTimeoutMs: 60 },
    );
    const end = run.start();
    await until(run, ({ text }) => text === 'partial');
    expect(await end).toMatchObject({
      status: 'failed',
      text: 'partial',
      error: { code: 'timeout-idle' },
    });
  });

  it('end a request without an answer, with advice for Node servers', async () => {
    const run = await create(() => {}, { connectTimeoutMs: 60 });
    const { error } = await run.start();
    expect(error?.code).toBe('timeout-connect');
    expect(environment.warnings.join()).toContain('Node sends no headers');
  });
});
