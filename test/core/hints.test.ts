import { createEventSource } from 'rivulet/core';
import { createMockStream } from 'rivulet/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMockServer } from '../support/mock-server.ts';
import { always, atFirst, drop, type Place, send, subscribe } from '../support/subscribe.ts';

afterEach(() => vi.unstubAllEnvs());

const fails = (): never => {
  throw new TypeError('Failed to fetch');
};

const CROSS_ORIGIN: Place = { url: 'https://api.example/events', baseUrl: 'https://app.example/' };

describe('development gets a hint', () => {
  test('for HTML, with the URL', async () => {
    const page = () => new Response('', { headers: { 'content-type': 'text/html' } });
    const { environment } = await subscribe({}, page);
    expect(environment.warnings).toEqual([expect.stringContaining('login page')]);
  });

  test.each([
    ['text', 'hello '.repeat(20), []],
    ['a little text, once it ends', 'h', ['end']],
    ['lines without `data:`', '{"a":1}\n'.repeat(20), []],
  ])('for a body without a message: %s', async (_, text, [ends]) => {
    const subscription = await subscribe();
    await send(subscription, text);
    if (ends !== undefined) subscription.server.stream.close();
    await subscription.environment.settle();
    const { warnings } = subscription.environment;
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(JSON.stringify(text.slice(0, 64)));
    expect(warnings[0]).toContain('`data:`');
    expect(warnings[0]).toContain("framing: 'text'");
  });

  const fields = (...lines: string[]) => lines.map((line) => `${line}\n`);
  const noBlankLine = [expect.stringContaining('A message ends at a blank line')];

  test.each([
    ['data', fields('data: x')],
    ['ids and data', fields('id: 1', 'data: x', 'id: 2', 'data: y')],
    ['data after a comment', [': connected\n\n', ...fields('data: x')]],
  ])('for a body that ends without a blank line: %s', async (_, chunks) => {
    const subscription = await subscribe();
    for (const chunk of chunks) await send(subscription, chunk);
    expect(subscription.environment.warnings).toEqual([]);
    subscription.server.stream.close();
    await subscription.environment.settle();
    expect(subscription.environment.warnings).toEqual(noBlankLine);
  });

  /** Sends a line of data so many times, with so many ms between them. */
  async function sendLines(count: number, intervalMs: number, line = 'data: x\n') {
    const subscription = await subscribe();
    for (let index = 0; index < count; index += 1) {
      await subscription.environment.advance(intervalMs);
      await send(subscription, line);
    }
    return subscription.environment.warnings;
  }

  test('for a stream without an end and without a blank line', async () => {
    expect(await sendLines(20, 201)).toEqual(noBlankLine);
  });

  test.each([
    ['one long message that is written line by line', 20, 10, 'data: x\n'],
    ['a message of a few lines', 9, 1000, 'data: x\n'],
    ['one line that comes word by word', 20, 201, 'word '],
    ['messages', 20, 201, 'data: x\n\n'],
  ])('but not for %s', async (name, count, intervalMs, line) => {
    const subscription = await sendLines(
      count,
      intervalMs,
      name.startsWith('one line') ? `data: ${line}` : line,
    );
    expect(subscription).toEqual([]);
  });

  test.each([
    ['a bare line', 'end\n\n', 'end'],
    ['a bare line, not ended', 'end', 'end'],
    ['an event without data', 'event: end\n\n', 'event: end'],
    ['an event without data, in CRLF', 'id: 3\r\nevent: end\r\n\r\n', 'event: end'],
  ])('for an end that is ignored: %s', async (_, text, named) => {
    const subscription = await subscribe();
    await send(subscription, `data: ${'x'.repeat(100)}\n\n`);
    await send(subscription, text);
    subscription.server.stream.close();
    await subscription.environment.settle();
    const { warnings } = subscription.environment;
    expect(warnings).toEqual([
      expect.stringContaining(`ends with ${JSON.stringify(named)}, which is ignored`),
    ]);
    expect(warnings[0]).toContain("endWhen: { event: 'end' }");
  });

  test.each([
    ['nothing more', ''],
    ['a comment', ': bye\n\n'],
    ['an id and a reconnection time', 'id: 9\nretry: 10\n\n'],
    ['an event', 'event: end\ndata: bye\n\n'],
    ['an event that the end of the body completes', 'event: end\ndata: bye'],
    ['an event that is longer than what is looked at', `event: end\ndata: ${'x'.repeat(100)}\n\n`],
  ])('but not for a stream that ends with %s', async (_, text) => {
    const subscription = await subscribe();
    await send(subscription, `data: x\n\n${text}`);
    subscription.server.stream.close();
    await subscription.environment.settle();
    expect(subscription.environment.warnings).toEqual([]);
  });

  test.each([
    ['a message', 'data: x\n\n'],
    ['a comment', ': hello\n\n'],
    ['a long first message that comes bit by bit', `data: ${'x'.repeat(200)}`],
    ['an id', 'id: 1\n\n'],
    ['a field of another name', 'ping: 1\n\n'.repeat(20)],
    ['blank lines', '\n\n'.repeat(100)],
    ['nothing', ''],
  ])('but not for %s', async (_, text) => {
    const subscription = await subscribe();
    for (const part of text.match(/.{1,10}/gs) ?? []) await send(subscription, part);
    await drop(subscription);
    expect(subscription.environment.warnings).toEqual([]);
  });

  /** Answers after so many ms, then sends so many messages at once. */
  async function answerLate(waitMs: number, messages: number) {
    let answer: (response: Response) => void = () => {};
    const subscription = await subscribe(
      {},
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    );
    await subscription.environment.advance(waitMs);
    const headers = { 'content-type': 'text/event-stream' };
    answer(new Response('data: x\n\n'.repeat(messages), { headers }));
    await subscription.environment.settle();
    return subscription.environment.warnings;
  }

  test('for headers that are over 2 s late and a burst at once: something buffers', async () => {
    expect(await answerLate(2001, 10)).toEqual([expect.stringContaining('X-Accel-Buffering')]);
  });

  test.each([
    [2000, 10],
    [2001, 9],
  ])('but not for headers after %i ms and %i messages', async (waitMs, messages) => {
    expect(await answerLate(waitMs, messages)).toEqual([]);
  });

  /** Answers at once, and sends so many messages after so many ms. */
  async function sendLate(headers: Record<string, string>, waitMs: number, messages: number) {
    const stream = createMockStream({
      headers: { 'content-type': 'text/event-stream', ...headers },
    });
    const subscription = await subscribe({}, () => stream.response);
    await subscription.environment.advance(waitMs);
    stream.write('data: x\n\n'.repeat(messages));
    await subscription.environment.settle();
    return subscription.environment.warnings;
  }

  test('for a compressed body that is over 2 s late and comes at once', async () => {
    expect(await sendLate({ 'content-encoding': 'gzip' }, 2001, 10)).toEqual([
      expect.stringContaining('`Cache-Control: no-transform`'),
    ]);
  });

  test.each([
    [{}, 2001, 10],
    [{ 'content-encoding': 'gzip' }, 2000, 10],
    [{ 'content-encoding': 'gzip' }, 2001, 9],
  ])(
    'but not for a body with %o after %i ms and %i messages',
    async (headers, waitMs, messages) => {
      expect(await sendLate(headers, waitMs, messages)).toEqual([]);
    },
  );

  test.each([
    ['nothing of its own', {}, ['Access-Control-Allow-Origin'], ['Access-Control-Allow-Headers']],
    [
      'a header',
      { headers: { Authorization: 'x', Accept: '*/*' } },
      ['Access-Control-Allow-Headers: authorization'],
      ['accept,', 'Access-Control-Allow-Methods'],
    ],
    [
      'JSON',
      { body: { a: 1 } },
      ['Access-Control-Allow-Headers: content-type'],
      ['Access-Control-Allow-Methods'],
    ],
    [
      'a method',
      { method: 'PUT', headers: { 'X-A': '1' } },
      ['Access-Control-Allow-Headers: x-a', 'Access-Control-Allow-Methods: PUT'],
      [],
    ],
  ])('for a cross-origin request with %s that got no answer', async (_, options, named, others) => {
    const { environment } = await subscribe(options, fails, CROSS_ORIGIN);
    const [warning = ''] = environment.warnings;
    for (const name of named) expect(warning).toContain(name);
    for (const name of others) expect(warning).not.toContain(name);
    expect(warning).toContain('https://api.example/events');
  });

  test('but not for a same-origin request that got no answer', async () => {
    const { environment } = await subscribe({}, fails);
    expect(environment.warnings).toEqual([]);
  });

  test.each([
    ['http://localhost', 6, 1],
    ['http://localhost', 5, 0],
    ['https://localhost', 6, 0],
  ])('for streams to %s: %i live ones give %i', async (origin, count, expected) => {
    const { environment } = createMockServer(undefined, { baseUrl: `${origin}/` });
    for (let index = 0; index < count; index += 1) {
      createEventSource(`/events/${index}`, { environment }).start();
    }
    await environment.settle();
    expect(environment.warnings).toHaveLength(expected);
  });

  test('but not for six streams one after the other', async () => {
    const { environment } = createMockServer();
    for (let index = 0; index < 6; index += 1) {
      const source = createEventSource(`/events/${index}`, { environment });
      source.start();
      await environment.settle();
      source.close();
    }
    expect(environment.warnings).toEqual([]);
  });
});

test('production gets no hint', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const html = atFirst(() => new Response('', { headers: { 'content-type': 'text/html' } }));
  const page = await subscribe({}, html);
  const text = await subscribe();
  await send(text, 'hello '.repeat(20));
  const refused = await subscribe({}, fails, CROSS_ORIGIN);
  const warnings = [page, text, refused].flatMap(({ environment }) => environment.warnings);
  expect(warnings).toEqual([]);
});

test('a runtime without a `process` gets no hint, and no error', async () => {
  // Asking for `process` throws there; the test runner still needs one.
  const env = {
    get: () => {
      throw new ReferenceError('process is not defined');
    },
  };
  vi.stubGlobal('process', Object.create(process, { env }));
  try {
    const { environment, snapshot } = await subscribe({}, always(404), CROSS_ORIGIN);
    expect(snapshot()).toMatchObject({ status: 'failed', error: { status: 404 } });
    expect(environment.warnings).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
  }
});
