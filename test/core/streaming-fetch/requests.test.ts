import { createStreamingFetch, type RetryOptions, type StreamingFetchOptions } from 'rivulet/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWire, type Wire } from '../../support/wire.ts';

const NodeRequest = Request;

afterEach(() => void vi.unstubAllGlobals());

/** The request that some options lead to. */
async function requestOf(options: StreamingFetchOptions) {
  const wire = createWire();
  const run = createStreamingFetch('/api', { ...wire.options, ...options });
  void run.start();
  await wire.environment.settle();
  run.abort();
  return wire.request;
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

describe('a request', () => {
  test('is a GET without a body, and is kept out of the HTTP cache', async () => {
    const { method, url, body, init } = await requestOf({});
    expect([method, url, body, init.cache]).toEqual(['GET', '/api', null, 'no-store']);
  });

  test('takes a URL object', async () => {
    const wire = createWire();
    const run = createStreamingFetch(new URL('http://example.com/a?b=c'), wire.options);
    void run.start();
    await wire.environment.settle();
    expect(wire.request.url).toBe('http://example.com/a?b=c');
    run.abort();
  });

  test.each([
    [undefined, '*/*'],
    ['auto', '*/*'],
    ['text', '*/*'],
    ['lines', '*/*'],
    ['sse', 'text/event-stream'],
  ] as const)('with framing %s accepts %s', async (framing, accept) => {
    expect((await requestOf({ framing })).headers.get('accept')).toBe(accept);
  });

  test('with NDJSON accepts that, with bytes anything', async () => {
    const wire = createWire();
    void createStreamingFetch('/api', { ...wire.options, framing: 'ndjson' }).start();
    void createStreamingFetch('/api', { ...wire.options, framing: 'bytes' }).start();
    await wire.environment.settle();
    const accepts = wire.requests.map(({ headers }) => headers.get('accept'));
    expect(accepts).toEqual(['application/x-ndjson', '*/*']);
  });

  test("the caller's headers win", async () => {
    const headers = { Accept: 'text/plain', 'x-none': undefined };
    const request = await requestOf({ framing: 'sse', headers });
    expect([...request.headers]).toEqual([['accept', 'text/plain']]);
  });

  test('carries credentials and what `requestInit` says', async () => {
    const { init } = await requestOf({
      credentials: 'include',
      requestInit: { cache: 'reload', redirect: 'error' },
    });
    expect(init).toMatchObject({ credentials: 'include', cache: 'reload', redirect: 'error' });
  });

  test('is made by the `fetch` of the options', async () => {
    const wire = createWire();
    const urls: string[] = [];
    const run = createStreamingFetch('/api', {
      ...wire.options,
      async fetch(url) {
        urls.push(url);
        return new Response('from elsewhere');
      },
    });
    expect((await run.start()).text).toBe('from elsewhere');
    expect([urls, wire.requests]).toEqual([['/api'], []]);
  });
});

describe('a body', () => {
  test.each<[string, StreamingFetchOptions['body'], string]>([
    ['a plain object', { prompt: 'é', n: [1] }, '{"prompt":"é","n":[1]}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['an array', [1, { a: 2 }], '[1,{"a":2}]'],
  ])('that is %s is sent as JSON', async (_, body, text) => {
    const request = await requestOf({ body });
    expect([request.method, request.body]).toEqual(['POST', text]);
    expect(request.headers.get('content-type')).toBe('application/json');
  });

  test('keeps the content type that the caller gives', async () => {
    const headers = { 'content-type': 'application/vnd.api+json' };
    const request = await requestOf({ body: { a: 1 }, headers });
    expect(request.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test.each<[string, () => BodyInit]>([
    ['a string', () => 'text'],
    ['FormData', () => new FormData()],
    ['URLSearchParams', () => new URLSearchParams({ q: 'é' })],
    ['a Blob', () => new Blob(['x'], { type: 'image/png' })],
    ['bytes', () => Uint8Array.from([1, 2])],
    ['a buffer', () => new ArrayBuffer(2)],
  ])('that is %s is passed on as it is, its content type left to fetch', async (_, make) => {
    const body = make();
    const request = await requestOf({ body });
    expect(request.body).toBe(body);
    expect(request.method).toBe('POST');
    expect(request.headers.get('content-type')).toBeNull();
    expect(request.init).not.toHaveProperty('duplex');
  });

  test('may come from a function, also async, whatever it is', async () => {
    expect((await requestOf({ body: () => ({ a: 1 }) })).body).toBe('{"a":1}');
    const request = await requestOf({ method: 'PUT', body: async () => 'late' });
    expect([request.method, request.body]).toEqual(['PUT', 'late']);
  });

  test.each<[string, StreamingFetchOptions]>([
    ['`body`', { body: () => Promise.reject(new Error('no file chosen')) }],
    [
      '`headers`',
      {
        headers() {
          throw new Error('no file chosen');
        },
      },
    ],
  ])('or headers: %s that throws is `request-setup`', async (option, options) => {
    const wire = createWire();
    const { error } = await createStreamingFetch('/api', { ...wire.options, ...options }).start();
    expect(error?.code).toBe('request-setup');
    expect(error?.message).toContain(option);
    expect(error?.message).toContain('no file chosen');
    expect(wire.requests).toHaveLength(0);
  });

  test('that JSON cannot hold is `request-setup`', async () => {
    const wire = createWire();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const { error } = await createStreamingFetch('/', { ...wire.options, body: loop }).start();
    expect(error?.code).toBe('request-setup');
  });
});

describe('a body that is a stream', () => {
  test('is sent with `duplex: half`', async () => {
    const body = streamOf('upload');
    const request = await requestOf({ body });
    expect(request.body).toBe(body);
    expect(request.init).toMatchObject({ method: 'POST', duplex: 'half' });
  });

  test('serves one attempt: a second start is `body-used`, without a request', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, body: streamOf('upload') });
    const first = run.start();
    await wire.close();
    expect((await first).status).toBe('done');
    const { error } = await run.start();
    expect(error?.code).toBe('body-used');
    expect(wire.environment.warnings).toEqual([expect.stringContaining('as a function')]);
    expect(wire.requests).toHaveLength(1);
  });

  test('serves one attempt: a retry is `body-used`, and no third follows', async () => {
    const wire = createWire({ respond: () => new Response('', { status: 503 }) });
    const run = createStreamingFetch('/api', {
      ...wire.options,
      body: streamOf('upload'),
      retry: { methods: ['POST'] },
    });
    const end = run.start();
    await wire.environment.advance(100_000);
    expect((await end).error?.code).toBe('body-used');
    expect(wire.log).toContain('http-status, will retry');
    expect(wire.requests).toHaveLength(1);
  });

  test('that somebody else reads is `body-used`', async () => {
    const wire = createWire();
    const body = streamOf('upload');
    body.getReader();
    const run = createStreamingFetch('/api', { ...wire.options, body });
    expect((await run.start()).error?.code).toBe('body-used');
  });

  test.each<[string, (init: RequestInit) => Request]>([
    // What Firefox does: it knows no streams, so it sends their name as text.
    ['as its name', ({ body }) => new NodeRequest('http://a', { method: 'POST', body: `${body}` })],
    [
      'not at all',
      () => {
        throw new TypeError('ReadableStream uploading is not supported');
      },
    ],
  ])('fails with one clear error where the browser sends it %s', async (_, make) => {
    vi.stubGlobal('Request', function Request(_url: string, init: RequestInit) {
      return make(init);
    });
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      body: streamOf('upload'),
      retry: { methods: ['POST'] },
    });
    const { error } = await run.start();
    expect(error?.code).toBe('invalid-option');
    expect(error?.message).toContain('`body`');
    expect(wire.errors).toEqual([error]);
    expect(wire.requests).toHaveLength(0);
  });

  test('says what it takes where the browser refuses it without a reason', async () => {
    const wire = createWire({
      respond() {
        throw new TypeError('Failed to fetch');
      },
    });
    const run = createStreamingFetch('/api', { ...wire.options, body: streamOf('upload') });
    expect((await run.start()).error?.message).toBe('The request failed: Failed to fetch.');
    expect(wire.environment.warnings).toEqual([expect.stringContaining('HTTP/2')]);
    const plain = createStreamingFetch('/api', { ...wire.options, body: 'upload' });
    await plain.start();
    expect(wire.environment.warnings).toHaveLength(1);
  });

  test('is new for every attempt if a function makes it', async () => {
    const wire = createWire({ respond: (_, index) => atFirstBusy(index) });
    const run = createStreamingFetch('/api', {
      ...wire.options,
      body: () => streamOf('upload'),
      retry: { methods: ['POST'] },
    });
    const end = run.start();
    await wire.environment.advance(100);
    await wire.close();
    expect((await end).status).toBe('done');
    const [first, second] = wire.requests;
    expect(second?.body).toBeInstanceOf(ReadableStream);
    expect(second?.body).not.toBe(first?.body);
  });
});

function atFirstBusy(index: number): Response | undefined {
  return index === 0 ? new Response('', { status: 503 }) : undefined;
}

/** How often a run that meets only this sends its request within ten minutes. */
async function countRequests(
  options: StreamingFetchOptions,
  meet: (wire: Wire) => Promise<void>,
): Promise<number> {
  const wire = createWire();
  const run = createStreamingFetch('/api', { ...wire.options, ...options });
  const end = run.start();
  await meet(wire);
  await wire.environment.advance(600_000);
  run.abort();
  await end;
  return wire.requests.length;
}

describe('a streaming fetch is repeated', () => {
  const drop = (wire: Wire) => wire.drop();

  test('not at all unless asked', async () => {
    expect(await countRequests({}, drop)).toBe(1);
    expect(await countRequests({ retry: false }, drop)).toBe(1);
    expect(await countRequests({ retry: {} }, drop)).toBe(2);
  });

  test.each<[string, readonly string[], number]>([
    ['a byte of no message', ['da'], 2],
    ['a comment', [': OPENROUTER PROCESSING\n\n'], 2],
    ['a message that is not complete', ['data: a'], 2],
    ['a message that does not parse', ['data: no JSON\n\n'], 2],
    ['an empty message as a sign of life', ['data:\n\n'], 2],
    ['a message', ['data: 1\n\n'], 1],
  ])('after a drop that follows %s: requests sent: %3$i', async (_, chunks, count) => {
    const wire = createWire({ contentType: 'text/event-stream' });
    const run = createStreamingFetch('/api', { ...wire.options, retry: {}, parse: 'json' });
    void run.start();
    await wire.send(...chunks);
    await wire.drop();
    await wire.environment.advance(200);
    expect(wire.requests).toHaveLength(count);
    run.abort();
  });

  /** An answer that says that it is overloaded, after these other messages. */
  async function overloaded(before: string, retry: RetryOptions) {
    const wire = createWire({ contentType: 'text/event-stream' });
    const run = createStreamingFetch('/api', {
      ...wire.options,
      retry,
      errorWhen: ({ event }) => event === 'error',
    });
    void run.start();
    await wire.send(`${before}event: error\ndata: overloaded\n\n`);
    await wire.environment.advance(200);
    const { status } = run.getSnapshot();
    run.abort();
    return { status, requests: wire.requests.length };
  }

  const whenInBand: RetryOptions = { shouldRetry: ({ code }) => code === 'in-band' };

  test('after an in-band error where `shouldRetry` says so', async () => {
    expect(await overloaded(': wait\n\n', whenInBand)).toEqual({ status: 'open', requests: 2 });
  });

  test('not after an in-band error by itself', async () => {
    expect(await overloaded('', {})).toEqual({ status: 'failed', requests: 1 });
  });

  test('not after an in-band error that follows a message', async () => {
    const after = await overloaded('data: a\n\n', whenInBand);
    expect(after).toEqual({ status: 'failed', requests: 1 });
  });

  test.each([
    ['POST', {}, 1],
    ['PUT', {}, 1],
    ['POST', { retry: { methods: ['post'] } }, 2],
    ['POST', { headers: { 'idempotency-key': 'k' } }, 2],
    ['HEAD', {}, 2],
    ['GET', { retry: { methods: ['POST'] } }, 1],
  ])('as a %s with %j: requests sent: %i', async (method, options, count) => {
    expect(await countRequests({ method, retry: {}, ...options }, drop)).toBe(count);
  });

  test('with the `Idempotency-Key` of its first attempt, and a fresh token', async () => {
    const wire = createWire({ respond: (_, index) => atFirstBusy(index) });
    let calls = 0;
    const run = createStreamingFetch('/api', {
      ...wire.options,
      body: { n: 1 },
      retry: {},
      headers() {
        calls += 1;
        return { 'idempotency-key': `key-${calls}`, authorization: `token-${calls}` };
      },
    });
    void run.start();
    await wire.environment.advance(100);
    const sent = (name: string) => wire.requests.map(({ headers }) => headers.get(name));
    expect(sent('idempotency-key')).toEqual(['key-1', 'key-1']);
    expect(sent('authorization')).toEqual(['token-1', 'token-2']);
    void run.start();
    await wire.environment.settle();
    expect(sent('idempotency-key').at(-1)).toBe('key-3');
    run.abort();
  });

  test('four times in a row, the first included, then `retries-exhausted`', async () => {
    const wire = createWire({ respond: () => new Response('busy', { status: 503 }) });
    const run = createStreamingFetch('/api', { ...wire.options, retry: {} });
    const end = run.start();
    await wire.environment.advance(600_000);
    const { error, attempt } = await end;
    expect(error).toMatchObject({ code: 'retries-exhausted', status: 503, body: 'busy' });
    expect([attempt, wire.requests.length]).toEqual([4, 4]);
  });

  test('showing `waiting`, the error and when; the promise waits too', async () => {
    const wire = createWire({ respond: (_, index) => atFirstBusy(index) });
    const run = createStreamingFetch('/api', { ...wire.options, retry: { baseDelayMs: 400 } });
    const end = run.start();
    await wire.environment.settle();
    expect(run.getSnapshot()).toMatchObject({
      status: 'waiting',
      error: { code: 'http-status' },
      nextRetryAt: wire.environment.now() + 100,
    });
    await wire.environment.advance(100);
    expect(run.getSnapshot()).toMatchObject({ status: 'open', attempt: 2, error: null });
    await wire.send('ok');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: 'ok', attempt: 2 });
  });

  test('once after a 401 with `onUnauthorized`, a POST too, also without `retry`', async () => {
    const refused = (index: number) =>
      index === 0 ? new Response('', { status: 401 }) : undefined;
    const wire = createWire({ respond: (_, index) => refused(index) });
    let token = 'old';
    const run = createStreamingFetch('/api', {
      ...wire.options,
      body: { n: 1 },
      headers: () => ({ authorization: token }),
      async onUnauthorized() {
        token = 'new';
      },
    });
    const end = run.start();
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', attempt: 2 });
    const tokens = wire.requests.map(({ headers }) => headers.get('authorization'));
    expect(tokens).toEqual(['old', 'new']);
  });
});

describe('a page that is hidden or offline', () => {
  test('leaves a running request alone', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, retry: {} });
    const end = run.start();
    await wire.send('one ');
    wire.environment.setVisible(false);
    wire.environment.signal({ type: 'freeze' });
    wire.environment.signal({ type: 'resume' });
    wire.environment.setOnline(false);
    wire.environment.setOnline(true);
    await wire.environment.advance(100_000);
    await wire.send('two');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: 'one two' });
    expect(wire.requests).toHaveLength(1);
  });
});
