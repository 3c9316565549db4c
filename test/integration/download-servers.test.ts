import { createDownload, type DownloadController, type DownloadOptions } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { corsFileRoute, fileRoute, numberedLines, sha256 } from '../support/file-server.ts';
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

/* What servers were reported to do, each against a real one, and what is right then. */

const FILE = numberedLines(10_000).slice(0, 240_000);
const LENGTH = FILE.length;
const CAP = 64 * 1024;

let server: StreamServer;
let environment: RealTimeEnvironment;
let current: DownloadController<never> | undefined;

beforeEach(() => {
  environment = createRealTimeEnvironment();
});

afterEach(async () => {
  current?.reset();
  current = undefined;
  await expectAllClosed(server);
  await server.stop();
  expectNothingLeft();
});

function expectNothingLeft(): void {
  const { reported } = environment;
  expect([environment.pending(), reported]).toEqual([{ timers: 0, listeners: 0 }, []]);
}

async function serve(route: Route, options: DownloadOptions = {}) {
  server = await startStreamServer({ '/data.bin': route });
  const job = createDownload(server.url('/data.bin'), { environment, flush: 'sync', ...options });
  current = job;
  return job;
}

const hashOf = async (blob: Blob | undefined) => {
  return sha256(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)));
};
const ranges = () => server.requests('/data.bin').map(({ headers }) => headers.range);

/** A server that gives at most 64 KiB of a range (RFC 9110 15.3.7). */
function cappedRoute(tellsLength = true, hidesRange = false): Route {
  return ({ request, response }) => {
    const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    if (match === null) {
      response.writeHead(200, { etag: '"v1"', 'content-length': LENGTH }).end(FILE);
      return;
    }
    const first = Number(match[1]);
    if (first >= LENGTH) {
      response.writeHead(416, { 'content-range': `bytes */${LENGTH}` }).end();
      return;
    }
    const part = FILE.subarray(first, first + CAP);
    const range = `bytes ${first}-${first + part.length - 1}/${tellsLength ? LENGTH : '*'}`;
    response.writeHead(206, {
      etag: '"v1"',
      'content-length': part.length,
      ...(!hidesRange && { 'content-range': range }),
    });
    response.end(part);
  };
}

describe('a server that caps ranges', () => {
  it.each([
    ['and tells the length of the file', true, 4],
    ['and does not tell the length of the file', false, 5],
  ])('%s gives the whole file', async (_, tellsLength, requests) => {
    const job = await serve(cappedRoute(tellsLength), { resumable: true });
    const last = await job.start();
    expect(last).toMatchObject({
      status: 'done',
      loaded: LENGTH,
      endedBy: 'length',
      restarted: false,
      attempt: 1,
    });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
    expect(ranges()).toHaveLength(requests);
  });

  it('gives the whole file after a pause as well', async () => {
    const job = await serve(cappedRoute(), { resumable: true });
    const end = job.start();
    await until(job, ({ loaded }) => loaded > CAP);
    job.pause();
    await expectAllClosed(server);
    void job.resume();
    const last = await end;
    expect(last).toMatchObject({ status: 'done', loaded: LENGTH, restarted: false });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
  });

  it('and hides Content-Range is asked once more without Range', async () => {
    const job = await serve(cappedRoute(true, true), { resumable: true });
    const last = await job.start();
    expect(last).toMatchObject({ status: 'done', loaded: LENGTH, attempt: 2 });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
    expect(ranges()).toEqual(['bytes=0-', undefined]);
    expect(environment.warnings.join()).toContain('Access-Control-Expose-Headers');
  });
});

describe('a size that the server named', () => {
  const short: Route = ({ number, response }) => {
    response.writeHead(200, { 'x-file-size': LENGTH });
    response.end(number === 1 ? FILE.subarray(0, 100_000) : FILE);
  };

  it('is not met by a body that ends cleanly before it: `truncated`', async () => {
    const job = await serve(short, { sizeHeader: 'X-File-Size' });
    const { status, error } = await job.start();
    expect([status, error?.code]).toEqual(['failed', 'truncated']);
    expect(error?.message).toBe('The body ended after 100000 of 240000 bytes.');
  });

  it('is met by a repeat, where that is asked for', async () => {
    const job = await serve(short, { sizeHeader: 'X-File-Size', retry: { baseDelayMs: 1 } });
    const last = await job.start();
    expect(last).toMatchObject({ status: 'done', attempt: 2, loaded: LENGTH, endedBy: 'length' });
  });
});

describe('a Content-Encoding that is none', () => {
  it.each(['', 'aws-chunked', 'identity'])('as if it were absent: %j', async (coding) => {
    const job = await serve(
      fileRoute(FILE, {
        headers: { 'content-encoding': coding },
        cutAfter: (number) => (number === 1 ? 100_000 : undefined),
      }),
      { resumable: true, retry: { baseDelayMs: 1 } },
    );
    const end = job.start();
    await until(job, ({ loaded }) => loaded > 0);
    expect(job.getSnapshot().total).toBe(LENGTH);
    const last = await end;
    expect(last).toMatchObject({ status: 'done', restarted: false, loaded: LENGTH });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
  });
});

describe('a signed URL that expires', () => {
  it('at 41 %: what was loaded is kept, and `resume()` goes on with a fresh one', async () => {
    let signature = 0;
    const file = fileRoute(FILE, { cutAfter: (number) => (number === 1 ? 98_400 : undefined) });
    server = await startStreamServer({
      '/data.bin': (exchange) => {
        const isExpired = exchange.number === 2;
        if (isExpired) exchange.response.writeHead(403).end('<Error>expired</Error>');
        else return file(exchange);
      },
    });
    const job = createDownload(() => server.url(`/data.bin?signature=${(signature += 1)}`), {
      environment,
      resumable: true,
      retry: { baseDelayMs: 1 },
    });
    const failed = await job.start();
    expect(failed).toMatchObject({ status: 'failed', error: { status: 403 } });
    const kept = failed.loaded;
    expect(kept).toBeGreaterThan(0);
    const last = await job.resume();
    expect(last).toMatchObject({ status: 'done', loaded: LENGTH, restarted: false });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
    expect(ranges()).toEqual(['bytes=0-', `bytes=${kept}-`, `bytes=${kept}-`]);
    expect(server.requests('/data.bin').map(({ url }) => url.at(-1))).toEqual(['1', '2', '3']);
  });
});

describe('a network that is gone for longer than `retry` waits', () => {
  it('keeps what was loaded for `resume()`', async () => {
    let isDown = false;
    const file = fileRoute(FILE, { cutAfter: (number) => (number === 1 ? 100_000 : undefined) });
    const job = await serve(
      (exchange) => {
        if (isDown) exchange.response.destroy();
        else return file(exchange);
      },
      { resumable: true, retry: { baseDelayMs: 1, maxAttempts: 2 } },
    );
    const end = job.start();
    await until(job, ({ loaded }) => loaded > 0);
    isDown = true;
    await untilStatus(job, 'failed');
    expect(await end).toMatchObject({ error: { code: 'retries-exhausted' } });
    isDown = false;
    const last = await job.resume();
    expect(last).toMatchObject({ status: 'done', restarted: false, loaded: LENGTH });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
  });
});

describe('a 206 that begins earlier than asked', () => {
  it('is used from the right byte on', async () => {
    const job = await serve(
      ({ number, response }) => {
        const first = number === 1 ? 0 : 4096;
        response.writeHead(206, {
          etag: '"v1"',
          'content-length': LENGTH - first,
          'content-range': `bytes ${first}-${LENGTH - 1}/${LENGTH}`,
        });
        if (number > 1) response.end(FILE.subarray(first));
        else response.write(FILE.subarray(0, 10_000));
      },
      { resumable: true },
    );
    const end = job.start();
    await until(job, ({ loaded }) => loaded === 10_000);
    job.pause();
    void job.resume();
    const last = await end;
    expect(last).toMatchObject({ status: 'done', restarted: false, loaded: LENGTH });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
  });
});

describe('`accept`', () => {
  const answering = (type: string | undefined): Route => {
    return ({ response }) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end('<p>log in');
    };
  };

  it('refuses a login page where a PDF was expected', async () => {
    const job = await serve(answering('text/html; charset=utf-8'), { accept: 'application/pdf' });
    const { status, error } = await job.start();
    expect([status, error?.code, error?.body]).toEqual(['failed', 'content-type', '<p>log in']);
    expect(error?.message).toBe('The server sent text/html where application/pdf was expected.');
    expect(job.save()).toBe(false);
    expect(server.requests('/data.bin')[0]?.headers.accept).toBe('application/pdf');
  });

  it.each<[string | undefined, string | readonly string[]]>([
    [undefined, 'application/pdf'],
    ['application/octet-stream', 'application/pdf'],
    ['application/pdf', ['text/csv', 'application/pdf']],
    ['image/png', 'image/*'],
    ['text/html', '*/*'],
    ['Application/PDF; version=1', 'application/pdf;q=0.9, image/*'],
  ])('lets a type of %j pass where %j is expected', async (type, accept) => {
    const job = await serve(answering(type), { accept });
    expect((await job.start()).status).toBe('done');
  });

  it('refuses what no pattern covers', async () => {
    const job = await serve(answering('text/html'), { accept: ['image/*', 'application/pdf'] });
    expect((await job.start()).error?.code).toBe('content-type');
  });
});

describe('across origins', () => {
  it('an object that is stored encoded is loaded, once without Range', async () => {
    const encoded = corsFileRoute(FILE, { exposeHeaders: 'Content-Range' }, { encoding: 'gzip' });
    const job = await serve(
      (exchange) => {
        // What Chromium makes of it is a request that fails.
        if (exchange.request.headers.range !== undefined) exchange.response.destroy();
        else return encoded(exchange);
      },
      { resumable: true },
    );
    const last = await job.start();
    expect(last).toMatchObject({ status: 'done', attempt: 2, loaded: LENGTH });
    expect(await hashOf(last.result)).toBe(sha256(FILE));
    expect(ranges().at(-1)).toBeUndefined();
  });
});
