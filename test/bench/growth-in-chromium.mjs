import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';

/** The page, with React and the package as a production build has them. */
async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('growth-page.tsx', import.meta.url))],
    alias: { rivulet: fileURLToPath(new URL('../../dist/index.js', import.meta.url)) },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * Sends tokens one by one, as fast as the page takes them.
 *
 * @param {import('node:http').ServerResponse} response
 * @param {number} count
 */
async function sendTokens(response, count) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let sent = 0; sent < count; sent += 1) {
    const data = sent % 20 === 19 ? 'data: token\ndata: \n\n' : 'data: token \n\n';
    if (!response.write(data)) await once(response, 'drain');
  }
  response.end();
}

/**
 * Tokens to a component in a real browser, by the time of the main thread. Where all the text stands in
 * one paragraph, most of that time is the layout of the paragraph, which grows with every commit.
 */
export async function chromiumContests() {
  const script = await bundlePage();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/tokens') void sendTokens(response, Number(searchParams.get('count')));
    else {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><div id="root"></div><script type="module">${script}</script>`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const found = findBrowser();
  const browser = await chromium.launch({
    args: BROWSER_ARGS,
    ...(found && { executablePath: found.path }),
  });
  /**
   * Opens the page; what comes back asks it for so many tokens.
   *
   * @param {'length' | 'paragraph'} view
   */
  const open = async (view) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/?view=${view}`);
    await page.waitForFunction('window.ask !== undefined');
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Performance.enable');
    /** How long the main thread was busy so far, in ms. */
    const busy = async () => {
      const { metrics } = await devTools.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    };
    return async (/** @type {number} */ tokens) => {
      await page.bringToFront();
      await devTools.send('HeapProfiler.collectGarbage');
      const before = await busy();
      const end = await page.evaluate(`window.ask(${tokens})`);
      const cost = (await busy()) - before;
      if (end !== `done ${6 * tokens}`) throw new Error(`The answer ended ${end}.`);
      return cost;
    };
  };

  const [ofLength, ofParagraph] = [await open('length'), await open('paragraph')];
  /** @type {import('./rounds.mjs').Contest[]} */
  const contests = [
    {
      name: '10,000 and 100,000 tokens (Chromium, length shown)',
      factor: 10,
      goal: 12,
      small: () => ofLength(10_000),
      large: () => ofLength(100_000),
    },
    {
      name: '10,000 and 100,000 tokens (Chromium, one paragraph)',
      factor: 10,
      goal: 12,
      small: () => ofParagraph(10_000),
      large: () => ofParagraph(100_000),
    },
  ];
  return {
    contests,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
