import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { failureOf, install, needs, run } from './install.ts';

const { project, tarball } = inject('packed');
const folder = join(project, 'runtimes');
const binary = (name: string) => join(folder, 'node_modules/.bin', name);
const SCRIPTS = ['streams.mjs', 'in-process.mjs', 'in-worker.mjs'];

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));

const EXPECTED = {
  events: [
    ['message', 'first', '1'],
    ['price', '{"value":3}', '2'],
    ['message', 'two\nlines 🌊', '3'],
  ],
  subscription: 'aborted',
  answer: { status: 'done', text: 'one two three 🌊', error: null },
  file: {
    status: 'done',
    loaded: FILE.length,
    total: FILE.length,
    fileName: 'levels.bin',
    sum: FILE.reduce((sum, byte) => sum + byte, 0),
  },
};

let obstacle: string | null = null;
let server: Server;
let origin: string;
/** How the bodies of requests came: as a stream, or all at once with their length. */
const transfers: (string | undefined)[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('id: 1\ndata: first\n\nid: 2\nevent: price\n');
    response.write('data: {"value":3}\n\nid: 3\ndata: two\ndata: lines 🌊\n\n');
  } else if (request.url === '/echo') {
    transfers.push(request.headers['transfer-encoding']);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    request.pipe(response);
  } else {
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': FILE.length,
      'content-disposition': 'attachment; filename="levels.bin"',
    });
    response.end(FILE);
  }
}

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port, not on a pipe, has an address of this form.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  obstacle = await install(folder, {
    bun: '1.4.5',
    deno: '2.9.6',
    workerd: '1.20261117.1',
    rivulet: `file:${tarball}`,
    react: '19.3.1',
  });
  for (const name of SCRIPTS) {
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(folder, name));
  }
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Reads what a script printed last. */
const lastLine = (output: string) => output.trim().split('\n').at(-1) ?? '';

describe('the packed package streams both ways', () => {
  test.for<[name: string, program: string, options: string[]]>([
    ['Node', process.execPath, []],
    ['Bun', binary('bun'), ['run']],
    ['Deno', binary('deno'), ['run', '--allow-all', '--node-modules-dir=manual']],
  ])('in %s', async ([, program, options], context) => {
    needs(context, obstacle);
    transfers.length = 0;
    const env = { DENO_NO_UPDATE_CHECK: '1' };
    const ran = await run(program, [...options, 'in-process.mjs', origin], { cwd: folder, env });
    expect(failureOf(ran)).toBe('');
    expect(JSON.parse(lastLine(ran.output))).toEqual(EXPECTED);
    expect(transfers).toEqual(['chunked']);
  });

  // Under the first date, workerd refuses the option `cache` of a request.
  test.for(['2024-06-01', '2024-10-15', '2026-06-01'])(
    'in workerd, as of the compatibility date %s',
    async (date, context) => {
      needs(context, obstacle);
      transfers.length = 0;
      const worker = await startWorker(date);
      try {
        const response = await fetch(`${worker.url}/?origin=${encodeURIComponent(origin)}`);
        expect(await response.json()).toEqual(EXPECTED);
        expect(transfers).toEqual(['chunked']);
      } finally {
        worker.process.kill();
        await once(worker.process, 'exit');
      }
    },
  );
});

/** Starts workerd with the worker of the test, which may reach the server of the test. */
async function startWorker(date: string): Promise<{ url: string; process: ChildProcess }> {
  const at = join(folder, `workerd-${date}`);
  mkdirSync(at, { recursive: true });
  await build({
    absWorkingDir: folder,
    entryPoints: [join(folder, 'in-worker.mjs')],
    outfile: join(at, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
  });
  writeFileSync(
    join(at, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
      compatibilityDate = "${date}",
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const child = spawn(binary('workerd'), ['serve', '--control-fd=1', join(at, 'config.capnp')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { url: `http://127.0.0.1:${port}`, process: child };
  }
  throw new Error('workerd ended before it listened.');
}
