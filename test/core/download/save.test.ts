import {
  createDownload,
  type DownloadAs,
  type DownloadController,
  type DownloadOptions,
} from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { manageDownload } from '../../../src/core/download/download.ts';
import { createFileWire, leftOfFiles, NOTHING_LEFT_OF_FILES } from '../../support/file-wire.ts';

async function downloaded<TAs extends DownloadAs>(
  body: string,
  options: DownloadOptions<TAs> = {},
  headers: Record<string, string> = {},
) {
  const wire = createFileWire([{ body, headers }]);
  const job = createDownload('/files/report.txt', { ...wire.options, ...options });
  await job.start();
  return { wire, job, saved: wire.environment.saved };
}

describe('`save()`', () => {
  test('offers the result under its file name, and says that there was one', async () => {
    const { job, saved } = await downloaded('abc');
    expect(job.save()).toBe(true);
    expect(saved.map(({ name }) => name)).toEqual(['report.txt']);
    expect(saved[0]?.file).toBe(job.getSnapshot().result);
  });

  test.each<[string, DownloadOptions, Record<string, string>, string]>([
    ['the option', { fileName: 'mine.txt' }, { 'content-disposition': 'filename=x' }, 'mine.txt'],
    [
      "the server's extended name",
      {},
      { 'content-disposition': `attachment; filename="na.txt"; filename*=UTF-8''na%C3%AFve.txt` },
      'naïve.txt',
    ],
    ["the server's name", {}, { 'content-disposition': 'attachment; filename="b.txt"' }, 'b.txt'],
    ['the URL', {}, {}, 'report.txt'],
  ])('under %s', async (_, options, headers, name) => {
    const { job, saved } = await downloaded('abc', options, headers);
    expect(job.getSnapshot().fileName).toBe(name);
    job.save();
    expect(saved.map((each) => each.name)).toEqual([name]);
  });

  test.each([
    ['bytes', 'abc', 'abc'],
    ['text', 'é', 'é'],
    ['json', '{ "a": 1 }', '{ "a": 1 }'],
    ['json', '{"id":12345678901234567890}', '{"id":12345678901234567890}'],
    ['json', 'null', 'null'],
    ['json', '"text"', '"text"'],
  ] as const)('writes a result as %s (%s) to a file', async (as, body, content) => {
    const { job, saved } = await downloaded(body, { as });
    expect(job.save()).toBe(true);
    expect(await saved[0]?.file.text()).toBe(content);
  });

  test.each([
    ['text', 'UTF-8 with its mark', 'text/plain', [0xef, 0xbb, 0xbf, 0x61], 'a'],
    ['text', 'Latin-1', 'text/plain; charset=iso-8859-1', [0x63, 0xe9], 'cé'],
    ['text', 'UTF-16 by its mark', 'text/plain', [0xff, 0xfe, 0x61, 0x00], 'a'],
    ['text', 'UTF-16, high byte first', 'text/csv; charset=utf-8', [0xfe, 0xff, 0x00, 0x61], 'a'],
    ['json', 'UTF-8 with its mark', 'application/json', [0xef, 0xbb, 0xbf, 0x37], 7],
  ] as const)(
    'as %s saves the bytes that the server sent: %s',
    async (as, _, type, bytes, result) => {
      const wire = createFileWire([{ headers: { 'content-type': type } }]);
      const job = createDownload('/file', { ...wire.options, as });
      const end = job.start();
      await wire.send(new Uint8Array(bytes));
      await wire.close();
      expect((await end).result).toBe(result);
      job.save();
      const [saved] = wire.environment.saved;
      expect([...new Uint8Array((await saved?.file.arrayBuffer()) ?? [])]).toEqual(bytes);
      expect(saved?.file.type).toBe(type);
    },
  );

  test('saves under the name that it is given, unless that is not a string', async () => {
    const { wire, job, saved } = await downloaded('abc');
    job.save('other.txt');
    await wire.environment.advance(100);
    Reflect.apply(job.save, null, [{ type: 'click' }]);
    expect(saved.map(({ name }) => name)).toEqual(['other.txt', 'report.txt']);
  });

  test('asks a `fileName` function, with the name of the server and the answer', async () => {
    const { job } = await downloaded(
      'abc',
      { fileName: (name, { headers }) => `${headers.get('x-day')}-${name}` },
      { 'content-disposition': 'attachment; filename="b.txt"', 'x-day': '7' },
    );
    expect(job.getSnapshot().fileName).toBe('7-b.txt');
    const broken = await downloaded('abc', {
      fileName: () => {
        throw new Error('no name');
      },
    });
    expect(broken.job.getSnapshot()).toMatchObject({ status: 'done', fileName: 'report.txt' });
    expect(broken.wire.environment.reported).toHaveLength(1);
  });

  test('spaces what is saved by 100 ms, of whatever download: WebKit loses one of two at once', async () => {
    const { wire, job, saved } = await downloaded('abc');
    const other = createDownload('/other.txt', wire.options);
    await other.start();
    job.save();
    other.save();
    job.save();
    expect(saved.map(({ name }) => name)).toEqual(['report.txt']);
    await wire.environment.advance(99);
    expect(saved).toHaveLength(1);
    await wire.environment.advance(1);
    expect(saved.map(({ name }) => name)).toEqual(['report.txt', 'other.txt']);
    await wire.environment.advance(100);
    expect(saved).toHaveLength(3);
  });

  test.each(['idle', 'connecting', 'open', 'paused', 'failed', 'aborted'])(
    'in %s has nothing to save and does nothing',
    async (status) => {
      const wire = createFileWire();
      const job = createDownload('/file', wire.options);
      if (status !== 'idle') void job.start();
      if (status === 'open' || status === 'failed') await wire.send('abc');
      if (status === 'failed') await wire.drop();
      if (status === 'paused') job.pause();
      if (status === 'aborted') job.abort();
      expect(job.getSnapshot().status).toBe(status);
      expect(job.save()).toBe(false);
      expect(wire.environment.saved).toEqual([]);
      job.abort();
      expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    },
  );
});

describe('what a saved file takes', () => {
  test('is freed later, when the browser has it', async () => {
    const { wire, job, saved } = await downloaded('abc');
    job.save();
    await wire.environment.advance(10_000);
    expect(saved[0]?.isFreed).toBe(false);
    await wire.environment.advance(60_000);
    expect(saved[0]?.isFreed).toBe(true);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test.each<[string, (job: DownloadController) => void]>([
    ['`reset()`', (job) => job.reset()],
    ['the next `start()`', (job) => void job.start()],
  ])('stays as long after %s, and what waits for its turn is saved', async (_, next) => {
    const { wire, job, saved } = await downloaded('abc');
    job.save();
    job.save();
    next(job);
    await wire.environment.advance(100);
    expect(saved.map(({ isFreed }) => isFreed)).toEqual([false, false]);
    await wire.environment.advance(60_000);
    expect(saved.map(({ isFreed }) => isFreed)).toEqual([true, true]);
  });

  test('stays as long after the component has unmounted, and nothing more is saved then', async () => {
    const wire = createFileWire([{ body: 'abc' }]);
    const job = manageDownload({ url: '/file', options: { environment: wire.environment } });
    job.retain();
    await wire.environment.settle();
    await job.start();
    expect([job.save(), job.save()]).toEqual([true, true]);
    job.release();
    await wire.environment.advance(100);
    expect(wire.environment.saved.map(({ isFreed }) => isFreed)).toEqual([false, false]);
    expect(job.getSnapshot().status).toBe('done');
    expect(job.save()).toBe(false);
    await wire.environment.advance(60_000);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    expect(wire.environment.saved).toHaveLength(2);
  });
});
