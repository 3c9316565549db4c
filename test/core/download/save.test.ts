import { createDownload, type DownloadAs, type DownloadOptions } from 'rivulet/core';
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
  ])('decision 23: under %s', async (_, options, headers, name) => {
    const { job, saved } = await downloaded('abc', options, headers);
    expect(job.getSnapshot().fileName).toBe(name);
    job.save();
    expect(saved.map((each) => each.name)).toEqual([name]);
  });

  test.each([
    ['bytes', 'abc', 'abc'],
    ['text', 'é', 'é'],
    ['json', '{ "a": 1 }', '{"a":1}'],
    ['json', 'null', 'null'],
    ['json', '"text"', '"text"'],
  ] as const)('writes a result as %s (%s) to a file', async (as, body, content) => {
    const { job, saved } = await downloaded(body, { as });
    expect(job.save()).toBe(true);
    expect(await saved[0]?.file.text()).toBe(content);
  });

  test('saves as often as it is called', async () => {
    const { job, saved } = await downloaded('abc');
    job.save();
    job.save();
    expect(saved).toHaveLength(2);
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

  test('is freed by `reset()`', async () => {
    const { wire, job, saved } = await downloaded('abc');
    job.save();
    job.save();
    job.reset();
    expect(saved.map(({ isFreed }) => isFreed)).toEqual([true, true]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('is freed by the next `start()`', async () => {
    const { job, saved } = await downloaded('abc');
    job.save();
    await job.start();
    expect(saved.map(({ isFreed }) => isFreed)).toEqual([true]);
  });

  test('is freed on unmount, after which nothing is saved any more', async () => {
    const wire = createFileWire([{ body: 'abc' }]);
    const job = manageDownload({ url: '/file', options: { environment: wire.environment } });
    job.retain();
    await wire.environment.settle();
    await job.start();
    expect(job.save()).toBe(true);
    job.release();
    await wire.environment.settle();
    expect(wire.environment.saved.map(({ isFreed }) => isFreed)).toEqual([true]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    expect(job.getSnapshot().status).toBe('done');
    expect(job.save()).toBe(false);
    expect(wire.environment.saved).toHaveLength(1);
  });
});
