import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import { root } from './source-tree.ts';

const { project } = inject('packed');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** A file that README.md shows; its server listens on a port that is free. */
function fileOf(name: string, port: number): string {
  const [, code] = new RegExp(`^\`\`\`\\w+ ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(readme) ?? [];
  if (code === undefined) throw new Error(`README.md shows no ${name}.`);
  return code.replaceAll('4000', `${port}`);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const folder = join(project, 'first-stream');
let port: number;
let browser: Browser;
let server: ChildProcess | undefined;

function startServer(): void {
  server = spawn(process.execPath, [join(folder, 'server.mjs')], { stdio: 'inherit' });
}

async function stopServer(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  server.kill();
  await once(server, 'exit');
}

beforeAll(async () => {
  port = await freePort();
  mkdirSync(folder);
  writeFileSync(join(folder, 'server.mjs'), fileOf('server.mjs', port));
  writeFileSync(join(folder, 'App.tsx'), fileOf('App.tsx', port));
  writeFileSync(
    join(folder, 'main.tsx'),
    `import { StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import App from './App';
    createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);`,
  );
  const found = findBrowser();
  browser = await chromium.launch({
    args: BROWSER_ARGS,
    ...(found && { executablePath: found.path }),
  });
});

afterAll(async () => {
  await browser?.close();
  await stopServer();
});

test('the first stream of README.md opens, survives a restart of its server, and skips no number', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const pageServer = createServer((request, response) => {
    const isScript = request.url === '/main.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? outputFiles[0]?.text
        : '<!doctype html><div id="root"></div><script type="module" src="/main.js"></script>',
    );
  }).listen(0, '127.0.0.1');
  await once(pageServer, 'listening');
  try {
    startServer();
    const page = await browser.newPage();
    // A server that listens on a port, not on a pipe, has an address of this form.
    await page.goto(`http://127.0.0.1:${(pageServer.address() as AddressInfo).port}`);
    const text = () => page.locator('main').innerText();
    await expect
      .poll(text, { timeout: 20_000 })
      .toMatch(/^open\s+This is event 1\s+This is event 2/);
    await stopServer();
    await expect.poll(text, { timeout: 20_000 }).toMatch(/^(waiting|connecting)/);
    const [last = ''] = (await text()).match(/\d+$/) ?? [];
    startServer();
    const following = `This is event ${last}\\s+This is event ${Number(last) + 1}$`;
    await expect.poll(text, { timeout: 30_000 }).toMatch(new RegExp(`^open[^]*${following}`));
  } finally {
    pageServer.closeAllConnections();
    pageServer.close();
  }
});
