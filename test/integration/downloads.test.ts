import { createDownload, type DownloadController, type DownloadOptions } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manageDownload } from '../../src/core/download/download.ts';
import { type FileRouteOptions, fileRoute, numberedLines, sha256 } from '../support/file-server.ts';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  expectAllClosed,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';

const FILE = numberedLines(40_000);
const LENGTH = FILE.length;

let server: StreamServer;
let environment: RealTimeEnvironment;
let current: DownloadController | undefined;

beforeEach(() => {
  environment = createRealTimeEnvironment();
});

afterEach(async () => {
  current?.abort();
  current = undefined;
  await expectAllClosed(server);
  await server.stop();
  expectNothingLeft();
});

function expectNothingLeft(): void {
  const { reported } = environment;
  expect([environment.pending(), reported]).toEqual([{ timers: 0, listeners: 0 }, []]);
}

/** A download of what a route serves, with the totals that were shown and the sum of the deltas. */
async function serve(route: Route, options: DownloadOptions = {}) {
  server = await startStreamServer({ '/data.bin': route });
  const seen = { sum: 0, totals: new Set<number | null>(), falling: false };
  let last = 0;
  const job = createDownload(server.url('/data.bin'), {
    environment,
    ...options,
    onChunk(bytes) {
      seen.sum += bytes.length;
    },
    onProgress({ loaded, total, progress }) {
      seen.totals.add(total);
      seen.falling ||= loaded < last || (progress ?? 0) > 0.999;
      last = loaded;
    },
  });
  current = job;
  return { job, seen };
}

async function serveFile(route: FileRouteOptions, options: DownloadOptions = {}, file = FILE) {
  return serve(fileRoute(file, route), options);
}

const bytesOf = async (blob: Blob | undefined) => {
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
};
const ranges = () => server.requests('/data.bin').map(({ headers }) => headers.range);

describe('a whole file', () => {
  it.each<[string, FileRouteOptions, DownloadOptions, number | null, string]>([
    ['with a length', {}, {}, LENGTH, 'content-length'],
    ['without ranges', { ranges: false }, {}, LENGTH, 'content-length'],
    [
      'without ranges, asked for them',
      { ranges: false },
      { resumable: true },
      LENGTH,
      'content-length',
    ],
    ['with ranges', {}, { resumable: true }, LENGTH, 'content-range'],
    ['in chunks', { declaresLength: false }, {}, null, 'loaded'],
    [
      'in chunks and expected',
      { declaresLength: false },
      { expectedBytes: LENGTH },
      LENGTH,
      'expected',
    ],
    ['in gzip', { encoding: 'gzip' }, {}, null, 'loaded'],
    ['in gzip and chunks', { encoding: 'gzip', declaresLength: false }, {}, null, 'loaded'],
    ['in brotli', { encoding: 'br' }, { headers: { 'accept-encoding': 'br' } }, null, 'loaded'],
    ['in deflate', { encoding: 'deflate' }, {}, null, 'loaded'],
    ['in gzip, but resumable', { encoding: 'gzip' }, { resumable: true }, LENGTH, 'content-range'],
    [
      'in gzip with a size header',
      { encoding: 'gzip', headers: { 'x-file-size': LENGTH } },
      { sizeHeader: 'X-File-Size' },
      LENGTH,
      'size-header',
    ],
  ])('%s: no false total, and every byte of it', async (_, route, options, total, source) => {
    const { job, seen } = await serveFile(route, options);
    const { status, result, ...last } = await job.start();
    expect(status).toBe('done');
    expect(last).toMatchObject({
      loaded: LENGTH,
      total: LENGTH,
      totalSource: source,
      progress: 1,
      percent: 100,
      restarted: false,
      fileName: 'data.bin',
    });
    expect([...seen.totals]).toEqual([total]);
    expect([seen.sum, seen.falling]).toEqual([LENGTH, false]);
    expect(sha256(await bytesOf(result))).toBe(sha256(FILE));
    expect(environment.warnings).toEqual([]);
    const { encoding } = route;
    const asked = server.requests('/data.bin')[0]?.headers['accept-encoding'];
    expect(asked).toContain(options.resumable ? 'identity' : (encoding ?? 'gzip'));
  });

  it.each<[string, FileRouteOptions, DownloadOptions]>([
    ['with a length', {}, {}],
    ['in chunks', { declaresLength: false }, {}],
    ['in gzip', { encoding: 'gzip' }, {}],
    ['asked for by range, which is answered with 416', {}, { resumable: true }],
  ])('of zero bytes %s is done', async (_, route, options) => {
    const { job, seen } = await serveFile(route, options, new Uint8Array(0));
    const { status, result, ...last } = await job.start();
    expect([status, result?.size, seen.sum]).toEqual(['done', 0, 0]);
    expect(last).toMatchObject({ loaded: 0, total: 0, progress: 1, fileName: 'data.bin' });
  });

  it('takes its name from the server', async () => {
    const disposition = `attachment; filename="r.csv"; filename*=UTF-8''r%C3%A9sum%C3%A9.csv`;
    const { job } = await serveFile({ headers: { 'content-disposition': disposition } });
    expect((await job.start()).fileName).toBe('résumé.csv');
  });
});

describe('pause and resume', () => {
  async function pauseHalfway(route: FileRouteOptions, options: DownloadOptions = {}) {
    const run = await serveFile(route, { resumable: true, flush: 'sync', ...options });
    const end = run.job.start();
    await until(run.job, ({ loaded }) => loaded > 0);
    run.job.pause();
    await expectAllClosed(server);
    const { loaded } = run.job.getSnapshot();
    expect(loaded).toBeLessThan(LENGTH);
    run.job.resume();
    return { ...run, kept: loaded, last: await end };
  }

  it.each<[string, FileRouteOptions]>([
    ['an identity file', {}],
    ['a file that would be sent in gzip', { encoding: 'gzip' }],
  ])('goes on where it stood: %s', async (_, route) => {
    const { last, kept, seen } = await pauseHalfway(route);
    expect(last).toMatchObject({ status: 'done', restarted: false, loaded: LENGTH, attempt: 2 });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
    expect([seen.sum, seen.falling]).toEqual([LENGTH, false]);
    expect(ranges()).toEqual(['bytes=0-', `bytes=${kept}-`]);
  });

  it('restarts visibly at a server without ranges', async () => {
    const { last, seen, kept } = await pauseHalfway({ ranges: false });
    expect(last).toMatchObject({ status: 'done', restarted: true, loaded: LENGTH });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
    expect(seen.sum).toBe(LENGTH + kept);
    expect(ranges()).toEqual(['bytes=0-', 'bytes=0-']);
  });

  it('restarts visibly when the file was changed meanwhile', async () => {
    const changed = numberedLines(50_000).toReversed();
    const { last } = await pauseHalfway({ version: (number) => (number === 1 ? FILE : changed) });
    expect(last).toMatchObject({ status: 'done', restarted: true, loaded: changed.length });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(changed));
  });

  it('restarts visibly what is not resumable, also in gzip', async () => {
    const { last } = await pauseHalfway({ encoding: 'gzip' }, { resumable: false });
    expect(last).toMatchObject({ status: 'done', restarted: true, loaded: LENGTH });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
  });
});

describe('a connection that drops', () => {
  /** Five places in the file, in no order. */
  const cuts = Array.from({ length: 5 }, () => 1 + Math.floor(Math.random() * (LENGTH / 6)));

  it(`five times, after ${cuts.join(', ')} bytes: nothing is lost and nothing doubled`, async () => {
    const { job, seen } = await serveFile(
      { cutAfter: (number) => cuts[number - 1] },
      { resumable: true, retry: { baseDelayMs: 1 } },
    );
    const last = await job.start();
    expect(last).toMatchObject({ status: 'done', restarted: false, attempt: 6, loaded: LENGTH });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
    expect([seen.sum, seen.falling]).toEqual([LENGTH, false]);
    const starts = ranges().map((range) => Number(/\d+/.exec(range ?? '')?.[0]));
    expect(starts).toHaveLength(6);
    expect(starts).toEqual(starts.toSorted((left, right) => left - right));
  });

  it('goes into a sink without a gap', async () => {
    const chunks: Uint8Array[] = [];
    server = await startStreamServer({
      '/data.bin': fileRoute(FILE, { cutAfter: (number) => cuts[number - 1] }),
    });
    const sinkJob = createDownload(server.url('/data.bin'), {
      environment,
      resumable: true,
      retry: { baseDelayMs: 1 },
      saveTo: new WritableStream({ write: (chunk) => void chunks.push(chunk.slice()) }),
    });
    const last = await sinkJob.start();
    expect(last).toMatchObject({ status: 'done', restarted: false, result: undefined });
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(FILE));
  });

  it('is `truncated` with a declared length, and shows how far it came', async () => {
    const { job, seen } = await serveFile({ cutAfter: () => 100_000 });
    const { status, error, loaded, total, result } = await job.start();
    expect([status, error?.code, result]).toEqual(['failed', 'truncated', undefined]);
    expect(error?.message).toContain(`${loaded} of ${LENGTH} bytes`);
    expect([loaded, total, error?.bytesReceived]).toEqual([seen.sum, LENGTH, seen.sum]);
    expect(loaded).toBeLessThanOrEqual(100_000);
  });

  it('is `network` in chunks', async () => {
    const { job } = await serveFile({ declaresLength: false, cutAfter: () => 100_000 });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'network' } });
  });

  it('in gzip is an error too, and begins again at 0 where it is retried', async () => {
    const cutAfter = (number: number) => (number === 1 ? 20_000 : undefined);
    const retry = { baseDelayMs: 1 };
    const { job, seen } = await serveFile({ encoding: 'gzip', cutAfter }, { retry });
    const last = await job.start();
    // It depends on the decoder whether anything came out before the cut.
    const restarted = seen.sum > LENGTH;
    expect(last).toMatchObject({ status: 'done', restarted, attempt: 2, loaded: LENGTH });
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
  });
});

describe('a request that does not lead to a file', () => {
  it('fails with status and body', async () => {
    const { job } = await serve(({ response }) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"gone"}');
    });
    const { status, error } = await job.start();
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'http-status', status: 404, json: { message: 'gone' } });
  });

  it('is retried where that helps', async () => {
    const file = fileRoute(FILE);
    const { job } = await serve(
      (exchange) => {
        if (exchange.number < 3) exchange.response.writeHead(503).end();
        else return file(exchange);
      },
      { retry: { baseDelayMs: 1 } },
    );
    expect(await job.start()).toMatchObject({ status: 'done', attempt: 3, loaded: LENGTH });
  });
});

describe('a server that stalls', () => {
  const stalled: Route = ({ response }) => {
    response.writeHead(200, { 'content-length': 1000 }).write('0123456789');
  };

  it.each(['abort', 'pause', 'reset'] as const)(
    'loses its request at once by `%s()`',
    async (act) => {
      const { job } = await serve(stalled, { flush: 'sync' });
      const end = job.start();
      await until(job, ({ loaded }) => loaded === 10);
      job[act]();
      await expectAllClosed(server);
      job.abort();
      expect((await end).status).toBe('aborted');
    },
  );

  it('loses it before its headers as well', async () => {
    const { job } = await serve(() => {});
    const end = job.start();
    await expect.poll(() => server.inProgress()).toBe(1);
    job.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller' });
    await expectAllClosed(server);
  });

  it('loses it when the component is unmounted that owns the download', async () => {
    const { job: own } = await serve(stalled);
    const owned = manageDownload({
      url: server.url('/data.bin'),
      options: { environment, flush: 'sync' },
    });
    expect(own.getSnapshot().status).toBe('idle');
    owned.retain();
    const end = owned.start();
    await until(owned, ({ loaded }) => loaded === 10);
    owned.release();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'unmounted', loaded: 10 });
    await expectAllClosed(server);
    expect(server.requests('/data.bin')).toHaveLength(1);
  });

  it('fails by `idleTimeoutMs`, or goes on where it can', async () => {
    const file = fileRoute(FILE);
    const { job } = await serve(
      (exchange) => {
        if (exchange.number > 1) return file(exchange);
        const { response } = exchange;
        response.writeHead(200, { 'content-length': LENGTH }).write(FILE.subarray(0, 1000));
      },
      { resumable: true, idleTimeoutMs: 200, retry: { baseDelayMs: 1 } },
    );
    const end = job.start();
    await untilStatus(job, 'waiting');
    expect(job.getSnapshot().error?.code).toBe('timeout-idle');
    const last = await end;
    expect(last.status).toBe('done');
    expect(sha256(await bytesOf(last.result))).toBe(sha256(FILE));
  });
});
