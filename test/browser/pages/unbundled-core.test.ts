import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright';
import type * as core from 'rivulet/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { root } from '../../package/source-tree.ts';
import { createNumberedFeed, type NumberedFeed } from '../../support/numbered-feed.ts';
import { numbersTo } from '../../support/numbers.ts';
import { type RealChromium, startChromium } from '../../support/real-chromium.ts';
import { type Route, type StreamServer, startStreamServer } from '../../support/stream-server.ts';
import { fixed } from '../../support/test-page.ts';

declare global {
  interface Window {
    /** The library as the page below imports it. */
    readonly core: typeof core;
  }
}

const PAGE = `<!doctype html>
<title>unbundled</title>
<script type="importmap">
  { "imports": { "rivulet/core": "/rivulet/core.js", "eventsource-parser": "/parser/index.js" } }
</script>
<script type="module">
  import * as core from 'rivulet/core';
  window.core = core;
</script>`;

const require = createRequire(import.meta.url);

/** Builds the package as it is published into a folder of its own; returns the folder. */
function buildPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-dist-'));
  const tsup = join(dirname(require.resolve('tsup/package.json')), 'dist/cli-default.js');
  execFileSync(process.execPath, [tsup, '--out-dir', folder, '--no-dts', '--silent'], {
    cwd: root,
  });
  return folder;
}

/** A route for each script of a folder, as it is. */
function scriptRoutes(prefix: string, folder: string): Record<string, Route> {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return Object.fromEntries(
    scripts.map((name) => {
      return [
        `${prefix}/${name}`,
        fixed('text/javascript', readFileSync(join(folder, name), 'utf8')),
      ];
    }),
  );
}

describe('rivulet/core in a page without a bundler', () => {
  let dist: string;
  let chromium: RealChromium;
  let feed: NumberedFeed;
  let server: StreamServer;
  let page: Page;
  const mistakes: string[] = [];

  beforeAll(async () => {
    dist = buildPackage();
    chromium = await startChromium();
  });
  afterAll(async () => {
    await chromium?.close();
    rmSync(dist, { recursive: true });
  });
  beforeEach(async () => {
    feed = createNumberedFeed();
    server = await startStreamServer({
      '/': fixed('text/html', PAGE),
      '/login': fixed('text/html', '<p>Who are you?</p>'),
      '/plain': fixed('text/event-stream', 'Hello.\n'),
      '/feed': feed.route,
      ...scriptRoutes('/rivulet', dist),
      ...scriptRoutes('/parser', dirname(require.resolve('eventsource-parser'))),
    });
    mistakes.length = 0;
    page = await chromium.context.newPage();
    page.on('pageerror', (error) => mistakes.push(error.message));
    await page.goto(server.origin);
    await page.waitForFunction(() => 'core' in window);
  });
  afterEach(async () => {
    await page?.close();
    await server?.stop();
  });

  test('reads a stream, resumes it and closes it', async () => {
    feed.publish(3);
    const reading = page.evaluate(async () => {
      const numbers: number[] = [];
      const source = window.core.createEventSource('/feed', { retry: { baseDelayMs: 1 } });
      for await (const message of source) {
        if (numbers.push(Number(message.data)) === 5) break;
      }
      return numbers;
    });
    await vi.waitFor(() => expect(feed.live()).toBe(1), { timeout: 30_000 });
    feed.cut();
    feed.publish(2);
    expect(await reading).toEqual(numbersTo(5));
    await vi.waitFor(() => expect(feed.live()).toBe(0), { timeout: 30_000 });
    expect(server.requests('/feed')).toHaveLength(2);
    expect(mistakes).toEqual([]);
  });

  test.each([
    ['a page in place of a stream', '/login', /^content-type: The server sent text\/html/],
    ['a body without messages', '/plain', /^no error$/],
    ['another origin that does not answer', 'http://127.0.0.1:1/', /^network: The request failed/],
  ])(
    'ends as it should where development has a hint, without a `process`: %s',
    async (_, url, expected) => {
      const outcome = await page.evaluate(async (address) => {
        const source = window.core.createEventSource(address, { retry: false });
        try {
          for await (const message of source) return message.data;
        } catch (error) {
          return window.core.isStreamError(error)
            ? `${error.code}: ${error.message}`
            : String(error);
        }
        return 'no error';
      }, url);
      expect(outcome).toMatch(expected);
      expect(await page.evaluate(() => Reflect.has(window, 'process'))).toBe(false);
      expect(mistakes).toEqual([]);
    },
  );
});
