/**
 * Measures how much memory a large download takes over what there was before it. The server is a
 * process of its own. Prints one line of JSON, in MiB.
 *
 *   node --expose-gc test/tools/download-memory.mjs [sink|blob|bytes] [MiB]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const MEBI = 1024 * 1024;
const [form = 'sink', mebibytes = '1024'] = process.argv.slice(2);
const size = Number(mebibytes) * MEBI;

if (form === 'serve') await serve();
else await measure();

/** Serves a body of the size that the path names, no faster than it is read. */
async function serve() {
  const chunk = Buffer.alloc(64 * 1024, 'rivulet ');
  const server = createServer(async (request, response) => {
    const bytes = Number(request.url?.slice(1));
    response.writeHead(200, { 'content-length': bytes });
    for (let left = bytes; left > 0; left -= chunk.length) {
      if (!response.write(chunk.subarray(0, left))) await once(response, 'drain');
    }
    response.end();
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
}

/** The library as it stands, without types. */
async function load() {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-memory-'));
  const outfile = join(folder, 'core.mjs');
  const entry = fileURLToPath(new URL('../../src/core/index.ts', import.meta.url));
  await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', outfile });
  /** @type {typeof import('../../src/core/index.ts')} */
  const core = await import(pathToFileURL(outfile).href);
  await rm(folder, { recursive: true });
  return core;
}

async function measure() {
  const { createDownload } = await load();
  const server = fork(fileURLToPath(import.meta.url), ['serve']);
  const [{ port }] = await once(server, 'message');
  let written = 0;
  const saveTo = () =>
    new WritableStream({
      write(bytes) {
        written += bytes.length;
      },
    });
  const url = `http://127.0.0.1:${port}/${size}`;

  // What the first download of a process takes for itself is none of this one.
  await createDownload(`http://127.0.0.1:${port}/${16 * MEBI}`, { saveTo }).start();
  written = 0;
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  let measuredAt = 0;
  const watch = () => {
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const options = {
    onProgress: (/** @type {{ readonly loaded: number }} */ { loaded }) => {
      if (loaded - measuredAt < MEBI) return;
      measuredAt = loaded;
      watch();
    },
  };
  const job =
    form === 'sink'
      ? createDownload(url, { ...options, saveTo })
      : createDownload(url, { ...options, as: form === 'bytes' ? 'bytes' : 'blob' });
  const { status, loaded } = await job.start();
  watch();
  server.kill();
  const toMebi = (/** @type {number} */ bytes) => Math.round(bytes / MEBI);
  const report = { form, status, size: toMebi(loaded), written: toMebi(written) };
  process.stdout.write(`${JSON.stringify({ ...report, over: toMebi(peak - before) })}\n`);
}
