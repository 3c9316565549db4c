import {
  createStreamingFetch,
  isStreamError,
  type StreamingFetchController,
  type StreamingFetchOptions,
} from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE, type Wire } from '../../support/wire.ts';

const EVENTS = 'text/event-stream';

interface Started {
  readonly wire: Wire;
  readonly run: StreamingFetchController;
  readonly end: ReturnType<StreamingFetchController['start']>;
}

function start(options: StreamingFetchOptions = {}, wire: Wire = createWire()): Started {
  const run = createStreamingFetch('/api', { ...wire.options, ...options });
  return { wire, run, end: run.start() };
}

/** What an event stream comes to. */
async function receive(options: StreamingFetchOptions, ...chunks: readonly string[]) {
  const received: string[] = [];
  const onMessage = ({ data }: { readonly data: string }) => void received.push(data);
  const wire = createWire({ contentType: EVENTS });
  const { end } = start({ onMessage, ...options }, wire);
  await wire.send(...chunks);
  const isCancelled = wire.stream.isCancelled;
  await wire.close();
  expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  return { ...(await end), received, isCancelled, wire };
}

describe('`done`', () => {
  test('is the end of a body, with its last text', async () => {
    const { wire, end } = start();
    await wire.send('Hel', 'lo');
    await wire.close();
    expect(await end).toMatchObject({
      status: 'done',
      readyState: 2,
      text: 'Hello',
      error: null,
      reason: null,
    });
    expect(wire.log).toEqual([
      'idle -> connecting',
      'connecting -> open',
      'opened with 200',
      'open -> done',
    ]);
  });

  test('is the end of an empty body', async () => {
    const { wire, end } = start();
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: '', data: undefined });
  });

  test.each([204, 205])('is status %i', async (status) => {
    const wire = createWire({ respond: () => new Response(null, { status }) });
    const { end } = start({ endWhen: '[DONE]' }, wire);
    await wire.environment.settle();
    expect(await end).toMatchObject({ status: 'done', text: '', error: null });
  });
});

describe('`endWhen`', () => {
  test('as a string is compared with the data: that message is not delivered', async () => {
    const { status, received, text, isCancelled } = await receive(
      { endWhen: '[DONE]' },
      'data: a[DONE]\n\ndata: [DONE]\n\ndata: late\n\n',
    );
    expect([status, received, text]).toEqual(['done', ['a[DONE]'], 'a[DONE]']);
    expect(isCancelled).toBe(true);
  });

  test('as a string is not parsed', async () => {
    const wire = createWire({ contentType: EVENTS });
    const run = createStreamingFetch('/', { ...wire.options, parse: 'json', endWhen: '[DONE]' });
    const end = run.start();
    await wire.send('data: 1\n\ndata: [DONE]\n\n');
    expect(await end).toMatchObject({ status: 'done', data: 1 });
    expect(wire.errors).toEqual([]);
  });

  test('as `{ event }` is compared with the event name', async () => {
    const { status, received } = await receive(
      { endWhen: { event: 'stop' } },
      'data: stop\n\nevent: stop\ndata: {}\n\ndata: late\n\n',
    );
    expect([status, received]).toEqual(['done', ['stop']]);
  });

  test('as a predicate sees a message after it was delivered', async () => {
    const order: string[] = [];
    const { status, received, text } = await receive(
      {
        onMessage: ({ data }) => void order.push(`got ${data}`),
        endWhen({ data }) {
          order.push(`asked about ${data}`);
          return data === 'b';
        },
      },
      'data: a\n\ndata: b\n\ndata: late\n\n',
    );
    expect([status, received, text]).toEqual(['done', [], 'ab']);
    expect(order).toEqual(['got a', 'asked about a', 'got b', 'asked about b']);
  });

  test('as a predicate that throws says no, and is reported', async () => {
    const { error, wire } = await receive(
      {
        endWhen() {
          throw new Error('broken');
        },
      },
      'data: a\n\n',
    );
    expect(error?.code).toBe('truncated');
    expect(wire.environment.reported).toEqual([new Error('broken')]);
  });

  test.each<[string, StreamingFetchOptions, string]>([
    ['its blank line', { endWhen: '[DONE]' }, 'data: [DONE]\n'],
    ['its newline', { endWhen: '[DONE]' }, 'data: [DONE]'],
    ['its blank line', { endWhen: { event: 'stop' } }, 'event: stop\ndata: {}\n'],
    ['its newline', { endWhen: { event: 'stop' } }, 'event: stop\ndata: {}'],
  ])('is recognised without %s: %j', async (_, options, tail) => {
    const { status, received } = await receive(options, `data: a\n\n${tail}`);
    expect([status, received]).toEqual(['done', ['a']]);
  });

  test('a block without data is not a sentinel', async () => {
    const { error } = await receive({ endWhen: { event: 'stop' } }, 'event: stop\n\n');
    expect(error?.code).toBe('truncated');
  });

  test('an incomplete block that is not a sentinel is discarded unseen', async () => {
    const { status, received } = await receive({}, 'data: a\n\ndata: b');
    expect([status, received]).toEqual(['done', ['a']]);
  });

  test('holds for lines, whose last needs no newline', async () => {
    const { wire, end } = start({ framing: 'lines', endWhen: 'END' });
    await wire.send('a\nEND');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: 'a\n' });
  });
});

describe('`endedBy` says how the end is known', () => {
  test.each<[string, StreamingFetchOptions, string]>([
    ['a string', { endWhen: '[DONE]' }, 'sentinel'],
    ['an event name', { endWhen: { event: 'stop' } }, 'sentinel'],
    ['a predicate', { endWhen: ({ data }) => data === 'a' }, 'sentinel'],
    ['nothing', {}, 'close'],
  ])('by %s', async (_, options, expected) => {
    const { status, endedBy } = await receive(options, 'data: a\n\nevent: stop\ndata: [DONE]\n\n');
    expect([status, endedBy]).toEqual(['done', expected]);
  });

  test('by the declared length', async () => {
    const { wire, end } = start({}, createWire({ headers: { 'content-length': '3' } }));
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', endedBy: 'length' });
  });

  test('by no length that counts other bytes', async () => {
    const headers = { 'content-length': '3', 'content-encoding': 'gzip' };
    const { wire, end } = start({}, createWire({ headers }));
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', endedBy: 'close' });
  });

  test('by a status without content', async () => {
    const wire = createWire({ respond: () => new Response(null, { status: 204 }) });
    expect(await start({}, wire).end).toMatchObject({ status: 'done', endedBy: 'no-content' });
  });

  test('by nothing where it is none', async () => {
    const { wire, run, end } = start();
    await wire.send('a');
    expect(run.getSnapshot().endedBy).toBeNull();
    run.abort();
    expect((await end).endedBy).toBeNull();
  });
});

describe('`truncated`', () => {
  test.each<[string, StreamingFetchOptions]>([
    ['a string', { endWhen: '[DONE]' }],
    ['an event name', { endWhen: { event: 'stop' } }],
    ['a predicate', { endWhen: () => false }],
  ])('is an end without the sentinel that is %s; the text stays', async (_, options) => {
    const { status, error, text } = await receive(options, 'data: a\n\n');
    expect([status, error?.code, text]).toEqual(['failed', 'truncated', 'a']);
  });

  test.each([
    ['bare JSON', 'error: {"message":"overloaded"}'],
    ['bare JSON and a blank line', 'error: {"message":"overloaded"}\n\n'],
    ['JSON of several lines', '{\n  "message": "overloaded"\n}\n'],
    ['text before a comment', 'overloaded\n\n'],
  ])('contains in its body what came outside any message: %s', async (_, outside) => {
    const { error, text } = await receive({ endWhen: '[DONE]' }, `data: a\n\n${outside}`);
    expect([error?.code, text]).toEqual(['truncated', 'a']);
    expect(error?.body?.trim()).toBe(outside.trim());
  });

  test('is found even if comments and half a message follow', async () => {
    const { error } = await receive(
      { endWhen: '[DONE]' },
      'data: a\n\noverloaded\n\n',
      ': ping\n\n',
      'data: b',
    );
    expect(error?.body).toBe('overloaded');
  });

  test('has no body where nothing came outside the messages', async () => {
    const { error } = await receive({ endWhen: '[DONE]' }, 'data: a\n\n: bye\n\ndata: b');
    expect(error).toMatchObject({ code: 'truncated', body: null });
  });

  test('is a body that ends before its Content-Length', async () => {
    const { wire, end } = start({}, createWire({ headers: { 'content-length': '9' } }));
    await wire.send('abc');
    await wire.close();
    const { error, text } = await end;
    expect([error?.code, error?.bytesReceived, text]).toEqual(['truncated', 3, 'abc']);
    expect(error?.message).toContain('3 of 9 bytes');
  });

  test('is a body that the engine breaks before its Content-Length', async () => {
    const { wire, end } = start({}, createWire({ headers: { 'content-length': '9' } }));
    await wire.send('abc');
    await wire.drop();
    const { error } = await end;
    expect(error?.code).toBe('truncated');
    expect(error?.cause).toBeInstanceOf(TypeError);
  });

  test('is no body that is encoded: its Content-Length counts other bytes', async () => {
    const headers = { 'content-length': '9', 'content-encoding': 'gzip' };
    const { wire, end } = start({}, createWire({ headers }));
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: 'abc' });
  });
});

describe('`failed`', () => {
  test('is a connection that breaks: `network`, with the bytes so far; the text stays', async () => {
    const { wire, end } = start();
    await wire.send('abc');
    await wire.drop();
    const { status, error, text, bytesReceived } = await end;
    expect([status, error?.code, text, bytesReceived]).toEqual(['failed', 'network', 'abc', 3]);
    expect(error).toMatchObject({ bytesReceived: 3, attempt: 1, url: 'http://localhost/api' });
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('is a status that is not a success, with headers and parsed body', async () => {
    const body = '{"error":{"message":"slow down"}}';
    const headers = { 'retry-after': '7', 'x-trace': 'a1' };
    const wire = createWire({ respond: () => new Response(body, { status: 429, headers }) });
    const { end } = start({}, wire);
    await wire.environment.settle();
    const { status, error, response, text } = await end;
    expect([status, response, text]).toEqual(['failed', null, '']);
    expect(error).toMatchObject({ code: 'http-status', status: 429, body, retryAfterMs: 7000 });
    expect(error?.json).toEqual(JSON.parse(body));
    expect(error?.headers?.get('x-trace')).toBe('a1');
    expect(isStreamError(error)).toBe(true);
    expect(wire.requests).toHaveLength(1);
  });

  test.each<[string, StreamingFetchOptions, number]>([
    ['timeout-connect', { connectTimeoutMs: 10 }, 0],
    ['timeout-idle', { idleTimeoutMs: 10 }, 1],
    ['timeout-message', { messageTimeoutMs: 10 }, 1],
  ])('is %s', async (code, options, streams) => {
    const never = () => new Promise<Response>(() => {});
    const wire = createWire(streams === 0 ? { respond: never } : { contentType: EVENTS });
    const { end } = start(options, wire);
    await wire.environment.advance(5);
    if (streams > 0) await wire.send('data: a\n\n: still here\n\n');
    await wire.environment.advance(10);
    expect((await end).error?.code).toBe(code);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('is a URL that is none', async () => {
    const wire = createWire();
    const run = createStreamingFetch('http://', wire.options);
    expect((await run.start()).error?.code).toBe('invalid-url');
    expect(wire.requests).toHaveLength(0);
  });
});

describe('`errorWhen`', () => {
  const isError = ({ data }: { readonly data: string }) => data.startsWith('{"error"');

  test('fails with `in-band` and the message as body; the text so far stays', async () => {
    const { status, error, received, text, isCancelled } = await receive(
      { errorWhen: isError },
      'data: a\n\n',
      'data: {"error":"overloaded"}\n\ndata: late\n\n',
    );
    expect([status, error?.code, received, text]).toEqual(['failed', 'in-band', ['a'], 'a']);
    expect(error?.body).toBe('{"error":"overloaded"}');
    expect(error?.json).toEqual({ error: 'overloaded' });
    expect(error?.message).toBe('The stream reported an error.');
    expect(isCancelled).toBe(true);
  });

  test.each(['quota used up', new Error('quota used up')])(
    'may say what went wrong: %o',
    async (verdict) => {
      const { error } = await receive({ errorWhen: () => verdict }, 'data: x\n\n');
      expect(error?.message).toBe('quota used up');
    },
  );

  test.each([[''], [new Error('')]])(
    'that says nothing means yes all the same: %o',
    async (verdict) => {
      const { error } = await receive({ errorWhen: () => verdict }, 'data: x\n\n');
      expect(error).toMatchObject({ code: 'in-band', message: 'The stream reported an error.' });
    },
  );

  test('is asked about the message that the end of the body left unfinished', async () => {
    const { status, error, received } = await receive(
      { errorWhen: ({ event, data }) => event === 'error' && data },
      'data: 1\n\nevent: error\ndata: overloaded',
    );
    expect([status, error?.code, error?.message]).toEqual(['failed', 'in-band', 'overloaded']);
    expect(received).toEqual(['1']);
  });

  test.each([
    ['a promise', async () => true],
    ['an object', () => ({ code: 7 })],
  ])('that returns %s says no, and development says so', async (_, errorWhen) => {
    // The types refuse it as well.
    const { status, wire } = await receive({ errorWhen: errorWhen as never }, 'data: a\n\n');
    expect(status).toBe('done');
    expect(wire.environment.warnings).toHaveLength(1);
  });

  test('wins over the sentinel that follows it', async () => {
    const { status, error } = await receive(
      { errorWhen: isError, endWhen: '[DONE]' },
      'data: {"error":1}\n\ndata: [DONE]\n\n',
    );
    expect([status, error?.code]).toEqual(['failed', 'in-band']);
  });

  test.each([[false], [null], [undefined]])('lets a message pass with %s', async (verdict) => {
    const { status, text } = await receive({ errorWhen: () => verdict }, 'data: a\n\n');
    expect([status, text]).toEqual(['done', 'a']);
  });

  test('that throws counts as no, and is reported', async () => {
    const { status, text, wire } = await receive(
      {
        errorWhen() {
          throw new Error('broken');
        },
      },
      'data: a\n\n',
    );
    expect([status, text]).toEqual(['done', 'a']);
    expect(wire.environment.reported).toEqual([new Error('broken')]);
  });
});

describe('`aborted`', () => {
  test('by the caller: the request is aborted, the text stays, nothing is left', async () => {
    const { wire, run, end } = start();
    await wire.send('abc');
    run.abort();
    expect(wire.request.isAborted).toBe(true);
    expect(await end).toMatchObject({
      status: 'aborted',
      reason: 'caller',
      error: null,
      text: 'abc',
    });
    await wire.send('late');
    expect(run.getSnapshot().text).toBe('abc');
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
    expect(wire.errors).toEqual([]);
  });

  test('by the caller before the headers', async () => {
    const wire = createWire({ respond: () => new Promise<Response>(() => {}) });
    const { run, end } = start({}, wire);
    await wire.environment.settle();
    run.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller' });
    expect(wire.request.isAborted).toBe(true);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('by the caller in the same task: no request at all', async () => {
    const { wire, run, end } = start();
    run.abort();
    expect((await end).status).toBe('aborted');
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(0);
  });

  test('by a signal', async () => {
    const controller = new AbortController();
    const { wire, end } = start({ signal: controller.signal });
    await wire.send('abc');
    controller.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'signal', text: 'abc' });
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('by a signal that was aborted before: no request', async () => {
    const { wire, run, end } = start({ signal: AbortSignal.abort() });
    expect(await end).toMatchObject({ status: 'aborted', reason: 'signal', attempt: 0 });
    expect(await run.start()).toMatchObject({ status: 'aborted', reason: 'signal' });
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(0);
  });

  test('in a callback: no later message of the same chunk is delivered', async () => {
    const received: string[] = [];
    const wire = createWire({ contentType: EVENTS });
    const { run, end } = start(
      {
        onMessage({ data }) {
          received.push(data);
          if (data === 'b') run.abort();
        },
      },
      wire,
    );
    await wire.send('data: a\n\ndata: b\n\ndata: c\n\n');
    expect(await end).toMatchObject({ status: 'aborted', text: 'ab' });
    expect(received).toEqual(['a', 'b']);
  });

  test('is nothing that can happen twice, or after the end', async () => {
    const { wire, run, end } = start();
    await wire.close();
    run.abort();
    expect((await end).status).toBe('done');
    expect(run.getSnapshot().status).toBe('done');
    expect(wire.log.at(-1)).toBe('open -> done');
  });
});
