import { createDownload, createStreamingFetch, each } from 'rivulet/core';
import { createMockFetch, createMockStream, createTestEnvironment } from 'rivulet/testing';
import { expect, test, vi } from 'vitest';
import { manageEventSource } from '../../src/core/event-source/event-source.ts';
import { manageStreamingFetch } from '../../src/core/streaming-fetch/streaming-fetch.ts';
import { createFileWire } from '../support/file-wire.ts';

const etag = { etag: '"a"', 'content-type': 'application/octet-stream' };

test('a close before the request is sent is shown', async () => {
  const mock = createMockFetch(() => createMockStream());
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const es = manageEventSource<Record<string, string>, undefined>(
    'http://a.test/',
    { environment },
    { enabled: true, replaces: undefined },
  );
  es.retain();
  es.close();
  await environment.advance(1000);
  expect(es.getSnapshot().readyState).toBe(2);
});

test('an abort before an automatic start sends nothing', async () => {
  const mock = createMockFetch(() => createMockStream());
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const f = manageStreamingFetch(
    { url: 'http://a.test/', options: { environment, autoStart: true } },
    undefined,
    true,
  );
  f.retain();
  f.abort();
  await environment.advance(1000);
  expect(mock.requests.length).toBe(0);
});

test('a slow sink after a 416 is not a connect timeout', async () => {
  const wire = createFileWire([
    { status: 206, headers: { ...etag, 'content-range': 'bytes 0-9/*' }, body: '0123456789' },
    { status: 416, headers: { 'content-range': 'bytes */10' } },
  ]);
  let closed = () => {};
  const saveTo = new WritableStream<Uint8Array>({
    close: () =>
      new Promise<void>((r) => {
        closed = r;
      }),
  });
  const job = createDownload('http://files.test/file.bin', {
    ...wire.options,
    resumable: true,
    connectTimeoutMs: 1000,
    saveTo,
  });
  void job.start();
  await wire.environment.settle();
  await wire.close();
  await wire.environment.settle();
  await wire.environment.advance(2500);
  closed();
  await wire.environment.advance(3000);
  expect(job.getSnapshot().status).toBe('done');
});

test('the rate is never negative after a restart among parts', async () => {
  const wire = createFileWire([
    {
      status: 206,
      headers: { ...etag, 'content-range': 'bytes 0-9999/20000', 'content-length': '10000' },
    },
    { status: 200, headers: { etag: '"b"', 'content-length': '20000' } },
  ]);
  const job = createDownload('http://files.test/file.bin', {
    ...wire.options,
    resumable: true,
    flush: 'sync',
  });
  void job.start();
  await wire.send('x'.repeat(5000));
  await wire.environment.advance(600);
  await wire.send('x'.repeat(5000));
  await wire.environment.advance(250);
  await wire.close();
  await wire.environment.advance(250);
  const s = job.getSnapshot();
  job.abort();
  expect(s.bytesPerSecond ?? 0).toBeGreaterThanOrEqual(0);
});

test('a POST download is sent once for each resume', async () => {
  const wire = createFileWire([
    { headers: { ...etag, 'content-length': '10' } },
    { status: 206, headers: { etag: '"b"', 'content-range': 'bytes 5-9/10' }, body: '56789' },
    { headers: { ...etag, 'content-length': '10' } },
  ]);
  const job = createDownload('http://files.test/file.bin', {
    ...wire.options,
    resumable: true,
    body: { q: 1 },
  });
  void job.start();
  await wire.send('01234');
  job.pause();
  void job.resume();
  await wire.environment.settle();
  job.abort();
  expect(wire.requests.length).toBe(2);
});

test('a size that is not a number does not fail a download in production', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const wire = createFileWire([{ body: '0123456789' }]);
  const job = createDownload('http://files.test/file.bin', {
    ...wire.options,
    as: 'bytes',
    expectedBytes: Number.NaN,
  });
  const s = await job.start();
  vi.unstubAllEnvs();
  expect(s.status).toBe('done');
});

test('a 416 that names no length is asked once more without a range', async () => {
  const wire = createFileWire([{ status: 416, headers: {} }, { body: '0123456789' }]);
  const job = createDownload('http://files.test/file.bin', { ...wire.options, resumable: true });
  const end = job.start();
  await wire.environment.settle();
  await wire.close();
  const s = await end;
  expect(s.loaded).toBe(10);
});

test('a split that does not return a list is a parse error', async () => {
  const stream = createMockStream();
  const mock = createMockFetch(() => stream);
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const job = createStreamingFetch('http://a.test/', {
    environment,
    parse: each((() => undefined) as never),
  });
  const end = job.start();
  await environment.settle();
  stream.send('a');
  await environment.settle();
  stream.close();
  const s = await end;
  expect(s.status).toBe('done');
});

test('only an attempt that is sent offline is a guess', async () => {
  const mock = createMockFetch((_, index) => {
    if (index > 0) throw new TypeError('refused');
    return new Response('', { status: 503, headers: { 'retry-after': '60' } });
  });
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const job = createStreamingFetch('http://a.test/', { environment, retry: { maxAttempts: 2 } });
  void job.start();
  await environment.settle();
  environment.setOnline(false);
  await environment.advance(31_000);
  environment.setOnline(true);
  await environment.advance(80_000);
  expect(mock.requests).toHaveLength(2);
  expect(job.getSnapshot().error?.code).toBe('retries-exhausted');
});
