import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fileRoute, numberedLines } from '../../support/file-server.ts';
import { withStage } from '../stage.ts';

const stage = withStage();
const FILE = numberedLines(20_000);

test('a download is whole', async () => {
  const { run, seen } = await stage.show({ '/data.bin': fileRoute(FILE) }, 'download("/data.bin")');
  await run('job.start().then(() => null)');
  await seen(({ statuses, loaded }) => {
    expect([statuses.at(-1), loaded]).toEqual(['done', FILE.length]);
  });
  expect(await run('job.result.size')).toBe(FILE.length);
});

test('a download that is cut goes on where it was', async () => {
  const cutAfter = (number: number) => (number === 1 ? 100_000 : undefined);
  const { run, seen, server } = await stage.show(
    { '/data.bin': fileRoute(FILE, { cutAfter }) },
    'download("/data.bin", { resumable: true, retry: { baseDelayMs: 1 } })',
  );
  await run('job.start().then(() => null)');
  await seen(({ statuses, restarted }) => {
    expect([statuses.at(-1), restarted]).toEqual(['done', false]);
  });
  expect(await run('job.result.size')).toBe(FILE.length);
  expect(server.requests('/data.bin').at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-/);
});

test('a coded body that is cut is truncated where a header names the size', async () => {
  const coded = gzipSync(FILE);
  const { run, seen } = await stage.show(
    {
      '/data.bin': ({ response }) => {
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-encoding': 'gzip',
          'x-file-size': FILE.length,
        });
        response.write(coded.subarray(0, coded.length / 2), () => response.destroy());
      },
    },
    'download("/data.bin", { sizeHeader: "X-File-Size" })',
  );
  await run('job.start().then(() => null, () => null)');
  await seen(({ statuses }) => expect(statuses.at(-1)).toBe('failed'));
});

test('a file handle that cannot be written to is named', async () => {
  const { run, seen } = await stage.show(
    { '/data.bin': fileRoute(FILE) },
    'download("/data.bin", { saveTo: { kind: "file", name: "data.bin" } })',
  );
  await run('job.start().then(() => null, () => null)');
  await seen(({ messages }) => expect(messages).toHaveLength(1));
  const [message] = await run<string[]>('log.messages');
  expect(message).not.toContain('getWriter');
});

test('two saves in one task save two files', async () => {
  const { run, server, seen } = await stage.show(
    { '/data.bin': fileRoute(FILE) },
    'download("/data.bin", { fileName: "one.bin" })',
  );
  await run('job.start().then(() => null)');
  await seen(({ statuses }) => expect(statuses.at(-1)).toBe('done'));
  // When each link is clicked can be seen in the page; which file arrived only on the disk.
  await run(`(window.clicks = [], HTMLAnchorElement.prototype.click = function () {
    clicks.push(performance.now()); }, job.save(), job.save(), null)`);
  await expect.poll(() => run<number>('clicks.length'), { timeout: 40_000 }).toBe(2);
  expect(await run<number>('clicks[1] - clicks[0]')).toBeGreaterThanOrEqual(90);
  expect(server.requests('/data.bin')).toHaveLength(1);
});
