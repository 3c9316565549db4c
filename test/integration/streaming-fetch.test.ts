import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  expectIdle,
  type FrameworkServer,
  frameworks,
  type Handler,
} from '../support/framework-server.ts';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import { until } from '../support/until.ts';

/* Each end and each framing of a streamed request, over real HTTP, seen from both sides. */

let server: FrameworkServer;
let environment: RealTimeEnvironment;

beforeEach(() => {
  environment = createRealTimeEnvironment();
});

afterEach(() => server.stop());

async function expectNothingLeft(requests = 1): Promise<void> {
  await expectIdle(server, requests);
  expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  expect(environment.reported).toEqual([]);
}

const EVENTS = { 'content-type': 'text/event-stream' };
const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };

describe.each(Object.entries(frameworks))('a streaming fetch from %s', (_, start) => {
  async function create(handle: Handler, options: StreamingFetchOptions = {}) {
    server = await start(handle);
    return createStreamingFetch(server.url, { environment, ...options });
  }

  /** Sends an answer bit by bit: the next piece once the one before was read. */
  async function receive(
    headers: Readonly<Record<string, string>>,
    pieces: readonly (string | Uint8Array)[],
    options: StreamingFetchOptions = {},
  ) {
    let read = () => {};
    const run = await create(
      async (answer) => {
        answer.begin(headers);
        for (const piece of pieces) {
          const wasRead = new Promise<void>((resolve) => {
            read = resolve;
          });
          answer.write(piece);
          await wasRead;
        }
        answer.end();
      },
      { onChunk: () => read(), ...options },
    );
    return run.start();
  }

  it('posts JSON and streams the answer: `done`', async () => {
    const requests: Answer['request'][] = [];
    const run = await create((answer) => {
      requests.push(answer.request);
      answer.begin(PLAIN);
      answer.write('Hel');
      answer.write('lo 日本');
      answer.end();
    });
    const { status, text, response, bytesReceived, error } = await run.start({
      body: { prompt: 'Hi' },
    });
    expect([status, text, error, bytesReceived]).toEqual(['done', 'Hello 日本', null, 12]);
    expect(requests).toMatchObject([{ method: 'POST', body: '{"prompt":"Hi"}' }]);
    expect([response?.status, response?.url]).toEqual([200, server.url]);
    expect(response?.headers.get('content-type')).toContain('text/plain');
    await expectNothingLeft();
  });

  it('shows text as it comes, not when it has ended', async () => {
    let finish = () => {};
    const run = await create((answer) => {
      answer.begin(PLAIN);
      answer.write('first');
      finish = () => {
        answer.write(' last');
        answer.end();
      };
    });
    const end = run.start();
    const { status, text } = await until(run, (snapshot) => snapshot.text !== '');
    expect([status, text]).toEqual(['open', 'first']);
    finish();
    expect((await end).text).toBe('first last');
    await expectNothingLeft();
  });

  it('reads events, split anywhere, and ends at the sentinel with the answer still open', async () => {
    const run = await create(
      (answer) => {
        answer.begin(EVENTS);
        answer.write('data: a\r\n\r\nevent: x\nda');
        answer.write('ta: b\n\n: ping\n\ndata: [DONE]\n\n');
      },
      { endWhen: '[DONE]' },
    );
    const { status, text, messages } = await run.start();
    expect([status, text]).toEqual(['done', 'ab']);
    expect(messages.map(({ event }) => event)).toEqual(['message', 'x']);
    await expectNothingLeft();
  });

  it('reads lines', async () => {
    const { text, messages } = await receive(PLAIN, ['one\r\ntw', 'o\n\nthr', 'ee'], {
      framing: 'lines',
    });
    expect(messages.map(({ data }) => data)).toEqual(['one', 'two', '', 'three']);
    expect(text).toBe('one\ntwo\n\nthree\n');
    await expectNothingLeft();
  });

  it('reads NDJSON, with a bad line reported', async () => {
    const codes: string[] = [];
    const type = { 'content-type': 'application/x-ndjson' };
    const { data, messages, status } = await receive(type, ['{"n":1}\nnonsense\n{"n"', ':2}'], {
      onError: ({ code }) => void codes.push(code),
    });
    expect([status, data, messages.length, codes]).toEqual(['done', { n: 2 }, 2, ['parse']]);
    await expectNothingLeft();
  });

  it('reads text cut inside a character', async () => {
    const [head, tail] = [Uint8Array.from([0xf0, 0x9f]), Uint8Array.from([0x98, 0x80])];
    const { text, messages } = await receive(PLAIN, [head, tail]);
    expect([text, messages.length]).toEqual(['😀', 1]);
    await expectNothingLeft();
  });

  it('reads bytes', async () => {
    const png = Uint8Array.from([137, 80, 78, 71, 0, 255]);
    const type = { 'content-type': 'image/png' };
    const { messages, text } = await receive(type, [png.subarray(0, 2), png.subarray(2)]);
    expect(messages.map(({ value }) => value)).toEqual([png.subarray(0, 2), png.subarray(2)]);
    expect(text).toBe('');
    await expectNothingLeft();
  });

  it('takes 204 for the end', async () => {
    const run = await create((answer) => {
      answer.begin({}, 204);
      answer.end();
    });
    expect(await run.start()).toMatchObject({ status: 'done', text: '', error: null });
    await expectNothingLeft();
  });

  it('fails with status, headers and parsed body of an HTTP error', async () => {
    const run = await create((answer) => {
      answer.begin({ 'content-type': 'application/json', 'retry-after': '3' }, 429);
      answer.write('{"error":{"code":"rate_limit"}}');
      answer.end();
    });
    const { status, error, text } = await run.start();
    expect([status, text]).toEqual(['failed', '']);
    expect(error).toMatchObject({
      code: 'http-status',
      status: 429,
      retryAfterMs: 3000,
      attempt: 1,
    });
    expect(error?.json).toEqual({ error: { code: 'rate_limit' } });
    expect(error?.headers?.get('content-type')).toBe('application/json');
    await expectNothingLeft();
  });

  it('fails at an HTML page, with an excerpt', async () => {
    const run = await create((answer) => {
      answer.begin({ 'content-type': 'text/html; charset=utf-8' });
      answer.write('<!doctype html><h1>Sign in</h1>');
      answer.end();
    });
    const { error } = await run.start();
    expect(error).toMatchObject({ code: 'content-type', status: 200 });
    expect(error?.body).toContain('<h1>Sign in</h1>');
    await expectNothingLeft();
  });

  it('fails at an error in the stream, which wins over the sentinel behind it', async () => {
    const run = await create(
      (answer) => {
        answer.begin(EVENTS);
        answer.write('data: partial\n\ndata: {"error":{"message":"overloaded"}}\n\n');
        answer.write('data: [DONE]\n\n');
        answer.end();
      },
      { endWhen: '[DONE]', errorWhen: ({ data }) => data.startsWith('{"error"') },
    );
    const { status, error, text } = await run.start();
    expect([status, error?.code, text]).toEqual(['failed', 'in-band', 'partial']);
    expect(error?.json).toEqual({ error: { message: 'overloaded' } });
    await expectNothingLeft();
  });

  it('fails with `truncated` where the sentinel did not come; the text stays', async () => {
    const { status, error, text } = await receive(EVENTS, ['data: half an ans', 'wer\n\n'], {
      endWhen: '[DONE]',
    });
    expect([status, error?.code, text]).toEqual(['failed', 'truncated', 'half an answer']);
    await expectNothingLeft();
  });

  it('fails with `network` where the connection breaks; the text stays', async () => {
    let cut = () => {};
    const run = await create((answer) => {
      answer.begin(PLAIN);
      answer.write('partial');
      cut = answer.cut;
    });
    const end = run.start();
    await until(run, ({ text }) => text === 'partial');
    cut();
    const { status, error, text } = await end;
    expect([status, error?.code, text]).toEqual(['failed', 'network', 'partial']);
    expect(error?.bytesReceived).toBe(7);
    await expectNothingLeft();
  });

  it('aborts in mid-stream: the server sees it, the text stays', async () => {
    const run = await create((answer) => {
      answer.begin(PLAIN);
      answer.write('partial');
    });
    const end = run.start();
    await until(run, ({ text }) => text === 'partial');
    expect(server.inProgress()).toBe(1);
    run.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller', text: 'partial' });
    await expectNothingLeft();
  });

  it('aborts while connecting: the server sees it', async () => {
    const run = await create(() => {});
    const end = run.start();
    await vi.waitFor(() => expect(server.inProgress()).toBe(1), { timeout: 30_000 });
    run.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller', text: '' });
    await expectNothingLeft();
  });

  it('aborts the first of two overlapping starts at the server', async () => {
    let number = 0;
    const run = await create((answer) => {
      number += 1;
      answer.begin(PLAIN);
      answer.write(`answer ${number}`);
      if (number === 2) answer.end();
    });
    const texts = new Set<string>();
    const first = run.start();
    await until(run, ({ text }) => text === 'answer 1');
    const second = run.start();
    run.subscribe(() => texts.add(run.getSnapshot().text));
    expect(await first).toMatchObject({ status: 'aborted', reason: 'superseded' });
    expect(await second).toMatchObject({ status: 'done', text: 'answer 2' });
    expect([...texts].filter((text) => text.includes('1'))).toEqual([]);
    await expectNothingLeft(2);
  });

  it('is closed at the server when its iteration is left', async () => {
    const run = await create((answer) => {
      answer.begin(EVENTS);
      answer.write('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    });
    const received: string[] = [];
    for await (const { data } of run) {
      received.push(data);
      if (data === '2') break;
    }
    expect(received).toEqual(['1', '2']);
    await expectNothingLeft();
  });
});
