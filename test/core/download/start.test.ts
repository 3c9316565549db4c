import { createDownload, isStreamError } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createFileWire, leftOfFiles, NOTHING_LEFT_OF_FILES } from '../../support/file-wire.ts';

const NEVER_STARTED = {
  status: 'idle',
  readyState: 2,
  attempt: 0,
  nextRetryAt: null,
  reason: null,
  pausedBy: [],
  error: null,
  endedBy: null,
  loaded: 0,
  total: null,
  totalSource: null,
  progress: null,
  percent: null,
  bytesPerSecond: null,
  secondsLeft: null,
  fileName: null,
  result: undefined,
  restarted: false,
};

const ten = { headers: { 'content-length': '10', 'content-type': 'text/plain' } };

describe('creating', () => {
  test('has no effect', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', wire.options);
    await wire.environment.advance(1000);
    expect(wire.requests).toHaveLength(0);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    expect(job.getSnapshot()).toEqual(NEVER_STARTED);
    expect(job.getServerSnapshot()).toEqual(NEVER_STARTED);
  });

  test.each([
    ['expectedBytes', { expectedBytes: -1 }],
    ['as', { as: 'stream' }],
    ['resumable', { resumable: 'yes' }],
    ['saveTo', { saveTo: 'file.txt' }],
  ])('refuses a wrong `%s`', (name, options) => {
    const create = () => Reflect.apply(createDownload, null, ['/file', options]);
    expect(create).toThrow(name);
    expect(create).toThrow(expect.toSatisfy(isStreamError));
  });
});

describe('`start()`', () => {
  test('is connecting at once and sends its request one microtask later', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', wire.options);
    void job.start();
    expect(job.getSnapshot()).toMatchObject({ status: 'connecting', readyState: 0, attempt: 1 });
    expect(wire.requests).toHaveLength(0);
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(1);
    expect(wire.requests[0]).toMatchObject({ url: '/file', method: 'GET' });
    expect(wire.requests[0]?.headers.get('accept')).toBe('*/*');
    expect(wire.ranges).toEqual([[undefined, undefined]]);
    expect(job.getSnapshot()).toMatchObject({ status: 'open', readyState: 1, error: null });
    job.abort();
  });

  test('counts what arrives, and resolves with the snapshot that subscribers were shown', async () => {
    const wire = createFileWire([ten]);
    const job = createDownload('/files/report.txt', { ...wire.options, flush: 'sync' });
    const shown: unknown[] = [];
    job.subscribe(() => void shown.push(job.getSnapshot()));
    const end = job.start();
    await wire.send('abcde');
    expect(job.getSnapshot()).toMatchObject({
      status: 'open',
      loaded: 5,
      total: 10,
      totalSource: 'content-length',
      progress: 0.5,
      percent: 50,
      fileName: 'report.txt',
      result: undefined,
    });
    await wire.send('fghij');
    expect(job.getSnapshot()).toMatchObject({ status: 'open', loaded: 10, progress: 0.999 });
    await wire.close();
    const last = await end;
    expect(last).toMatchObject({
      ...NEVER_STARTED,
      status: 'done',
      endedBy: 'length',
      attempt: 1,
      loaded: 10,
      total: 10,
      totalSource: 'content-length',
      progress: 1,
      percent: 100,
      fileName: 'report.txt',
      result: expect.any(Blob),
    });
    expect(shown.at(-1)).toBe(last);
    expect(job.getSnapshot()).toBe(last);
    expect(wire.chunks).toEqual([
      ['abcde', 5],
      ['fghij', 10],
    ]);
    expect(wire.log).toEqual([
      'idle -> connecting',
      'connecting -> open',
      'opened with 200',
      'open -> done',
    ]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('clears what the run before it left', async () => {
    const wire = createFileWire([ten, {}]);
    const job = createDownload('/file.txt', wire.options);
    const first = job.start();
    await wire.send('0123456789');
    await wire.close();
    expect((await first).status).toBe('done');
    void job.start();
    expect(job.getSnapshot()).toEqual({
      ...NEVER_STARTED,
      status: 'connecting',
      readyState: 0,
      attempt: 1,
    });
    job.abort();
  });

  test('with overrides changes URL, method, headers and body of this start', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', { ...wire.options, headers: { 'x-a': '1', 'x-b': '1' } });
    void job.start({ url: '/other.bin', headers: { 'X-B': '2' }, body: { n: 1 } });
    await wire.environment.settle();
    expect(wire.requests[0]).toMatchObject({ url: '/other.bin', method: 'POST', body: '{"n":1}' });
    expect(wire.requests[0]?.headers.get('x-a')).toBe('1');
    expect(wire.requests[0]?.headers.get('x-b')).toBe('2');
    expect(job.getSnapshot().fileName).toBe('other.bin');
    void job.start();
    await wire.environment.settle();
    expect(wire.requests[1]).toMatchObject({ url: '/file', method: 'GET', body: null });
    job.abort();
  });

  test.each([
    [{ url: 'http://' }, 'invalid-url'],
    [{ url: 'http://user:word@host/file' }, 'invalid-url'],
    [{ method: 'GET', body: 'x' }, 'invalid-option'],
  ])('that cannot be sent (%o) fails as %s and does not reject', async (overrides, code) => {
    const wire = createFileWire();
    const job = createDownload('/file', wire.options);
    const { status, error } = await job.start(overrides);
    expect([status, error?.code]).toEqual(['failed', code]);
    expect(wire.requests).toHaveLength(0);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('of a file that is not there fails with status, headers and body', async () => {
    const wire = createFileWire([{ status: 404, headers: { 'x-trace': '7' }, body: '{"why":1}' }]);
    const job = createDownload('/file', wire.options);
    const { status, error, result, loaded } = await job.start();
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'http-status', status: 404, json: { why: 1 }, attempt: 1 });
    expect(error?.headers?.get('x-trace')).toBe('7');
    expect([result, loaded]).toEqual([undefined, 0]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('answered with 204 is done, with an empty result and the name of the URL', async () => {
    const wire = createFileWire();
    const job = createDownload('/empty.txt', {
      ...wire.options,
      fetch: async () => new Response(null, { status: 204 }),
    });
    const { status, result, loaded, total, progress, fileName } = await job.start();
    expect([status, result?.size]).toEqual(['done', 0]);
    expect({ loaded, total, progress, fileName }).toEqual({
      loaded: 0,
      total: 0,
      progress: 1,
      fileName: 'empty.txt',
    });
  });
});

describe('`start()` while a request runs', () => {
  test('replaces it: aborted, `superseded`, and none of its bytes appears', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', wire.options);
    const first = job.start();
    await wire.send('first');
    const second = job.start();
    expect(wire.requests[0]?.isAborted).toBe(true);
    expect(await first).toMatchObject({ status: 'aborted', reason: 'superseded', loaded: 5 });
    wire.streams[0]?.write('late');
    await wire.send('second');
    await wire.close();
    const { status, result, loaded } = await second;
    expect([status, loaded, await result?.text()]).toEqual(['done', 6, 'second']);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('ten times in one task sends one request', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', wire.options);
    const ends = Array.from({ length: 10 }, () => job.start());
    await wire.close();
    const reasons = (await Promise.all(ends)).map(({ status, reason }) => reason ?? status);
    expect(reasons).toEqual([...Array.from({ length: 9 }, () => 'superseded'), 'done']);
    expect(wire.requests).toHaveLength(1);
  });

  test('in `onChunk` and in `onProgress` begins again at 0', async () => {
    for (const callback of ['onChunk', 'onProgress'] as const) {
      const wire = createFileWire();
      const ends: Promise<unknown>[] = [];
      const job = createDownload('/file', {
        environment: wire.environment,
        [callback]() {
          if (ends.length === 1) ends.push(job.start());
        },
      });
      ends.push(job.start());
      await wire.send('first');
      await wire.send('again');
      await wire.close();
      expect(await Promise.all(ends)).toMatchObject([
        { status: 'aborted', reason: 'superseded' },
        { status: 'done', loaded: 5 },
      ]);
      expect(await job.getSnapshot().result?.text()).toBe('again');
    }
  });
});

describe('`abort()`', () => {
  test('ends the request and keeps what was shown', async () => {
    const wire = createFileWire([ten]);
    const job = createDownload('/file', wire.options);
    const end = job.start();
    await wire.send('abc');
    job.abort();
    expect(wire.requests[0]?.isAborted).toBe(true);
    expect(await end).toMatchObject({
      status: 'aborted',
      reason: 'caller',
      error: null,
      loaded: 3,
      total: 10,
      progress: 0.3,
      result: undefined,
      bytesPerSecond: null,
    });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test.each(['idle', 'connecting', 'waiting', 'paused'])('in %s leaves nothing', async (status) => {
    const wire = createFileWire([{ status: 503 }, {}]);
    const job = createDownload('/file', { ...wire.options, retry: {} });
    const end = status === 'idle' ? null : job.start();
    if (status === 'waiting' || status === 'paused') await wire.close();
    if (status === 'paused') job.pause();
    expect(job.getSnapshot().status).toBe(status);
    job.abort();
    expect((await end)?.reason).toBe(status === 'idle' ? undefined : 'caller');
    expect(job.getSnapshot().status).toBe(status === 'idle' ? 'idle' : 'aborted');
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('in a callback stops at once', async () => {
    const wire = createFileWire();
    const progress: number[] = [];
    const job = createDownload('/file', {
      environment: wire.environment,
      onChunk: () => job.abort(),
      onProgress: ({ loaded }) => void progress.push(loaded),
    });
    const end = job.start();
    await wire.send('abc', 'def');
    expect(await end).toMatchObject({ status: 'aborted', loaded: 3 });
    expect(progress).toEqual([]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('`signal`', () => {
  test('ends a running download', async () => {
    const wire = createFileWire();
    const controller = new AbortController();
    const job = createDownload('/file', { ...wire.options, signal: controller.signal });
    const end = job.start();
    await wire.send('abc');
    controller.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'signal', loaded: 3 });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('that is aborted already lets no request out', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', { ...wire.options, signal: AbortSignal.abort() });
    expect(await job.start()).toMatchObject({ status: 'aborted', reason: 'signal' });
    expect(wire.requests).toHaveLength(0);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('`reset()`', () => {
  test('ends a running download, resolves it `aborted`, `caller`, and clears everything', async () => {
    const wire = createFileWire([ten]);
    const job = createDownload('/file', wire.options);
    const end = job.start();
    await wire.send('abc');
    job.reset();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller', loaded: 3 });
    expect(job.getSnapshot()).toEqual(NEVER_STARTED);
    expect(wire.requests[0]?.isAborted).toBe(true);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test.each(['done', 'failed', 'aborted', 'paused'])('clears a download that is %s', async (to) => {
    const wire = createFileWire([ten]);
    const job = createDownload('/file', { ...wire.options, resumable: true });
    void job.start();
    await wire.send('0123456789');
    if (to === 'done') await wire.close();
    else if (to === 'failed') await wire.drop();
    else if (to === 'aborted') job.abort();
    else job.pause();
    expect(job.getSnapshot()).toMatchObject({ status: to, loaded: 10 });
    job.reset();
    expect(job.getSnapshot()).toEqual(NEVER_STARTED);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('a callback that throws', () => {
  test('is reported, and the download goes on', async () => {
    const wire = createFileWire();
    const boom = () => {
      throw new Error('boom');
    };
    const job = createDownload('/file', {
      environment: wire.environment,
      onStatusChange: boom,
      onOpen: boom,
      onChunk: boom,
      onProgress: boom,
    });
    const end = job.start();
    await wire.send('abc');
    await wire.close();
    const { status, result } = await end;
    expect([status, await result?.text()]).toEqual(['done', 'abc']);
    expect(wire.environment.reported).toHaveLength(6);
  });
});

describe('a POST', () => {
  test('is not repeated after a drop, whatever `retry` says', async () => {
    const wire = createFileWire();
    const job = createDownload('/export', { ...wire.options, body: { all: true }, retry: {} });
    const end = job.start();
    await wire.send('abc');
    await wire.drop();
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'network' } });
    expect(wire.requests).toHaveLength(1);
  });

  test('is sent again by `resume()`, which counts as a start', async () => {
    const wire = createFileWire();
    const job = createDownload('/export', { ...wire.options, body: { all: true } });
    const end = job.start();
    await wire.send('abc');
    job.pause();
    job.resume();
    await wire.send('abcdef');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: true, loaded: 6 });
    expect(wire.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });
});

describe('deadlines', () => {
  test('`connectTimeoutMs` and `idleTimeoutMs` fail a download that stalls', async () => {
    const wire = createFileWire();
    const job = createDownload('/file', { ...wire.options, idleTimeoutMs: 1000 });
    const end = job.start();
    await wire.send('abc');
    await wire.environment.advance(999);
    expect(job.getSnapshot().status).toBe('open');
    await wire.environment.advance(1);
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'timeout-idle' } });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);

    const silent = createDownload('/file', {
      ...wire.options,
      connectTimeoutMs: 50,
      fetch: () => new Promise(() => {}),
    });
    const failed = silent.start();
    await wire.environment.advance(50);
    expect(await failed).toMatchObject({ status: 'failed', error: { code: 'timeout-connect' } });
    expect(wire.environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });
});
