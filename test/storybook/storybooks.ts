import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { root } from '../package/source-tree.ts';
import { serveFiles } from './serve-files.ts';

/** One line of Storybook's index: a story or a page. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly type: 'story' | 'docs';
  /** The file it is in, from the root of the repository. */
  readonly importPath: string;
  /** The name by which that file exports a story. */
  readonly exportName: string;
}

/** The Storybook as it is developed and as it is published. */
export interface Storybooks {
  /** The address of `storybook dev`. */
  readonly development: string;
  /** The address of the static build, below the root of its server. */
  readonly published: string;
  /** Where the static build is. */
  readonly folder: string;
  readonly entries: readonly Entry[];
}

declare module 'vitest' {
  interface ProvidedContext {
    storybooks: Storybooks;
  }
}

/** Where the pages stand on the server: not at its root, as with most hosts of static pages. */
const BASE = '/docs/rivulet/';

const require = createRequire(import.meta.url);

/** The script behind the command `storybook`. */
function storybookScript(): string {
  const manifest = require.resolve('storybook/package.json');
  const { bin }: { bin: string | Record<string, string> } = require(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin['storybook'] ?? ''));
}

/** What `npm run build-storybook` runs, into another folder. */
async function buildStorybook(output: string): Promise<void> {
  const args = [storybookScript(), 'build', '--disable-telemetry', '--output-dir', output];
  const options = {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    maxBuffer: 2 ** 26,
  };
  await promisify(execFile)(process.execPath, args, options);
}

/** A port that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when the server answers; rejects with its output when it ends before. */
function untilAnswering(address: string, server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const listen = (chunk: Buffer) => (output += chunk);
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('exit', () => reject(new Error(`storybook dev ended:\n${output}`)));
    const ask = () => {
      fetch(`${address}index.json`).then(
        (response) => (response.ok ? resolve() : setTimeout(ask, 200)),
        () => setTimeout(ask, 200),
      );
    };
    ask();
  });
}

/** Starts what `npm run storybook` runs, on a free port and without opening a browser. */
async function startDevelopment(): Promise<{ address: string; close(): Promise<void> }> {
  const port = await freePort();
  const args = ['dev', '--ci', '--disable-telemetry', '--exact-port', '--port', `${port}`];
  const server = spawn(process.execPath, [storybookScript(), ...args, '--host', '127.0.0.1'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  // Vitest may end without its teardown, and the server would outlive it.
  process.once('exit', () => server.kill());
  const close = () => {
    server.kill('SIGTERM');
    return exited;
  };
  const address = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswering(address, server);
  } catch (error) {
    await close();
    throw error;
  }
  return { address, close };
}

/** Vitest's global setup: builds the static Storybook and starts the other, each once for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-storybook-'));
  const [development] = await Promise.all([startDevelopment(), buildStorybook(folder)]);
  const published = await serveFiles(folder, BASE);
  const index: { entries: Record<string, Entry> } = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  );
  project.provide('storybooks', {
    development: development.address,
    published: published.address,
    folder,
    entries: Object.values(index.entries),
  });
  return async () => {
    published.close();
    await development.close();
    rmSync(folder, { recursive: true });
  };
}
