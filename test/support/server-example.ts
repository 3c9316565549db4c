import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, vi } from 'vitest';

/** The servers of `stories/server-examples`, by the names of their files. */
export const SERVER_EXAMPLES = ['express', 'fastify', 'hono', 'nestjs', 'node-http'] as const;

export type ServerExampleName = (typeof SERVER_EXAMPLES)[number];

/** A server file that runs in a process of its own, as a reader would run it. */
export interface ServerExample {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** The file that runs: the server without its types. */
  readonly file: string;
  /** The timers and child processes that it has at this moment. */
  work(): Promise<Work>;
  stop(): Promise<void>;
}

/** What would go on if nobody stopped it. */
interface Work {
  readonly timers: number;
  readonly children: number;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs in the process before the server, which knows nothing of it: tells, when asked, what keeps the
 * process busy, lets its intervals pass so many times faster, and ends it with the tests.
 */
const preload = (speed: number) =>
  `data:text/javascript,${encodeURIComponent(`
    process.on('message', () => process.send(process.getActiveResourcesInfo()));
    process.on('disconnect', () => process.exit());
    const { setInterval } = globalThis;
    globalThis.setInterval = (callback, ms, ...rest) => setInterval(callback, ms / ${speed}, ...rest);
  `)}`;

/** Node 20 strips no types, so the file is compiled; where it lies, its packages are found. */
async function compile(name: ServerExampleName): Promise<{ folder: string; file: string }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'server-example-'));
  const file = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(root, `stories/server-examples/${name}.ts`)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile: file,
  });
  return { folder, file };
}

/** The address that a server prints when it is ready. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    server.stderr?.on('data', (chunk) => (printed += chunk));
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)));
    if (server.stdout === null) return reject(new Error('The server has no output.'));
    createInterface(server.stdout).on('line', (line) => {
      printed += `${line}\n`;
      const [, address] = /^Listening on (\S+)$/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

interface ServerExampleOptions {
  /** Environment variables beside `PORT`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many times faster its intervals pass; default 1. */
  readonly speed?: number;
}

/** Starts a server file on a free port. */
export async function startServerExample(
  name: ServerExampleName,
  { environment = {}, speed = 1 }: ServerExampleOptions = {},
): Promise<ServerExample> {
  const { folder, file } = await compile(name);
  const server = spawn(process.execPath, ['--import', preload(speed), file], {
    cwd: folder,
    env: { ...process.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const url = await addressOf(server);
  return {
    url,
    file,
    work: () =>
      new Promise((resolve) => {
        server.once('message', (kinds) => {
          const countOf = (kind: string) =>
            Array.isArray(kinds) ? kinds.filter((each) => each === kind).length : Number.NaN;
          resolve({ timers: countOf('Timeout'), children: countOf('ProcessWrap') });
        });
        server.send('What are you doing?');
      }),
    async stop() {
      server.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits until a server has so much to do and no more; by default nothing. */
export async function expectWork(
  server: ServerExample,
  { timers = 0, children = 0 }: Partial<Work> = {},
): Promise<void> {
  await vi.waitFor(
    async () => {
      const work: Work = { timers, children };
      expect(await server.work()).toEqual(work);
    },
    { timeout: 30_000 },
  );
}
