import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDemoApp } from '../../stories/demo-server/app.ts';
import { filesUnder, root } from '../package/source-tree.ts';
import {
  expectWork,
  SERVER_EXAMPLES,
  type ServerExample,
  startServerExample,
} from '../support/server-example.ts';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import { appListener, proxyTo } from './app-listener.ts';
import { createChatServer } from './chat-server.mjs';
import { EXPECTATIONS, type Expectation } from './expectations.ts';
import { LOG_LINES, SERVED } from './served-examples.ts';

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

const dist = join(project, 'dist');

/** The server of the stories. */
const demoApi = () =>
  getRequestListener(createDemoApp().app.fetch, { overrideGlobalObjects: false });

describe('an empty Vite app with the packed package and the examples, unchanged', () => {
  const servers: Server[] = [];
  let browser: Browser;
  let address: string;

  /** Serves the built app in front of an API, and tells where. */
  async function serveApp(api: RequestListener): Promise<string> {
    const server = createServer(appListener(dist, api));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port, not on a pipe, has an address of this form.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Opens an example, does what its visitor does, and waits for what it then shows. */
  async function expectShown(
    at: string,
    name: string,
    { act, shows }: Expectation,
    check = expect,
  ) {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${at}/#${name}`);
    await act?.(page);
    const text = () => page.locator('body').innerText();
    await check.poll(text, { timeout: 60_000 }).toMatch(shows);
    check(errors).toEqual([]);
    await page.close();
  }

  beforeAll(async () => {
    writeApp();
    address = await serveApp(demoApi());
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
  });

  afterAll(async () => {
    await browser?.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
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
    ([name, expectation], { expect: expectHere }) =>
      expectShown(address, name, expectation, expectHere),
  );

  describe('in front of the server files', () => {
    const examplesOf = (name: string) =>
      Object.entries(SERVED).filter(([, { server }]) => server === name);
    const started = new Map<string, ServerExample>();

    beforeAll(async () => {
      const log = join(project, 'app.log');
      writeFileSync(log, LOG_LINES.map((line) => `${line}\n`).join(''));
      for (const name of SERVER_EXAMPLES) {
        started.set(name, await startServerExample(name, { environment: { LOG_FILE: log } }));
      }
    });

    afterAll(() => Promise.all([...started.values()].map((server) => server.stop())));

    test.concurrent.for(Object.entries(SERVED))(
      'shows what %s streams from its own server file',
      async ([name, { server, ...expectation }], { expect: expectHere }) => {
        const origin = await serveApp(proxyTo(started.get(server)?.url ?? ''));
        await expectShown(origin, name, expectation, expectHere);
      },
    );

    test.for(SERVER_EXAMPLES)('%s has nothing to do once the pages are closed', async (name) => {
      const server = started.get(name);
      if (server === undefined) throw new Error(`${name} was not started.`);
      await expectWork(server);
    });

    test.for(SERVER_EXAMPLES)('%s names in its head the examples that it serves', (name) => {
      const text = readFileSync(join(root, `stories/server-examples/${name}.ts`), 'utf8');
      const [head = ''] = text.split('*/');
      const [, list = ''] = /these\s+\*?\s*examples ask for:([^.]*)\./.exec(head) ?? [];
      expect(list.match(/[a-z-]+/g)).toEqual(examplesOf(name).map(([example]) => example));
    });
  });

  test('streams a chat from ten lines of Express, word by word', async () => {
    let releaseRest = () => {};
    const rest = new Promise<void>((resolve) => {
      releaseRest = resolve;
    });
    const app = createChatServer((index) => (index < 5 ? Promise.resolve() : rest));
    app.use(express.static(dist));
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
    await expect.poll(text, { timeout: 30_000 }).toMatch(/Assistant:\s*You said: Is this a\s*$/);
    expect(await log.getAttribute('aria-busy')).toBe('true');
    releaseRest();
    await expect
      .poll(text, { timeout: 30_000 })
      .toMatch(/said: Is this a real stream\?\s+Copy\s+Ask again\s*$/);
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
    app.use(express.static(dist));
    app.use(express.static(join(project, 'static'), abilities));
    const fileServer = app.listen(0, '127.0.0.1');
    await once(fileServer, 'listening');
    // A server that listens on a port, not on a pipe, has an address of this form.
    const { port } = fileServer.address() as AddressInfo;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/#download-button`);
    await page.getByRole('button', { name: 'Download' }).click();
    const text = () => page.locator('body').innerText();
    const whole = /levels\.csv\s+Complete\s+3 MB of 3 MB \(100%\)/;
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
