import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fileRoute, numberedLines, sha256 } from '../../support/file-server.ts';
import { expectOpen, type Route } from '../../support/stream-server.ts';
import { eventually, withStage } from '../stage.ts';

const stage = withStage();
const FILE = numberedLines(20_000);

/** Starts the download and does not wait for it. */
const START = '(hook.start(), null)';
/** The SHA-256 of what was downloaded, in hexadecimal digits. */
const DIGEST = `hook.result.arrayBuffer()
  .then((bytes) => crypto.subtle.digest("SHA-256", bytes))
  .then((hash) => [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join(""))`;

/** How many bytes of the first response are sent, `undefined` for all of any other. */
const firstOnly = (bytes: number) => (number: number) => (number === 1 ? bytes : undefined);

test('a download is whole', async () => {
  const { run, seen } = await stage.show({ '/data.bin': fileRoute(FILE) }, 'download("/data.bin")');
  await run(START);
  await seen(({ shown, loaded }) =>
    expect([shown, loaded]).toEqual([{ '/data.bin': 'done' }, FILE.length]),
  );
  expect(await run(DIGEST)).toBe(sha256(FILE));
});

test('a download that is cut goes on where it was', async () => {
  const serve = fileRoute(FILE, { holdAfter: firstOnly(100_000) });
  let cut = () => {};
  const { run, seen, server } = await stage.show(
    {
      '/data.bin': (exchange) => {
        if (exchange.number === 1) cut = () => void exchange.response.destroy();
        return serve(exchange);
      },
    },
    'download("/data.bin", { resumable: true, retry: { baseDelayMs: 1 } })',
  );
  await run(START);
  // What an engine has not handed over when the connection breaks it drops.
  await seen(({ loaded }) => expect(loaded).toBe(100_000));
  cut();
  await seen(({ shown, restarted }) =>
    expect([shown, restarted]).toEqual([{ '/data.bin': 'done' }, false]),
  );
  expect(await run(DIGEST)).toBe(sha256(FILE));
  expect(server.requests('/data.bin').map(({ headers }) => headers.range)).toEqual([
    'bytes=0-',
    'bytes=100000-',
  ]);
});

test('a download that is paused is resumed where it stood, also where gzip could be had', async () => {
  const { run, seen, server } = await stage.show(
    { '/data.bin': fileRoute(FILE, { encoding: 'gzip', holdAfter: firstOnly(100_000) }) },
    'download("/data.bin", { resumable: true })',
  );
  await run(START);
  await seen(({ loaded }) => expect(loaded).toBe(100_000));
  await run('(hook.pause(), null)');
  await seen(({ shown }) => expect(shown).toEqual({ '/data.bin': 'paused' }));
  await expectOpen(server, 0);
  await run('(hook.resume(), null)');
  await seen(({ shown, restarted }) =>
    expect([shown, restarted]).toEqual([{ '/data.bin': 'done' }, false]),
  );
  expect(await run(DIGEST)).toBe(sha256(FILE));
  expect(server.requests('/data.bin').map(({ headers }) => headers.range)).toEqual([
    'bytes=0-',
    'bytes=100000-',
  ]);
});

test('unmounting ends a download at a server that stalls, and saves nothing', async () => {
  const { run, seen, server } = await stage.show(
    { '/data.bin': fileRoute(FILE, { holdAfter: firstOnly(100_000) }) },
    'download("/data.bin")',
  );
  await run(`(URL.createObjectURL = () => { window.isSaved = true; },
    hook.start().then(() => hook.save()), null)`);
  await seen(({ loaded }) => expect(loaded).toBe(100_000));
  await run('(unmount(), null)');
  await expectOpen(server, 0);
  expect(await run('window.isSaved ?? false')).toBe(false);
  expect(server.requests('/data.bin')).toHaveLength(1);
});

test('a coded body that is cut is no whole file where a header names the size', async () => {
  const coded = gzipSync(FILE);
  const half = coded.subarray(0, coded.length / 2);
  const cut: Route = ({ response }) => {
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
      'content-length': coded.length,
      'x-file-size': FILE.length,
    });
    response.write(half, () => response.destroy());
  };
  const { run, seen } = await stage.show(
    { '/data.bin': cut },
    'download("/data.bin", { sizeHeader: "X-File-Size" })',
  );
  // Firefox takes such a body for a whole one; then only the size tells.
  const endsCleanly = await run<boolean>(
    'fetch("/data.bin").then((response) => response.arrayBuffer()).then(() => true, () => false)',
  );
  await run(START);
  await seen(({ shown, errors }) =>
    expect([shown, errors]).toEqual([
      { '/data.bin': 'failed' },
      [endsCleanly ? 'truncated' : 'network'],
    ]),
  );
});

test('a download to a sink writes every byte, in order, and closes it', async () => {
  const { run, seen } = await stage.show(
    { '/data.bin': fileRoute(FILE) },
    `download("/data.bin", { saveTo: () => new WritableStream({
      write(chunk) { (window.written ??= []).push(chunk.slice()); },
      close() { window.isClosed = true; },
    }) })`,
  );
  await run(START);
  await seen(({ shown, loaded }) =>
    expect([shown, loaded]).toEqual([{ '/data.bin': 'done' }, FILE.length]),
  );
  expect(await run('isClosed')).toBe(true);
  const digest = DIGEST.replace('hook.result', 'new Blob(written)');
  expect(await run(digest)).toBe(sha256(FILE));
});

test('a file handle that cannot be written to is named', async () => {
  const { run, seen } = await stage.show(
    { '/data.bin': fileRoute(FILE) },
    'download("/data.bin", { saveTo: { kind: "file", name: "data.bin" } })',
  );
  await run('(hook.start().catch((error) => log.messages.push(String(error))), null)');
  await seen(({ messages }) => expect(messages).toHaveLength(1));
  await seen(({ messages }) => {
    expect(messages[0]).not.toContain('getWriter');
    expect(messages[0]).toMatch(/write|createWritable/);
  });
});

test('two saves in one task put two whole files on the disk', async () => {
  const { engine, run, server, seen } = await stage.show(
    { '/data.bin': fileRoute(FILE) },
    'download("/data.bin")',
  );
  await run(START);
  await seen(({ shown }) => expect(shown).toEqual({ '/data.bin': 'done' }));
  await run('(hook.save("one.bin"), hook.save("two.bin"), null)');
  await eventually(async () => {
    const names = ['one.bin', 'two.bin'];
    const files = await Promise.all(names.map((name) => readFile(join(engine.downloads, name))));
    expect(files.map(sha256)).toEqual([sha256(FILE), sha256(FILE)]);
  });
  expect(server.requests('/data.bin')).toHaveLength(1);
});
