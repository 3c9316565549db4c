import { createStreamingFetch } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { manageStreamingFetch } from '../../../src/core/streaming-fetch/streaming-fetch.ts';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE } from '../../support/wire.ts';

describe('creating', () => {
  test('has no effect', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    await wire.environment.advance(1000);
    expect(wire.requests).toHaveLength(0);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
    expect(run.getSnapshot()).toEqual({
      status: 'idle',
      readyState: 2,
      attempt: 0,
      nextRetryAt: null,
      reason: null,
      pausedBy: [],
      error: null,
      endedBy: null,
      data: undefined,
      state: undefined,
      message: undefined,
      messages: [],
      dropped: 0,
      isPrevious: false,
      text: '',
      response: null,
      bytesReceived: 0,
      timing: { firstByteMs: null, firstMessageMs: null, durationMs: null },
    });
    expect(run.getServerSnapshot()).toEqual(run.getSnapshot());
  });
});

describe('`start()`', () => {
  test('is connecting at once and sends its request one microtask later', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    void run.start();
    expect(run.getSnapshot()).toMatchObject({ status: 'connecting', readyState: 0, attempt: 1 });
    expect(wire.requests).toHaveLength(0);
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(1);
    expect(run.getSnapshot()).toMatchObject({ status: 'open', readyState: 1 });
    run.abort();
  });

  test('shows status, headers and URL of the response as soon as it is accepted', async () => {
    const wire = createWire({ headers: { 'x-request-id': 'r1' } });
    const run = createStreamingFetch('/api', wire.options);
    void run.start();
    await wire.environment.settle();
    const { response } = run.getSnapshot();
    expect(response).toMatchObject({ status: 200, url: '' });
    expect(response?.headers.get('x-request-id')).toBe('r1');
    run.abort();
  });

  test('resolves with the snapshot that subscribers were shown', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    const end = run.start();
    await wire.send('abc');
    let shown: unknown;
    run.subscribe(() => {
      shown = run.getSnapshot();
    });
    await wire.close();
    expect(await end).toBe(shown);
    expect(run.getSnapshot()).toBe(shown);
  });

  test('clears text, data, messages and error at once', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      reduce: (count: number) => count + 1,
      initialState: 0,
    });
    const first = run.start();
    await wire.send('abc');
    await wire.drop();
    expect(await first).toMatchObject({ text: 'abc', state: 1, error: { code: 'network' } });

    void run.start();
    expect(run.getSnapshot()).toMatchObject({
      status: 'connecting',
      text: '',
      data: undefined,
      message: undefined,
      messages: [],
      state: 0,
      error: null,
      response: null,
      bytesReceived: 0,
      isPrevious: false,
      timing: { firstByteMs: null, firstMessageMs: null, durationMs: null },
    });
    await wire.send('de');
    await wire.close();
    expect(run.getSnapshot()).toMatchObject({ text: 'de', state: 1, bytesReceived: 2 });
  });

  test('with `keepPrevious` keeps what there was until the first new message', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      keepPrevious: true,
      reduce: (all: string, { data }) => all + data,
      initialState: '>',
    });
    void run.start();
    await wire.send('old');
    await wire.close();
    expect(run.getSnapshot().isPrevious).toBe(false);

    void run.start();
    await wire.environment.settle();
    expect(run.getSnapshot()).toMatchObject({
      status: 'open',
      text: 'old',
      data: 'old',
      state: '>old',
      isPrevious: true,
      bytesReceived: 0,
    });
    await wire.send('new');
    expect(run.getSnapshot()).toMatchObject({
      text: 'new',
      data: 'new',
      state: '>new',
      isPrevious: false,
    });
    expect(run.getSnapshot().messages).toHaveLength(1);
    run.abort();
  });

  test('in a callback at the end of a run begins another; both promises tell their own', async () => {
    const wire = createWire();
    const ends: Promise<{ readonly status: string; readonly text: string }>[] = [];
    const run = createStreamingFetch('/api', {
      environment: wire.environment,
      onStatusChange(status) {
        if (status === 'done' && ends.length === 1) ends.push(run.start());
      },
    });
    ends.push(run.start());
    await wire.send('one');
    await wire.close();
    await wire.send('two');
    await wire.close();
    expect(await Promise.all(ends)).toMatchObject([
      { status: 'done', text: 'one' },
      { status: 'done', text: 'two' },
    ]);
    expect(wire.requests).toHaveLength(2);
  });
});

describe('`start()` while a request runs', () => {
  test('replaces it: aborted, `superseded`, and none of its text appears', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, flush: 'sync' });
    const texts: string[] = [];
    const first = run.start();
    await wire.send('first');
    const second = run.start();
    run.subscribe(() => void texts.push(run.getSnapshot().text));
    expect(wire.requests[0]?.isAborted).toBe(true);
    expect(await first).toMatchObject({ status: 'aborted', reason: 'superseded', text: 'first' });

    wire.streams[0]?.write('late');
    await wire.send('second');
    wire.streams[0]?.write('later');
    await wire.close();
    expect(await second).toMatchObject({ status: 'done', text: 'second' });
    expect(texts.join()).not.toMatch(/first|late/);
    expect(wire.log.filter((line) => line.includes('aborted'))).toEqual([]);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('replaces one that has no answer yet', async () => {
    let answer: (response: Response) => void = () => {};
    const late = new Promise<Response>((resolve) => {
      answer = resolve;
    });
    const wire = createWire({ respond: (_, index) => (index === 0 ? late : undefined) });
    const run = createStreamingFetch('/api', wire.options);
    const first = run.start();
    await wire.environment.settle();
    const second = run.start();
    answer(new Response('first'));
    await wire.send('second');
    await wire.close();
    expect(await first).toMatchObject({ status: 'aborted', reason: 'superseded', text: '' });
    expect(await second).toMatchObject({ status: 'done', text: 'second' });
  });

  test('replaces it at whatever moment after its answer: nothing of that is accepted', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      let answer = () => {};
      const given = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const wire = createWire();
      const opened: string[] = [];
      const run = createStreamingFetch('/api', {
        environment: wire.environment,
        async fetch(url, init) {
          if (url === '/first') await given;
          const response = await wire.environment.fetch?.(url, init);
          if (response === undefined) throw new Error('The wire has a fetch function.');
          return Object.defineProperty(response, 'url', { value: `http://localhost${url}` });
        },
        onOpen: ({ url }) => void opened.push(url),
      });
      void run.start({ url: '/first' });
      await wire.environment.settle();
      answer();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const openedBefore = opened.length;
      void run.start({ url: '/second' });
      await wire.environment.settle();
      expect(opened.slice(openedBefore)).toEqual(['http://localhost/second']);
      expect(run.getSnapshot().response?.url).toBe('http://localhost/second');
      expect(wire.inProgress).toBe(1);
      run.abort();
    }
  });

  test('ten times in one task sends one request, and nine promises are superseded', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    const ends = Array.from({ length: 10 }, () => run.start());
    await wire.close();
    const reasons = (await Promise.all(ends)).map(({ status, reason }) => reason ?? status);
    expect(reasons).toEqual([...Array.from({ length: 9 }, () => 'superseded'), 'done']);
    expect(wire.requests).toHaveLength(1);
  });

  test('in `onMessage` drops the rest of the chunk, and shows the first data at once', async () => {
    const wire = createWire({ contentType: 'text/event-stream' });
    const received: string[] = [];
    const run = createStreamingFetch('/api', {
      ...wire.options,
      onMessage({ data }) {
        received.push(data);
        if (data === 'b') void run.start();
      },
    });
    const first = run.start();
    await wire.send('data: a\n\ndata: b\n\ndata: c\n\n');
    expect(await first).toMatchObject({ reason: 'superseded', text: 'ab' });
    expect(run.getSnapshot()).toMatchObject({ status: 'open', text: '' });
    await wire.send('data: d\n\n');
    expect(received).toEqual(['a', 'b', 'd']);
    expect(run.getSnapshot().text).toBe('d');
    run.abort();
  });

  test('tells how long the replaced run took', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    const first = run.start();
    await wire.environment.advance(70);
    void run.start();
    expect((await first).timing.durationMs).toBe(70);
    run.abort();
  });

  test('under `whenBusy: ignore` gives the running promise and changes nothing', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, whenBusy: 'ignore' });
    const first = run.start({ url: '/one' });
    await wire.send('one');
    const second = run.start({ url: '/two' });
    expect(second).toBe(first);
    await wire.send(' more');
    await wire.close();
    expect(await second).toMatchObject({ status: 'done', text: 'one more' });
    expect(wire.requests.map(({ url }) => url)).toEqual(['/one']);
    const third = run.start({ url: '/three' });
    await wire.close();
    expect(third).not.toBe(first);
    expect((await third).text).toBe('');
  });

  test('under `whenBusy: ignore` also while a retry is pending', async () => {
    const busy = () => new Response('', { status: 503 });
    const wire = createWire({ respond: (_, index) => (index === 0 ? busy() : undefined) });
    const options = { ...wire.options, whenBusy: 'ignore', retry: {} } as const;
    const run = createStreamingFetch('/api', options);
    const first = run.start();
    await wire.environment.settle();
    expect(run.getSnapshot().status).toBe('waiting');
    expect(run.start()).toBe(first);
    run.abort();
  });
});

describe('`start(overrides)`', () => {
  test('changes URL, method, headers and body of this start', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      method: 'PUT',
      headers: { 'x-a': '1', 'x-b': '1' },
      body: 'own',
    });
    void run.start({ url: '/other', method: 'patch', headers: { 'X-B': '2' }, body: { n: 1 } });
    await wire.environment.settle();
    expect(wire.request).toMatchObject({ url: '/other', method: 'PATCH', body: '{"n":1}' });
    expect(wire.request.headers.get('x-a')).toBe('1');
    expect(wire.request.headers.get('x-b')).toBe('2');
    expect(wire.request.headers.get('content-type')).toBe('application/json');

    void run.start();
    await wire.environment.settle();
    expect(wire.request).toMatchObject({ url: '/api', method: 'PUT', body: 'own' });
    expect(wire.request.headers.get('x-b')).toBe('1');
    run.abort();
  });

  test('merges its headers over those of a function', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      headers: async () => ({ authorization: 'fresh', 'x-b': '1' }),
    });
    void run.start({ headers: new Headers({ 'x-b': '2' }) });
    await wire.environment.settle();
    expect(wire.request.headers.get('authorization')).toBe('fresh');
    expect(wire.request.headers.get('x-b')).toBe('2');
    run.abort();
  });

  test('with a body makes the request a POST', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    void run.start({ body: { prompt: 'Hi' } });
    await wire.environment.settle();
    expect(wire.request.method).toBe('POST');
    run.abort();
  });

  test('last for every attempt of the start', async () => {
    const busy = () => new Response('', { status: 503 });
    const wire = createWire({ respond: (_, index) => (index === 0 ? busy() : undefined) });
    const run = createStreamingFetch('/api', { ...wire.options, retry: {} });
    void run.start({ url: '/other', headers: { 'x-b': '2' } });
    await wire.environment.advance(100);
    expect(wire.requests.map(({ url }) => url)).toEqual(['/other', '/other']);
    expect(wire.request.headers.get('x-b')).toBe('2');
    run.abort();
  });

  test('that cannot be sent fail: the promise does not reject', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, method: 'GET' });
    const { status, error } = await run.start({ body: 'x' });
    expect([status, error?.code]).toEqual(['failed', 'invalid-option']);
    expect(error?.message).toContain('GET');
    expect((await run.start({ url: 'http://' })).error?.code).toBe('invalid-url');
    expect(wire.requests).toHaveLength(0);
    const again = run.start();
    await wire.close();
    expect((await again).status).toBe('done');
  });
});

describe('a running request', () => {
  test('is repeated as it was started, whatever the options became, with fresh headers', async () => {
    const busy = () => new Response('', { status: 503 });
    const wire = createWire({ respond: (_, index) => (index === 0 ? busy() : undefined) });
    const options = { environment: wire.environment, retry: { methods: ['PUT', 'PATCH'] } };
    const run = manageStreamingFetch({
      url: '/one',
      options: { ...options, method: 'PUT', body: 'one', headers: { 'x-token': 'old' } },
    });
    void run.start();
    await wire.environment.settle();
    run.setOptions({
      url: '/two',
      options: { ...options, method: 'PATCH', body: 'two', headers: { 'x-token': 'new' } },
    });
    await wire.environment.advance(100);
    expect(wire.requests).toHaveLength(2);
    expect(wire.request).toMatchObject({ url: '/one', method: 'PUT', body: 'one' });
    expect(wire.request.headers.get('x-token')).toBe('new');
    void run.start();
    await wire.environment.settle();
    expect(wire.request).toMatchObject({ url: '/two', method: 'PATCH', body: 'two' });
    run.abort();
  });
});

describe('`start()` of a controller whose component is gone', () => {
  async function createGone() {
    const wire = createWire();
    const run = manageStreamingFetch({ url: '/api', options: wire.options });
    run.retain();
    await wire.environment.settle();
    run.release();
    await wire.environment.settle();
    return { wire, run };
  }

  test('resolves `aborted`, `unmounted`, and sends nothing', async () => {
    const { wire, run } = await createGone();
    expect(await run.start()).toMatchObject({ status: 'aborted', reason: 'unmounted' });
    expect(wire.requests).toHaveLength(0);
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test('sends its request when the component comes back in the same flush', async () => {
    const { wire, run } = await createGone();
    // The effect of a child, which runs before that of the hook.
    const end = run.start();
    run.retain();
    await wire.send('a');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', text: 'a' });
    expect(wire.requests).toHaveLength(1);
  });
});

describe('`reset()`', () => {
  test('ends a running request, resolves it `aborted`, `caller`, and clears everything', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    const initial = run.getSnapshot();
    const end = run.start();
    await wire.send('abc');
    run.reset();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller', text: 'abc' });
    expect(run.getSnapshot()).toEqual(initial);
    expect(wire.request.isAborted).toBe(true);
    expect(wire.log.at(-1)).toBe('open -> idle');
    expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
  });

  test.each(['done', 'failed', 'aborted'])('clears a run that is %s', async (status) => {
    const wire = createWire();
    const run = createStreamingFetch('/api', { ...wire.options, keepPrevious: true });
    const initial = run.getSnapshot();
    void run.start();
    await wire.send('abc');
    if (status === 'done') await wire.close();
    else if (status === 'failed') await wire.drop();
    else run.abort();
    expect(run.getSnapshot()).toMatchObject({ status, text: 'abc' });
    run.reset();
    expect(run.getSnapshot()).toEqual(initial);
  });

  test('leaves a controller that can be started', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    void run.start();
    run.reset();
    const end = run.start();
    await wire.send('abc');
    await wire.close();
    expect((await end).text).toBe('abc');
  });
});
