import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { root } from '../package/source-tree.ts';
import {
  expectAllClosed,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { fixed } from '../support/test-page.ts';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import type { HookName, mountHooks } from './mount-hooks.tsx';

declare global {
  interface Window {
    readonly leaks: { readonly mountHooks: typeof mountHooks };
    /** Timers and frames that were asked for and have neither fired nor been cancelled. */
    readonly pendingCallbacks: Set<string>;
  }
}

const HOOKS: HookName[] = ['useEventSource', 'useStreamingFetch', 'useDownload'];
const MOUNTS = 1000;
const WARM_UP = 200;
/** A browser opens six connections to a server. */
const TOGETHER_IN_PAGE = 6;
const MEBI = 1024 * 1024;
const HEAP_TOLERANCE = 2 * MEBI;
/** Heavier than the tolerance when a thousand of them are kept. */
const MESSAGE = `data: ${'x'.repeat(8 * 1024)}\n\n`;

const run = promisify(execFile);

/** The components as one script, for production, with the sources of the library. */
async function bundle(format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('mount-hooks.tsx', import.meta.url))],
    alias: { rivulet: join(root, 'src/index.ts') },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    format,
    globalName: 'leaks',
    jsx: 'automatic',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

const streams =
  (ends: boolean): Route =>
  ({ response }) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.write(MESSAGE);
    if (ends) response.end();
  };

let server: StreamServer;

beforeAll(async () => {
  server = await startStreamServer({
    '/': fixed('text/html', '<!doctype html><script src="/leaks.js"></script>'),
    '/favicon.ico': fixed('image/x-icon', ''),
    '/leaks.js': fixed('text/javascript', await bundle('iife')),
    '/ends': streams(true),
    '/stays': streams(false),
    // The answer itself is one of those in progress.
    '/open': ({ response }) => void response.end(`${server.inProgress() - 1}`),
  });
});
afterAll(() => server?.stop());

const requestCount = () => server.requests('/ends').length + server.requests('/stays').length;

describe.each(HOOKS)(`${MOUNTS} mounts and unmounts of %s in Node`, (hook) => {
  test('leave no timer, listener, socket or request, and the heap within 2 MB', async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-leaks-'));
    const script = join(folder, 'mount-hooks.mjs');
    writeFileSync(script, await bundle('esm'));
    const requestsBefore = requestCount();
    const inNode = fileURLToPath(new URL('mount-in-node.mjs', import.meta.url));
    const args = ['--expose-gc', inNode, script, hook, server.origin, `${MOUNTS}`];
    const { stdout } = await run(process.execPath, args);
    rmSync(folder, { recursive: true });
    const { before, after, heapGrowth, mostListeners } = JSON.parse(stdout);
    expect(requestCount() - requestsBefore).toBe(WARM_UP + MOUNTS);
    // While components are mounted something listens: the count is not blind.
    expect(mostListeners).toBeGreaterThan(0);
    expect(before).toMatchObject({ open: 0, listeners: 0 });
    expect(after).toEqual(before);
    expect(heapGrowth).toBeLessThan(HEAP_TOLERANCE);
  });
});

/** Keeps account of timers and frames, in the page, before its scripts run. */
function watchCallbacks(): void {
  const pending = new Set<string>();
  const { setTimeout, clearTimeout, requestAnimationFrame, cancelAnimationFrame } = window;
  Object.assign(window, {
    pendingCallbacks: pending,
    setTimeout(callback: () => void, delay: number) {
      const id = setTimeout(() => {
        pending.delete(`timer ${id}`);
        callback();
      }, delay);
      pending.add(`timer ${id}`);
      return id;
    },
    clearTimeout(id: number) {
      pending.delete(`timer ${id}`);
      clearTimeout(id);
    },
    requestAnimationFrame(callback: FrameRequestCallback) {
      const id = requestAnimationFrame((time) => {
        pending.delete(`frame ${id}`);
        callback(time);
      });
      pending.add(`frame ${id}`);
      return id;
    },
    cancelAnimationFrame(id: number) {
      pending.delete(`frame ${id}`);
      cancelAnimationFrame(id);
    },
  });
}

describe.each(HOOKS)(`${MOUNTS} mounts and unmounts of %s in Chromium`, (hook) => {
  let browser: Browser;
  let page: Page;
  let session: CDPSession;

  beforeAll(async () => {
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
    page = await browser.newPage();
    await page.addInitScript(watchCallbacks);
    await page.goto(server.origin);
    session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.enable');
  });
  afterAll(() => browser?.close());

  const mount = (count: number) =>
    page.evaluate(
      ([name, origin, total, together]) => window.leaks.mountHooks(name, origin, total, together),
      [hook, server.origin, count, TOGETHER_IN_PAGE] as const,
    );

  /** What the page holds now. */
  async function takeTrace() {
    await session.send('HeapProfiler.collectGarbage');
    const { jsEventListeners, nodes } = await session.send('Memory.getDOMCounters');
    const callbacks = await page.evaluate(() => [...window.pendingCallbacks]);
    return { jsEventListeners, nodes, callbacks, open: server.inProgress() };
  }

  /** Bytes in use after a forced collection: the median of three. */
  async function measureHeap(): Promise<number> {
    const sizes: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await session.send('HeapProfiler.collectGarbage');
      sizes.push((await session.send('Runtime.getHeapUsage')).usedSize);
    }
    return sizes.toSorted((one, other) => one - other)[1] ?? 0;
  }

  test('leave no timer, listener, node or request, and the heap within 2 MB', async () => {
    await mount(WARM_UP);
    await expectAllClosed(server);
    const before = await takeTrace();
    const heapBefore = await measureHeap();
    const requestsBefore = requestCount();
    await mount(MOUNTS);
    expect(requestCount() - requestsBefore).toBe(MOUNTS);
    await vi.waitFor(
      async () => {
        expect(await takeTrace()).toEqual(before);
        expect((await measureHeap()) - heapBefore).toBeLessThan(HEAP_TOLERANCE);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(before).toMatchObject({ callbacks: [], open: 0 });
  });
});
