import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createDownload, createEventSource, createStreamingFetch } from 'rivulet/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nestSse, openAiChat } from '../../stories/examples/llm-recipes.ts';
import { expectWork, type ServerExample, startServerExample } from '../support/server-example.ts';
import { until, untilStatus } from '../support/until.ts';

const LETTERS = 'Streams tell their story one letter at a time. ♪';

let server: ServerExample;
let close = (): void => {};

/** Starts a subscription. What a test has open ends with it, at the server too. */
function open<TSource extends { start(): void; close(): void }>(source: TSource): TSource {
  close = () => source.close();
  source.start();
  return source;
}

afterEach(async () => {
  close();
  await expectWork(server);
});

/** The server of the tests that stand beside this. */
function serve(...start: Parameters<typeof startServerExample>): void {
  beforeAll(async () => {
    server = await startServerExample(...start);
  });
  afterAll(() => server.stop());
}

/** Asks what a browser asks before a request of another origin, and tells what it may do. */
async function preflight(path: string, method: string, headers: string) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': headers,
    },
  });
  const listOf = (name: string) =>
    (response.headers.get(`access-control-allow-${name}`) ?? '').toLowerCase().split(/,\s*/);
  return { ok: response.ok, origin: listOf('origin'), headers: listOf('headers') };
}

/** The first bytes of the answer to a GET, as they come out of the socket. */
function firstBytes(path: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname);
    socket.once('error', reject);
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString());
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  });
}

/** Headers that wait for the first message are never seen without it. */
async function expectHeadersAtOnce(path: string, firstMessage: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const bytes = await firstBytes(path);
      expect(bytes).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(bytes).toMatch(/content-type: text\/event-stream/i);
      expect(bytes).toMatch(/cache-control: .*no-cache/i);
      expect(bytes).toMatch(/x-accel-buffering: no/i);
      expect(bytes).not.toContain(firstMessage);
    },
    { timeout: 30_000 },
  );
}

describe('express.ts', () => {
  serve('express');

  const characters = (lastEventId: string) =>
    createEventSource(`${server.url}/api/named`, {
      lastEventId,
      events: ['lol'],
      endWhen: { event: 'end' },
      reduce: (text: string, message) => text + message.value,
      initialState: '',
    });

  it('sends its headers before the first event', async () => {
    await expectHeadersAtOnce('/api/notifications', 'data:');
  });

  it('sends a text character by character, and says the end', async () => {
    const { state, lastEventId } = await untilStatus(open(characters('')), 'done');
    expect([state, lastEventId]).toEqual([LETTERS, `${[...LETTERS].length}`]);
  });

  it('goes on after the character that a client saw last', async () => {
    const { state } = await untilStatus(open(characters('40')), 'done');
    expect(state).toBe([...LETTERS].slice(40).join(''));
  });

  it('numbers its notifications, and stops its timer when the client goes away', async () => {
    const source = open(createEventSource(`${server.url}/api/notifications`, { lastEventId: '7' }));
    const { messages } = await until(source, (snapshot) => snapshot.messages.length === 2);
    expect(messages.map(({ lastEventId }) => lastEventId)).toEqual(['8', '9']);
    await expectWork(server, { timers: 1 });
    source.close();
    await expectWork(server);
  });

  const chat = () =>
    createStreamingFetch(`${server.url}/api/chat`, {
      body: { messages: [{ role: 'user', content: 'Why?' }] },
      parse: ({ data }): { text: string } => JSON.parse(data),
      toText: ({ value }) => value.text,
      endWhen: '[DONE]',
    });

  it('answers a POST word by word, and says the end', async () => {
    const { status, text, messages } = await chat().start();
    expect([status, text]).toEqual([
      'done',
      'You asked about “Why?”. Every word of this was sent alone. That was all.',
    ]);
    expect(messages).toHaveLength(text.split(' ').length);
  });

  it('stops an answer that nobody reads any more', async () => {
    const answer = chat();
    const ended = answer.start();
    await until(answer, ({ text }) => text !== '');
    await expectWork(server, { timers: 1 });
    answer.abort();
    expect((await ended).status).toBe('aborted');
    await expectWork(server);
  });

  it('says with status 400 what it did not understand', async () => {
    const answer = createStreamingFetch(`${server.url}/api/chat`, { body: { question: 'Why?' } });
    const { error } = await answer.start();
    expect(error).toMatchObject({ code: 'http-status', status: 400 });
    expect(error?.json).toEqual({ error: 'Send { "messages": [{ "role", "content" }] }.' });
  });

  it('names the events of a POST subscription, which ends with its answer', async () => {
    const source = open(
      createEventSource(`${server.url}/api/prompt`, {
        body: { prompt: 'Why?' },
        headers: { 'X-Client': 'rivulet' },
      }),
    );
    const { messages } = await untilStatus(source, 'done');
    const dataOf = (name: string) =>
      messages.filter(({ event }) => event === name).map(({ data }) => data);
    expect(dataOf('token').join('')).toBe('You asked: "Why?". That is a question of 4 letters.');
    expect(JSON.parse(dataOf('request').join(''))).toEqual({
      method: 'POST',
      client: 'rivulet',
      type: 'application/json',
      body: { prompt: 'Why?' },
    });
  });

  it.each([
    ['/api/notifications', 'GET', 'last-event-id'],
    ['/api/chat', 'POST', 'content-type'],
  ])('allows the preflight of %s from another origin', async (path, method, header) => {
    const { ok, origin, headers } = await preflight(path, method, header);
    expect([ok, origin, headers.includes(header)]).toEqual([true, ['*'], true]);
  });
});

describe('node-http.ts', () => {
  serve('node-http');

  it('sends its headers before the first numbered event', async () => {
    await expectHeadersAtOnce('/api/clock', 'id:');
  });

  it('greets with the time, numbers its events, and stops its timers when the client goes', async () => {
    const source = open(createEventSource(`${server.url}/api/clock`, { lastEventId: '58' }));
    const { messages } = await until(source, (snapshot) => snapshot.messages.length === 3);
    expect(messages[0]?.event).toBe('connecttime');
    expect(new Date(messages[0]?.data ?? '').toISOString()).toBe(messages[0]?.data);
    expect(messages.slice(1).map(({ lastEventId, data }) => [lastEventId, data])).toEqual([
      ['59', '00:59'],
      ['60', '01:00'],
    ]);
    await expectWork(server, { timers: 2 });
    source.close();
    await expectWork(server);
  });

  it('says when a job is over, and has nothing more for a client that comes back', async () => {
    const source = open(
      createEventSource(`${server.url}/api/sentinel`, { endWhen: { event: 'end' } }),
    );
    const { messages, lastEventId } = await untilStatus(source, 'done');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5']);
    const response = await fetch(`${server.url}/api/sentinel`, {
      headers: { 'Last-Event-ID': lastEventId },
    });
    expect(response.status).toBe(204);
  });

  it('loses nothing when it breaks the connection, and names the time to wait', async () => {
    const waits: (number | null)[] = [];
    const source = open(
      createEventSource(`${server.url}/api/flaky`, {
        retry: { baseDelayMs: 0, maxDelayMs: 0 },
        onError: (_error, { nextRetryAt }) => waits.push(nextRetryAt && nextRetryAt - Date.now()),
      }),
    );
    const { messages, attempt } = await until(source, ({ lastEventId }) => lastEventId === '6');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(attempt).toBe(2);
    // `retry: 1000` is the least to wait, whatever the client asks for.
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(900);
  });

  it('allows the preflight of a resumption from another origin', async () => {
    const { ok, origin, headers } = await preflight('/api/clock', 'GET', 'last-event-id');
    expect([ok, origin, headers]).toEqual([true, ['*'], ['last-event-id']]);
  });
});

describe('node-http.ts, on a clock that runs 50 times faster', () => {
  serve('node-http', { speed: 50 });

  it('sends heartbeats, which are comments', async () => {
    const onComment = vi.fn<(comment: string) => void>();
    open(createEventSource(`${server.url}/api/clock`, { onComment }));
    await vi.waitFor(() => expect(onComment).toHaveBeenCalledWith('heartbeat'), 30_000);
  });
});

describe('fastify.ts', () => {
  serve('fastify');

  const post = (body: string) => fetch(`${server.url}/api/room`, { method: 'POST', body });
  const room = (lastEventId: string) =>
    createEventSource(`${server.url}/api/room`, { lastEventId });

  it('sends its headers before the first note', async () => {
    await expectHeadersAtOnce('/api/room', 'id:');
  });

  it('tells everybody every note, even one of two lines', async () => {
    const [one, other] = [open(room('')), open(room(''))];
    await untilStatus(one, 'open');
    await untilStatus(other, 'open');
    expect((await post('Water is rising')).status).toBe(204);
    await post('Bridge closed\nuntil noon');
    for (const source of [one, other]) {
      const { messages } = await until(source, (snapshot) => snapshot.messages.length === 2);
      expect(messages.map(({ lastEventId, data }) => [lastEventId, data])).toEqual([
        ['1', 'Water is rising'],
        ['2', 'Bridge closed\nuntil noon'],
      ]);
      source.close();
    }
  });

  it('goes on after the note that a client saw last, and forgets who has gone', async () => {
    const source = open(room('1'));
    const { message } = await until(source, ({ messages }) => messages.length === 1);
    expect(message).toMatchObject({ lastEventId: '2', data: 'Bridge closed\nuntil noon' });
    source.close();
    await expectWork(server);
  });

  const log = () => createStreamingFetch(`${server.url}/api/build-log`, { framing: 'lines' });

  it('sends a log line by line', async () => {
    const { status, messages } = await log().start();
    expect(status).toBe('done');
    expect(messages.map(({ data }) => data)).toHaveLength(10);
  });

  it('stops a log that nobody reads any more', async () => {
    const lines = log();
    const ended = lines.start();
    await until(lines, ({ messages }) => messages.length > 0);
    lines.abort();
    expect((await ended).messages.length).toBeLessThan(10);
    await expectWork(server);
  });

  it.each([
    ['/api/room', 'GET', 'last-event-id'],
    ['/api/room', 'POST', 'content-type'],
  ])('allows the preflight of %s from another origin', async (path, method, header) => {
    const { ok, origin, headers } = await preflight(path, method, header);
    expect([ok, origin, headers.includes(header)]).toEqual([true, ['*'], true]);
  });
});

describe('hono.ts', () => {
  serve('hono');

  it('sends typed values in events with names, and stops when the client goes away', async () => {
    const source = open(
      createEventSource(`${server.url}/api/ticker`, { parse: 'json', lastEventId: '4' }),
    );
    const { messages } = await until(source, (snapshot) => snapshot.messages.length === 4);
    expect(messages.map(({ event, lastEventId }) => [event, lastEventId])).toEqual([
      ['volume', '5'],
      ['price', '6'],
      ['market', '7'],
      ['price', '8'],
    ]);
    expect(messages[0]?.value).toEqual({ shares: 200 });
    expect(messages[1]?.value).toEqual({ symbol: 'RVLT', price: expect.any(Number) });
    expect(messages[2]?.value).toEqual({ phase: 'auction' });
    await expectWork(server, { timers: 1 });
    source.close();
    await expectWork(server);
  });

  const table = () =>
    createStreamingFetch(`${server.url}/api/rows`, {
      parse: ({ data }): { number: number } => JSON.parse(data),
    });

  it('sends rows as NDJSON', async () => {
    const rows = table();
    const { status, messages } = await rows.start();
    expect(status).toBe('done');
    expect(messages.map(({ value }) => value.number)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  it('stops a table that nobody reads any more', async () => {
    const rows = table();
    const ended = rows.start();
    await until(rows, ({ messages }) => messages.length > 0);
    rows.abort();
    expect((await ended).messages.length).toBeLessThan(40);
    await expectWork(server);
  });

  it('sends tokens in the form of OpenAI', async () => {
    const answer = createStreamingFetch(`${server.url}/api/completions`, openAiChat);
    const body = { messages: [{ role: 'user', content: 'Why?' }] };
    const { status, text } = await answer.start({ body });
    expect([status, text]).toEqual([
      'done',
      'You asked: Why? This answer came in the form of OpenAI.',
    ]);
  });

  it('sends the rest of a file after a pause, and says its size and name', async () => {
    const job = createDownload(`${server.url}/api/files/gauges.csv`, {
      as: 'text',
      resumable: true,
    });
    const ended = job.start();
    await until(job, ({ loaded }) => loaded > 0);
    job.pause();
    await expectWork(server);
    const { loaded } = job.getSnapshot();
    expect(loaded).toBeLessThan(60_000);
    job.resume();
    const { status, result, total, totalSource, restarted, fileName } = await ended;
    expect({ status, total, totalSource, restarted, fileName }).toEqual({
      status: 'done',
      total: 60_000,
      totalSource: 'content-range',
      restarted: false,
      fileName: 'gauges.csv',
    });
    const whole = await fetch(`${server.url}/api/files/gauges.csv`);
    expect(whole.headers.get('content-length')).toBe('60000');
    expect(result === (await whole.text())).toBe(true);
  });

  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/files/gauges.csv`, { headers });

  it.each([
    [{ Range: 'bytes=59990-' }, 206, 'bytes 59990-59999/60000', 10],
    [{ Range: 'bytes=10-19' }, 206, 'bytes 10-19/60000', 10],
    [{ Range: 'bytes=60000-' }, 416, 'bytes */60000', 0],
    [{ Range: 'bytes=10-', 'If-Range': '"of another file"' }, 200, null, 60_000],
  ])('answers %o with status %i', async (headers, status, contentRange, length) => {
    const response = await ask(headers);
    expect([response.status, response.headers.get('content-range')]).toEqual([
      status,
      contentRange,
    ]);
    expect((await response.text()).length).toBe(length);
  });

  it('allows the preflight of a resumption from another origin', async () => {
    const { ok, origin, headers } = await preflight('/api/ticker', 'GET', 'last-event-id');
    expect([ok, origin, headers]).toEqual([true, ['*'], ['last-event-id']]);
  });
});

describe('nestjs.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-log-'));
  const log = join(folder, 'app.log');

  serve('nestjs', { environment: { LOG_FILE: log } });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('sends its headers before the first message', async () => {
    await expectHeadersAtOnce('/api/three', 'data:');
  });

  it('sends three timed messages and an end', async () => {
    const source = open(
      createEventSource(`${server.url}/api/three`, { endWhen: { event: 'end' } }),
    );
    const { messages } = await untilStatus(source, 'done');
    expect(messages.map(({ data }) => data)).toEqual([
      'Message 1 of 3',
      'Message 2 of 3',
      'Message 3 of 3',
    ]);
  });

  it('is read by its recipe', async () => {
    const messages = createStreamingFetch(`${server.url}/api/three`, {
      ...nestSse,
      endWhen: { event: 'end' },
    });
    const { status, text } = await messages.start();
    expect([status, text]).toEqual(['done', 'Message 1 of 3Message 2 of 3Message 3 of 3']);
  });

  it('stops its timer when the client goes away', async () => {
    const source = open(createEventSource(`${server.url}/api/three`));
    await until(source, ({ messages }) => messages.length === 1);
    await expectWork(server, { timers: 1 });
    source.close();
    await expectWork(server);
  });

  it('sends a log as it is written, and its `tail` ends when the client goes away', async () => {
    writeFileSync(log, 'first\nsecond\n');
    const source = open(createEventSource(`${server.url}/api/log`));
    await until(source, ({ messages }) => messages.length === 2);
    appendFileSync(log, 'third\n');
    const { messages } = await until(source, (snapshot) => snapshot.messages.length === 3);
    expect(messages.map(({ data, lastEventId }) => [lastEventId, data])).toEqual([
      ['1', 'first'],
      ['2', 'second'],
      ['3', 'third'],
    ]);
    await expectWork(server, { timers: 1, children: 1 });
    source.close();
    await expectWork(server);
  });

  it('goes on after the line that a client saw last', async () => {
    writeFileSync(log, 'first\nsecond\nthird\n');
    const source = open(createEventSource(`${server.url}/api/log`, { lastEventId: '2' }));
    const { message } = await until(source, ({ messages }) => messages.length === 1);
    expect(message).toMatchObject({ data: 'third', lastEventId: '3' });
  });

  interface Slice {
    readonly index: number;
    readonly total: number;
    readonly name: string;
    readonly chunk: { readonly type: string; readonly data: number[] };
  }

  it('sends a file in numbered slices of Buffer JSON', async () => {
    const file = readFileSync(server.file);
    const slices = createEventSource(`${server.url}/api/file-slices`, {
      parse: ({ data }): Slice => JSON.parse(data),
      endWhen: { event: 'end' },
    });
    const { messages } = await untilStatus(open(slices), 'done');
    const values = messages.map(({ value }) => value);
    expect(values.map(({ index, total, name, chunk }) => [index, total, name, chunk.type])).toEqual(
      values.map((_, index) => [index, values.length, basename(server.file), 'Buffer']),
    );
    expect(messages.map(({ lastEventId }) => lastEventId)).toEqual(
      messages.map((_, index) => `${index + 1}`),
    );
    const bytes = Buffer.from(values.flatMap(({ chunk }) => chunk.data));
    expect(bytes.equals(file)).toBe(true);
  });

  it('allows the preflight of a resumption from another origin', async () => {
    const { ok, origin, headers } = await preflight('/api/log', 'GET', 'last-event-id');
    expect([ok, origin, headers]).toEqual([true, ['*'], ['last-event-id']]);
  });
});
