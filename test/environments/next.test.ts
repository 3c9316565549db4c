import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import { failureOf, install, needs, run } from './install.ts';

const { project, tarball } = inject('packed');
const folder = join(project, 'next');
const script = join(folder, 'node_modules/next/dist/bin/next');
const PATIENT = { timeout: 120_000 };

let obstacle: string | null = null;
let server: Server;
let api: string;
let browser: Browser;
let next: ChildProcess | undefined;

/** The last event ids that subscriptions sent, oldest first; an empty string for none. */
let subscriptions: string[] = [];
/** Subscriptions that are open. */
const open = new Set<ServerResponse>();

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', '*');
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
  } else if (request.url === '/events') {
    const lastEventId = String(request.headers['last-event-id'] ?? '');
    subscriptions.push(lastEventId);
    open.add(response);
    response.once('close', () => open.delete(response));
    const id = Number(lastEventId) + 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: ${id}\ndata: event ${id}\n\n`);
  } else {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('From ');
    response.end(request.url === '/chat' ? 'the model' : 'the archive');
  }
}

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Starts Next; returns its address and everything that it prints. */
async function startNext(command: 'dev' | 'start'): Promise<{ url: string; said: () => string }> {
  const port = await freePort();
  const { NODE_ENV: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, command, '--port', `${port}`], {
    cwd: folder,
    env: { ...inherited, NEXT_PUBLIC_API: api, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group, so that the processes that it starts end with it.
    detached: true,
  });
  next = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  await expect.poll(() => said, PATIENT).toContain('Ready');
  // In development Next serves its scripts to pages of this name only.
  return { url: `http://localhost:${port}`, said: () => said };
}

/** Ends Next and all that it started. */
async function stopNext(): Promise<void> {
  if (next?.pid === undefined || next.exitCode !== null) return;
  const ended = once(next, 'exit');
  process.kill(-next.pid, 'SIGKILL');
  await ended;
}

/** Opens the page, and collects what goes wrong in it. */
async function openPage(url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  // The first page of a development server is compiled when it is asked for.
  await page.goto(url, { waitUntil: 'commit', timeout: 120_000 });
  return { page, errors };
}

async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await expect.poll(() => page.locator(selector).innerText(), PATIENT).toBe(text);
}

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port, not on a pipe, has an address of this form.
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  obstacle = await install(folder, {
    '@types/node': '20.19.43',
    '@types/react': '19.3.0',
    '@types/react-dom': '19.3.0',
    next: '16.4.6',
    react: '19.3.1',
    'react-dom': '19.3.1',
    rivulet: `file:${tarball}`,
    typescript: '5.9.3',
  });
  cpSync(fileURLToPath(new URL('next-app', import.meta.url)), folder, { recursive: true });
  const found = findBrowser();
  browser = await chromium.launch({
    args: BROWSER_ARGS,
    ...(found && { executablePath: found.path }),
  });
});

beforeEach(() => {
  subscriptions = [];
});

afterEach(stopNext);

afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

describe('an app of Next with cacheComponents', () => {
  test('is built, and streams on the server and in Chromium', async (context) => {
    needs(context, obstacle);
    const built = await run(process.execPath, [script, 'build'], {
      cwd: folder,
      env: { NEXT_PUBLIC_API: api, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    });
    expect(failureOf(built)).toBe('');
    expect(built.output).not.toMatch(/unstable value|Date\.now|Math\.random|\bError\b/);
    expect(subscriptions).toEqual([]);

    const { url, said } = await startNext('start');
    const { page, errors } = await openPage(url);
    await expectText(page, '#report', 'done: From the archive');
    await expectText(page, '#events', 'open event 1');
    await page.getByRole('button', { name: 'Ask' }).click();
    await expectText(page, '#answer', 'done From the model');
    expect(subscriptions).toEqual(['']);

    // Next hides the page that is left, and shows it again on the way back.
    await page.getByRole('link', { name: 'About' }).click();
    await page.getByRole('heading', { name: 'About' }).waitFor();
    await expect.poll(() => open.size, PATIENT).toBe(0);
    await page.goBack();
    await expectText(page, '#events', 'open event 2');
    expect(subscriptions).toEqual(['', '1']);
    expect(await page.locator('#answer').innerText()).toBe('done From the model');
    expect(errors).toEqual([]);
    expect(said()).not.toMatch(/unstable value|\bError\b/);
    await page.close();
  });

  test('sends one request in development, where StrictMode mounts twice', async (context) => {
    needs(context, obstacle);
    const { url, said } = await startNext('dev');
    const { page, errors } = await openPage(url);
    await expectText(page, '#report', 'done: From the archive');
    await expectText(page, '#events', 'open event 1');
    await page.getByRole('button', { name: 'Ask' }).click();
    await expectText(page, '#answer', 'done From the model');
    expect(subscriptions).toEqual(['']);
    expect(errors).toEqual([]);
    expect(said()).not.toMatch(/unstable value|\bError\b/);
    await page.close();
  });
});
