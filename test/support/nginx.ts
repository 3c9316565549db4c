import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, vi } from 'vitest';
import { findNginx } from '../tools/find-nginx.mjs';

/** An nginx of a test: its own folder, process and port. */
export interface Nginx {
  readonly origin: string;
  /** Starts new workers and tells the old ones to go, as `nginx -s reload` does. */
  reload(): void;
  stop(): Promise<void>;
}

const found = findNginx();
const REASON = 'No nginx was found: see test/tools/ensure-nginx.mjs.';

/**
 * Skips a test where there is no nginx. `npm run test:release` installs one where it may, as root on Linux; on
 * other machines the developer decides. The reporter shows the reason of a skipped test only in a file
 * that also has failed ones, so it is said here too.
 */
export function needsNginx(context: TestContext): void {
  if (found === undefined) process.stderr.write(`Skipped "${context.task.name}". ${REASON}\n`);
  context.skip(found === undefined, REASON);
}

/**
 * Starts nginx in front of a server.
 *
 * @param backend The origin of the server behind it.
 * @param directives What stands in its `location` beside `proxy_pass`.
 */
export function startNginx(backend: string, directives: string): Promise<Nginx> {
  return startNginxSite(
    (port) => `server {
    listen 127.0.0.1:${port};
    location = /ready { return 204; }
    location / {
      proxy_pass ${backend};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${directives}
    }
  }`,
  );
}

/**
 * Starts nginx with a site of any kind.
 *
 * @param siteAt What stands in its `http` block, listening on a port.
 */
export async function startNginxSite(siteAt: (port: number) => string): Promise<Nginx> {
  if (found === undefined) throw new Error(REASON);
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-nginx-'));
  const port = await freePort();
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, configurationOf(folder, siteAt(port)));
  const args = ['-p', folder, '-e', join(folder, 'error.log'), '-c', configuration];
  const master = spawn(found, args, { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${origin}/ready`), { timeout: 30_000 });
  return {
    origin,
    reload: () => void master.kill('SIGHUP'),
    async stop() {
      await terminate(master);
      rmSync(folder, { recursive: true });
    },
  };
}

function configurationOf(folder: string, site: string) {
  const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n  ');
  // The master of root gives its workers to a user who cannot write to the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off;
${user}
worker_processes 1;
worker_shutdown_timeout 1s;
pid ${join(folder, 'nginx.pid')};
events { worker_connections 64; }
http {
  ${temporaryPaths}
  access_log off;
  ${site}
}
`;
}

async function terminate(process: ChildProcess): Promise<void> {
  const exited = once(process, 'exit');
  if (process.exitCode === null && process.kill('SIGTERM')) await exited;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
