import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import { root } from './source-tree.ts';

const require = createRequire(import.meta.url);

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Where the pages stand on the server: not at its root, as with most hosts of static pages. */
const BASE = '/docs/rivulet/';

/** What `npm run build-storybook` runs, into another folder. */
function buildStorybook(output: string): void {
  const manifest = require.resolve('storybook/package.json');
  const { bin }: { bin: string | Record<string, string> } = require(manifest);
  const script = join(dirname(manifest), typeof bin === 'string' ? bin : (bin['storybook'] ?? ''));
  const args = [script, 'build', '--disable-telemetry', '--output-dir', output];
  execFileSync(process.execPath, args, {
    cwd: root,
    // A page for visitors is a production page, whatever the tests are.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'pipe',
  });
}

/** A server of files that knows nothing else: no redirects, no fallbacks, no stream. */
function serveFiles(folder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(folder, pathname.slice(BASE.length) || 'index.html');
    if (!pathname.startsWith(BASE) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
}

describe('the static Storybook', () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-storybook-'));
  const server = serveFiles(folder);
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    buildStorybook(folder);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port, not on a pipe, has an address of this form.
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
  });

  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  test('is a page, its stories, and the worker that stands in for the server', () => {
    const files = ['index.html', 'iframe.html', 'index.json', 'demo-server.js'];
    expect(files.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
    const titles = Object.values<{ title: string }>(index.entries).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(['Introduction', 'useEventSource']));
  });

  test.each([
    ['useeventsource--first-connection', 'story'],
    ['introduction--docs', 'docs'],
  ])('streams where there is no server, under any path: %s', async (id, viewMode) => {
    const page = await browser.newPage();
    const errors: string[] = [];
    const strangers: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      const { protocol, href } = new URL(request.url());
      if (protocol.startsWith('http') && !href.startsWith(address)) strangers.push(href);
    });
    await page.goto(`${address}iframe.html?id=${id}&viewMode=${viewMode}`);
    const text = () => page.locator('.example').first().innerText();
    await expect.poll(text, { timeout: 60_000 }).toMatch(/\bopen\b/);
    expect(errors).toEqual([]);
    expect(strangers).toEqual([]);
    await page.close();
  });

  test('shows of an encoded or cut file what a page would see of it over HTTP', async () => {
    const page = await browser.newPage();
    await page.goto(`${address}iframe.html?id=usedownload--known-size&viewMode=story`);
    await page.getByRole('progressbar').waitFor();
    const seen = (query: string) =>
      page.evaluate(async (url) => {
        const response = await fetch(url);
        const encoding = response.headers.get('content-encoding');
        const length = Number(response.headers.get('content-length'));
        return { encoding, length, arrived: (await response.arrayBuffer()).byteLength };
      }, `./api/files/levels.csv?interval=0&chunk=20000&${query}`);
    const encoded = await seen('encoding=gzip');
    expect(encoded).toMatchObject({ encoding: 'gzip', arrived: 240_000 });
    expect(encoded.length).toBeLessThan(120_000);
    expect(await seen('truncate=100000')).toEqual({
      encoding: null,
      length: 240_000,
      arrived: 100_000,
    });
    await page.close();
  });
});
