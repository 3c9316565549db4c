import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDemoApp } from '../../stories/demo-server/app.ts';
import { filesUnder, root } from '../package/source-tree.ts';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import { createChatServer } from './chat-server.mjs';
import { EXPECTATIONS } from './expectations.ts';

const examples = filesUnder('stories/examples').filter((path) => path.endsWith('.tsx'));
const nameOf = (path: string) => basename(path, '.tsx');
const componentOf = (name: string) =>
  name.replace(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());

const { project } = inject('packed');

/** The entry of the app: shows the example that the address names. */
function mainFile(): string {
  const names = examples.map(nameOf);
  return `import { type ComponentType, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
${names.map((name) => `import { ${componentOf(name)} } from './${name}';`).join('\n')}

const examples: Record<string, ComponentType> = {
${names.map((name) => `  '${name}': ${componentOf(name)},`).join('\n')}
};
const Example = examples[window.location.hash.slice(1)];
const element = document.getElementById('root');
if (element && Example) {
  createRoot(element).render(
    <StrictMode>
      <Example />
    </StrictMode>,
  );
}
`;
}

/** The empty app, and the examples in it, unchanged. */
function writeApp(): void {
  cpSync(join(root, 'test/consumer/app'), project, { recursive: true });
  mkdirSync(join(project, 'src'));
  writeFileSync(join(project, 'src/main.tsx'), mainFile());
  for (const path of examples) copyFileSync(join(root, path), join(project, 'src', basename(path)));
}

/** Runs a tool of the app and gives back what it printed if it failed. */
function failureOf(script: string, ...args: string[]): string {
  try {
    const command = [join(project, 'node_modules', script), ...args];
    execFileSync(process.execPath, command, { cwd: project, stdio: 'pipe' });
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${error.stdout}${error}` : `${error}`;
  }
}

/** The built app, and the server of the stories under `/api/`. */
function appListener(): RequestListener {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const api = getRequestListener(createDemoApp().app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/api/')) return api(request, response);
    const file = join(project, 'dist', path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = types[extname(file)] ?? 'application/octet-stream';
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  };
}

describe('an empty Vite app with the packed package and the examples, unchanged', () => {
  let server: Server;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    writeApp();
    server = createServer(appListener());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port, not on a pipe, has an address of this form.
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  test('is tried with every example there is', () => {
    expect(examples.map(nameOf)).not.toEqual([]);
    expect(examples.map(nameOf)).toEqual(Object.keys(EXPECTATIONS).toSorted());
  });

  test('compiles under the strictest options, declarations of the package included', () => {
    expect(failureOf('typescript/bin/tsc', '-p', '.')).toBe('');
  });

  test('is built by Vite', () => {
    expect(failureOf('vite/bin/vite.js', 'build')).toBe('');
    expect(existsSync(join(project, 'dist/index.html'))).toBe(true);
  });

  test.concurrent.for(Object.entries(EXPECTATIONS))(
    'shows what %s streams',
    // Tests that run side by side each need their own `expect`.
    async ([name, expectation], { expect: expectHere }) => {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`${address}/#${name}`);
      await expectation.act?.(page);
      const text = () => page.locator('body').innerText();
      await expectHere.poll(text, { timeout: 60_000 }).toMatch(expectation.shows);
      expectHere(errors).toEqual([]);
      await page.close();
    },
  );

  test('streams a chat from ten lines of Express, word by word', async () => {
    let releaseRest = () => {};
    const rest = new Promise<void>((resolve) => {
      releaseRest = resolve;
    });
    const app = createChatServer((index) => (index < 5 ? Promise.resolve() : rest));
    app.use(express.static(join(project, 'dist')));
    const chatServer = app.listen(0, '127.0.0.1');
    await once(chatServer, 'listening');
    // A server that listens on a port, not on a pipe, has an address of this form.
    const { port } = chatServer.address() as AddressInfo;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/#chat`);
    await page.getByLabel('Message').fill('Is this a real stream?');
    await page.getByRole('button', { name: 'Send' }).click();
    const log = page.getByRole('log', { name: 'Conversation' });
    const text = () => log.innerText();
    await expect.poll(text, { timeout: 30_000 }).toMatch(/Assistant: You said: Is this a\s*$/);
    expect(await log.getAttribute('aria-busy')).toBe('true');
    releaseRest();
    await expect.poll(text, { timeout: 30_000 }).toMatch(/said: Is this a real stream\?\s*$/);
    await expect.poll(() => log.getAttribute('aria-busy')).toBe('false');
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.close();
    chatServer.closeAllConnections();
    chatServer.close();
  });

  test.each([
    ['with ranges and dates', {}],
    ['with neither', { acceptRanges: false, etag: false, lastModified: false }],
  ])('downloads from a plain static file server %s', async (_name, abilities) => {
    const folder = join(project, 'static/api/files');
    const file = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'levels.csv'), file);
    const app = express();
    app.use(express.static(join(project, 'dist')));
    app.use(express.static(join(project, 'static'), abilities));
    const fileServer = app.listen(0, '127.0.0.1');
    await once(fileServer, 'listening');
    // A server that listens on a port, not on a pipe, has an address of this form.
    const { port } = fileServer.address() as AddressInfo;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/#download-button`);
    await page.getByRole('button', { name: 'Download' }).click();
    const text = () => page.locator('body').innerText();
    const whole = /done\s+levels\.csv\s+3 MB of 3 MB \(100%\)/;
    await expect.poll(text, { timeout: 30_000 }).toMatch(whole);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('levels.csv');
    expect(readFileSync(await saved.path()).equals(file)).toBe(true);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.close();
    fileServer.closeAllConnections();
    fileServer.close();
  });
});
