import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright';
import type { DownloadOptions } from 'rivulet';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type CorsFileOptions,
  corsFileRoute,
  type FileRouteOptions,
  fileRoute,
  numberedLines,
  sha256,
} from '../../support/file-server.ts';
import { type Route, type StreamServer, startStreamServer } from '../../support/stream-server.ts';
import { pageRoutes } from '../../support/test-page.ts';
import { BROWSER_ARGS, findBrowser } from '../../tools/find-browser.mjs';
import type { SeenDownload } from './download-script.tsx';

const FILE = numberedLines(40_000);
const LENGTH = FILE.length;
const CODED_LENGTH = gzipSync(FILE).length;

let browser: Browser;
let routes: Awaited<ReturnType<typeof pageRoutes>>;
let own: StreamServer;
let other: StreamServer | undefined;
let page: Page;

beforeAll(async () => {
  routes = await pageRoutes('download-script.tsx', 'development');
  const found = findBrowser();
  browser = await chromium.launch({
    ...(found && { executablePath: found.path }),
    args: BROWSER_ARGS,
  });
});
afterAll(() => browser?.close());
afterEach(async () => {
  await page?.close();
  await own?.stop();
  await other?.stop();
  other = undefined;
});

async function open(url: string, options: DownloadOptions): Promise<void> {
  page = await browser.newPage();
  await page.goto(own.origin);
  await page.waitForFunction(() => 'mountDownload' in window);
  await page.evaluate(([given, others]) => window.mountDownload(given, others), [
    url,
    options,
  ] as const);
  await page.waitForFunction(() => 'download' in window);
}

/** A page with a download of its own origin. */
async function openOwn(route: FileRouteOptions, options: DownloadOptions = {}): Promise<void> {
  own = await startStreamServer({ ...routes, '/data.bin': fileRoute(FILE, route) });
  await open('/data.bin', options);
}

/** A page with a download of another origin. */
async function openOther(
  cors: CorsFileOptions,
  route: FileRouteOptions,
  options: DownloadOptions = {},
): Promise<void> {
  own = await startStreamServer(routes);
  other = await startStreamServer({ '/data.bin': corsFileRoute(FILE, cors, route) });
  await open(other.url('/data.bin'), options);
}

/** Starts the download, or waits for the one that runs, and says what became of it. */
const finish = () =>
  page.evaluate(async () => {
    const start = window.download.status === 'idle' ? window.download.start() : undefined;
    await start;
    while (window.download.readyState !== 2) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const { status, loaded, total, totalSource, progress, restarted, fileName, result, error } =
      window.download;
    const digest = result && (await crypto.subtle.digest('SHA-256', await result.arrayBuffer()));
    const hash = Array.from(new Uint8Array(digest ?? new ArrayBuffer(0)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    const code = error?.code;
    return { status, loaded, total, totalSource, progress, restarted, fileName, hash, code };
  });
const seen = (): Promise<SeenDownload> => page.evaluate(() => window.seenDownload);

/** Starts, pauses where the server holds the body, and resumes. */
async function pauseAndResume(heldAt: number): Promise<void> {
  await page.evaluate(() => void window.download.start());
  await page.waitForFunction((bytes) => window.download.loaded === bytes, heldAt);
  await page.evaluate(() => window.download.pause());
  await page.waitForFunction(() => window.download.status === 'paused');
  await page.evaluate(() => window.download.resume());
}

const DONE = { status: 'done', loaded: LENGTH, total: LENGTH, progress: 1, hash: sha256(FILE) };
const holdFirst = (number: number) => (number === 1 ? 100_000 : undefined);

describe('the total of a download of the own origin', () => {
  test.each<[string, FileRouteOptions, DownloadOptions, number | null]>([
    ['plain', {}, {}, LENGTH],
    ['in gzip', { encoding: 'gzip' }, {}, null],
    ['in brotli', { encoding: 'br' }, {}, null],
    ['in chunks', { declaresLength: false }, {}, null],
    ['in gzip, but resumable', { encoding: 'gzip' }, { resumable: true }, LENGTH],
  ])('%s is never a false one', async (_, route, options, total) => {
    await openOwn(route, options);
    expect(await finish()).toMatchObject(DONE);
    expect(await seen()).toMatchObject({ totals: [total], bytes: LENGTH, warnings: [] });
  });
});

describe('the total of a download of another origin', () => {
  test('in gzip becomes unknown once it is passed, and development names the header', async () => {
    await openOther({}, { encoding: 'gzip' });
    expect(await finish()).toMatchObject({ ...DONE, totalSource: 'loaded' });
    const { totals, warnings } = await seen();
    // The first chunk may be larger than the whole was said to be.
    expect([[CODED_LENGTH, null], [null]]).toContainEqual(totals);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('Access-Control-Expose-Headers: Content-Encoding');
  });

  test.each<[string, CorsFileOptions, FileRouteOptions, DownloadOptions, number | null]>([
    ['plain', {}, {}, {}, LENGTH],
    [
      'in gzip that is exposed',
      { exposeHeaders: 'Content-Encoding' },
      { encoding: 'gzip' },
      {},
      null,
    ],
    [
      'in gzip with an exposed size header',
      { exposeHeaders: 'X-File-Size' },
      { encoding: 'gzip', headers: { 'x-file-size': LENGTH } },
      { sizeHeader: 'X-File-Size' },
      LENGTH,
    ],
    [
      'in gzip, but resumable',
      { exposeHeaders: 'Content-Range' },
      { encoding: 'gzip' },
      { resumable: true },
      LENGTH,
    ],
  ])('%s is right from the start', async (_, cors, route, options, total) => {
    await openOther(cors, route, options);
    expect(await finish()).toMatchObject(DONE);
    expect(await seen()).toMatchObject({ totals: [total], bytes: LENGTH, warnings: [] });
    expect(other?.requests('/data.bin').map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('a download that is paused and resumed', () => {
  const resumable = { resumable: true };
  const methods = () => other?.requests('/data.bin').map(({ method }) => method);

  test('goes on across origins where the headers are exposed and If-Range is let in', async () => {
    await openOther(
      { exposeHeaders: 'ETag, Content-Range', allowHeaders: 'If-Range' },
      { holdAfter: holdFirst },
      resumable,
    );
    await pauseAndResume(100_000);
    expect(await finish()).toMatchObject({ ...DONE, restarted: false, code: undefined });
    expect((await seen()).bytes).toBe(LENGTH);
    expect(methods()).toEqual(['GET', 'OPTIONS', 'GET']);
  });

  test('restarts visibly across origins where the ETag is hidden', async () => {
    await openOther({ exposeHeaders: 'Content-Range' }, { holdAfter: holdFirst }, resumable);
    await pauseAndResume(100_000);
    expect(await finish()).toMatchObject({ ...DONE, restarted: true });
    expect((await seen()).bytes).toBe(LENGTH + 100_000);
    // The browser's own cache may ask for parts of it.
    expect(new Set(methods())).toEqual(new Set(['GET']));
  });

  test('restarts visibly across origins where If-Range is refused', async () => {
    await openOther({ exposeHeaders: 'ETag, Content-Range' }, { holdAfter: holdFirst }, resumable);
    await pauseAndResume(100_000);
    expect(await finish()).toMatchObject({ ...DONE, restarted: true });
    expect(methods()?.slice(0, 3)).toEqual(['GET', 'OPTIONS', 'GET']);
    expect(methods()?.lastIndexOf('OPTIONS')).toBe(1);
    const { errors, warnings } = await seen();
    expect(errors).toEqual(['network']);
    expect(warnings.join()).toContain('Access-Control-Allow-Headers: if-range');
  });

  test('asks without Range where Content-Range is hidden, and says so: it cannot be resumed', async () => {
    await openOther(
      { exposeHeaders: 'ETag', allowHeaders: 'If-Range' },
      { holdAfter: (number) => (number === 2 ? 100_000 : undefined) },
      resumable,
    );
    await pauseAndResume(100_000);
    expect(await finish()).toMatchObject({ ...DONE, restarted: true });
    expect((await seen()).warnings.join()).toContain(
      'Access-Control-Expose-Headers: Content-Range',
    );
  });
});

describe('what a browser and a server make of ranges', () => {
  async function openRoute(route: Route, isOther: boolean): Promise<void> {
    const options = { resumable: true, retry: { baseDelayMs: 1 } };
    own = await startStreamServer({ ...routes, '/data.bin': route });
    other = await startStreamServer({ '/data.bin': route });
    await open(isOther ? other.url('/data.bin') : '/data.bin', options);
  }
  const cors = { 'access-control-allow-origin': '*' };

  test.each([
    ['own', false],
    ['another', true],
  ])('an object of the %s origin that is stored in gzip is loaded', async (_, isOther) => {
    const stored = gzipSync(FILE);
    await openRoute(({ request, response }) => {
      const isRange = request.headers.range !== undefined;
      response.writeHead(isRange ? 206 : 200, {
        ...cors,
        etag: '"v1"',
        'content-encoding': 'gzip',
        'content-length': stored.length,
        ...(isRange && { 'content-range': `bytes 0-${stored.length - 1}/${stored.length}` }),
      });
      response.end(stored);
    }, isOther);
    expect(await finish()).toMatchObject(DONE);
  });

  test('a capped range of another origin whose Content-Range is hidden is not a whole file', async () => {
    await openRoute(({ request, response }) => {
      if (request.headers.range === undefined) {
        response.writeHead(200, cors).end(FILE);
        return;
      }
      const end = 65_535;
      response.writeHead(206, { ...cors, 'content-range': `bytes 0-${end}/${LENGTH}` });
      response.end(FILE.subarray(0, end + 1));
    }, true);
    expect(await finish()).toMatchObject(DONE);
  });

  test('a range that the cache asks for itself, answered in full, makes no half of a file', async () => {
    const half = LENGTH / 2;
    await openRoute(async ({ number, request, response }) => {
      const isOpenRange = /^bytes=0-$/.test(request.headers.range ?? '');
      const headers = { ...cors, etag: '"v1"', 'cache-control': 'max-age=600' };
      if (isOpenRange) {
        response.writeHead(206, {
          ...headers,
          'content-length': LENGTH,
          'content-range': `bytes 0-${LENGTH - 1}/${LENGTH}`,
        });
        response.write(FILE.subarray(0, half));
        if (number === 1) setTimeout(() => response.destroy(), 200);
        else response.end(FILE.subarray(half));
      } else response.writeHead(200, { ...headers, 'content-length': LENGTH }).end(FILE);
    }, true);
    expect(await finish()).toMatchObject(DONE);
  });
});

describe('`save()`', () => {
  test("downloads a file with the server's name, though the component unmounts with the click", async () => {
    const disposition = `attachment; filename="r.csv"; filename*=UTF-8''r%C3%A9sum%C3%A9.csv`;
    await openOwn({ headers: { 'content-disposition': disposition } });
    expect(await finish()).toMatchObject({ ...DONE, fileName: 'résumé.csv' });
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate(() => {
        window.download.save();
        window.unmountDownload();
      }),
    ]);
    expect(file.suggestedFilename()).toBe('résumé.csv');
    expect(sha256(await readFile(await file.path()))).toBe(sha256(FILE));
  });
});
