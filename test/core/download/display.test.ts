import { createDownload, type DownloadOptions, type DownloadProgress } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import {
  createFileWire,
  leftOfFiles,
  NOTHING_LEFT_OF_FILES,
  type ScriptedAnswer,
} from '../../support/file-wire.ts';

function begin(answers: readonly ScriptedAnswer[] = [{}], options: DownloadOptions = {}) {
  const wire = createFileWire(answers);
  const progress: DownloadProgress[] = [];
  const job = createDownload('http://files.test/file.bin', {
    ...wire.options,
    flush: 'sync',
    onProgress: (each) => void progress.push(each),
    ...options,
  });
  return { wire, job, progress, end: job.start() };
}

const kilobyte = 'x'.repeat(1000);

describe('the total', () => {
  test.each<[string, ScriptedAnswer, DownloadOptions, number | null, string | null]>([
    ['is unknown where nothing names it', {}, {}, null, null],
    [
      'is the Content-Length of an unencoded body',
      { headers: { 'content-length': '10' } },
      {},
      10,
      'content-length',
    ],
    [
      'is unknown under a Content-Encoding',
      { headers: { 'content-length': '4', 'content-encoding': 'gzip' } },
      {},
      null,
      null,
    ],
    [
      'is what the caller expects',
      { headers: { 'content-length': '4', 'content-encoding': 'br' } },
      { expectedBytes: 10 },
      10,
      'expected',
    ],
    [
      'is rather what the named header says',
      { headers: { 'content-length': '4', 'content-encoding': 'br', 'x-file-size': '10' } },
      { expectedBytes: 20, sizeHeader: 'X-File-Size' },
      10,
      'size-header',
    ],
    [
      'is best what Content-Range says',
      {
        status: 206,
        headers: { 'content-range': 'bytes 0-9/10', 'content-length': '10', 'x-file-size': '10' },
      },
      { expectedBytes: 20, sizeHeader: 'x-file-size', resumable: true },
      10,
      'content-range',
    ],
    [
      'is not what Content-Range says under a status where it means nothing',
      { headers: { 'content-range': 'bytes 0-9/99' } },
      {},
      null,
      null,
    ],
  ])('%s', async (_, answer, options, total, totalSource) => {
    const { wire, job, end } = begin([answer], options);
    await wire.send('01234');
    expect(job.getSnapshot()).toMatchObject({
      loaded: 5,
      total,
      totalSource,
      progress: total === null ? null : 0.5,
      percent: total === null ? null : 50,
    });
    await wire.send('56789');
    expect(job.getSnapshot()).toMatchObject({
      progress: total === null ? null : 0.999,
      percent: total === null ? null : 99,
    });
    await wire.close();
    expect(await end).toMatchObject({
      status: 'done',
      total: 10,
      totalSource: totalSource ?? 'loaded',
      progress: 1,
      percent: 100,
    });
    expect(wire.environment.warnings).toEqual([]);
  });

  test('is known from a later part where the first answer did not name it', async () => {
    const { wire, job } = begin(
      [
        { headers: { etag: '"v1"' } },
        { status: 206, headers: { 'content-range': 'bytes 5-9/10', 'content-length': '5' } },
      ],
      { resumable: true },
    );
    await wire.send('01234');
    expect(job.getSnapshot().total).toBeNull();
    job.pause();
    job.resume();
    await wire.environment.settle();
    expect(job.getSnapshot()).toMatchObject({ loaded: 5, total: 10, totalSource: 'content-range' });
    job.abort();
  });

  test('stays what it was where a later part names no complete length', async () => {
    const { wire, job } = begin(
      [
        { headers: { etag: '"v1"', 'content-length': '10' } },
        { status: 206, headers: { 'content-range': 'bytes 5-9/*', 'content-length': '5' } },
      ],
      { resumable: true },
    );
    await wire.send('01234');
    job.pause();
    job.resume();
    await wire.environment.settle();
    expect(job.getSnapshot()).toMatchObject({
      loaded: 5,
      total: 10,
      totalSource: 'content-length',
    });
    job.abort();
  });

  test('is at the end what was loaded, whatever was expected', async () => {
    const { wire, end } = begin([{}], { expectedBytes: 100 });
    await wire.send('01234');
    await wire.close();
    expect(await end).toMatchObject({ loaded: 5, total: 5, totalSource: 'loaded', progress: 1 });
  });

  test('is, when the download begins again, that of the new answer', async () => {
    const { wire, job } = begin([
      { headers: { 'content-length': '10' } },
      { headers: { 'content-length': '20' } },
    ]);
    await wire.send('01234');
    job.pause();
    job.resume();
    await wire.send('01234');
    expect(job.getSnapshot()).toMatchObject({ loaded: 5, total: 20, progress: 0.25 });
    job.abort();
  });

  test('of an earlier part does not make the whole too short', async () => {
    const { wire, job, end } = begin(
      [{ status: 206, headers: { 'content-range': 'bytes 0-9/10' } }, {}],
      { resumable: true },
    );
    await wire.environment.settle();
    job.pause();
    job.resume();
    await wire.send('0123');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', loaded: 4, total: 4 });
  });
});

describe('more bytes than the total', () => {
  const short = { headers: { 'content-length': '4' } };

  test('make it unknown for good, and development says why, once', async () => {
    const { wire, job, progress, end } = begin([{ ...short, isCors: true }]);
    await wire.send('0123');
    expect(job.getSnapshot()).toMatchObject({ total: 4, progress: 0.999 });
    await wire.send('4', '5');
    expect(job.getSnapshot()).toMatchObject({
      loaded: 6,
      total: null,
      totalSource: null,
      progress: null,
      percent: null,
      secondsLeft: null,
    });
    await wire.close();
    expect(await end).toMatchObject({
      status: 'done',
      endedBy: 'close',
      loaded: 6,
      total: 6,
      totalSource: 'loaded',
    });
    expect(progress.map(({ total }) => total)).toEqual([4, null, null]);
    expect(wire.environment.warnings).toHaveLength(1);
    expect(wire.environment.warnings[0]).toContain('http://files.test/file.bin');
    expect(wire.environment.warnings[0]).toContain(
      'Access-Control-Expose-Headers: Content-Encoding`',
    );
  });

  test('name the size header too, where one is hidden', async () => {
    const { wire, job } = begin([{ ...short, isCors: true }], { sizeHeader: 'X-File-Size' });
    await wire.send('01234');
    expect(wire.environment.warnings.join()).toContain(
      'Access-Control-Expose-Headers: Content-Encoding, X-File-Size`',
    );
    job.abort();
  });

  test('of the own origin mean that a wrong size was named', async () => {
    const { wire, job } = begin([{}], { expectedBytes: 4 });
    await wire.send('01234');
    expect(wire.environment.warnings).toHaveLength(1);
    expect(wire.environment.warnings[0]).toContain('too small');
    expect(wire.environment.warnings[0]).not.toContain('Access-Control');
    job.abort();
  });

  test('keep it unknown through a pause, whatever the next answer names', async () => {
    const { wire, job, end } = begin([short, { headers: { 'content-length': '10' } }]);
    await wire.send('01234');
    job.pause();
    expect(job.getSnapshot()).toMatchObject({ total: null, loaded: 5 });
    job.resume();
    await wire.send('0123456789');
    expect(job.getSnapshot()).toMatchObject({ total: null, progress: null });
    await wire.close();
    expect((await end).total).toBe(10);
  });

  test('are no bytes to continue: what was taken for their number was of encoded ones', async () => {
    const { wire, job } = begin([{ headers: { 'content-length': '4', etag: '"v1"' } }], {
      resumable: true,
    });
    await wire.send('01234');
    job.pause();
    job.resume();
    await wire.environment.settle();
    expect(wire.ranges[1]).toEqual(['bytes=0-', undefined]);
    job.abort();
  });

  test('are forgotten in the next start', async () => {
    const { wire, job } = begin([short, { headers: { 'content-length': '10' } }]);
    await wire.send('01234');
    void job.start();
    await wire.send('01234');
    expect(job.getSnapshot()).toMatchObject({ total: 10, progress: 0.5 });
    job.abort();
  });
});

describe('`onProgress`', () => {
  test('sees every chunk at once, whatever `flush` says, and never a finished one', async () => {
    const { wire, job, progress } = begin([{ headers: { 'content-length': '4' } }], {
      flush: 'frame',
    });
    await wire.send('0', '1', '23');
    expect(progress).toEqual(
      [1, 2, 4].map((loaded) => ({
        loaded,
        total: 4,
        totalSource: 'content-length',
        progress: Math.min(loaded / 4, 0.999),
        percent: Math.min(loaded * 25, 99),
        bytesPerSecond: null,
        secondsLeft: null,
      })),
    );
    expect(job.getSnapshot().loaded).toBe(1);
    await wire.close();
    expect(progress).toHaveLength(3);
  });
});

describe('rate and time left', () => {
  const tenKilobytes = { headers: { 'content-length': '10000', etag: '"v1"' } };

  test('are unknown for the first 500 ms, then the average of what came', async () => {
    const { wire, job } = begin([tenKilobytes]);
    await wire.send(kilobyte);
    await wire.environment.advance(499);
    expect(job.getSnapshot()).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
    await wire.environment.advance(1);
    expect(job.getSnapshot()).toMatchObject({ bytesPerSecond: 2000, secondsLeft: 4.5 });
    job.abort();
  });

  test('a stall lets the rate fall, and the time left becomes unknown', async () => {
    const { wire, job } = begin([tenKilobytes]);
    await wire.send(kilobyte);
    await wire.environment.advance(500);
    const rates: (number | null)[] = [];
    for (let second = 0; second < 4; second += 1) {
      await wire.environment.advance(1000);
      rates.push(job.getSnapshot().bytesPerSecond);
    }
    // Half of it is left after every 2 s.
    expect(rates).toEqual([1414, 1000, 707, 500]);
    expect(job.getSnapshot().secondsLeft).toBeNull();
    await wire.send(kilobyte);
    await wire.environment.advance(250);
    expect(job.getSnapshot().secondsLeft).toBeGreaterThan(0);
    job.abort();
  });

  test('time left is unknown while the total is', async () => {
    const { wire, job } = begin();
    await wire.send(kilobyte);
    await wire.environment.advance(1000);
    expect(job.getSnapshot().bytesPerSecond).toBeGreaterThan(0);
    expect(job.getSnapshot().secondsLeft).toBeNull();
    job.abort();
  });

  test('paused time does not count, nor what was loaded before', async () => {
    const { wire, job } = begin(
      [tenKilobytes, { status: 206, headers: { 'content-range': 'bytes 5000-9999/10000' } }],
      { resumable: true },
    );
    await wire.send(kilobyte.repeat(5));
    await wire.environment.advance(1000);
    job.pause();
    expect(job.getSnapshot()).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
    await wire.environment.advance(3_600_000);
    job.resume();
    await wire.send(kilobyte);
    await wire.environment.advance(499);
    expect(job.getSnapshot().bytesPerSecond).toBeNull();
    await wire.environment.advance(1);
    expect(job.getSnapshot()).toMatchObject({ bytesPerSecond: 2000, secondsLeft: 2 });
    job.abort();
  });

  test('tick four times a second while open, and not otherwise', async () => {
    const { wire, job, end } = begin([tenKilobytes]);
    await wire.send(kilobyte);
    let flushes = 0;
    job.subscribe(() => void (flushes += 1));
    await wire.environment.advance(400);
    expect(flushes).toBe(0);
    await wire.environment.advance(1600);
    expect(flushes).toBe(7);
    await wire.send(kilobyte.repeat(9));
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', bytesPerSecond: null, secondsLeft: null });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('`flush` of a download', () => {
  test('shows the first bytes at once and then one state for each frame', async () => {
    const { wire, job } = begin([{}], { flush: 'auto' });
    const shown: number[] = [];
    job.subscribe(() => void shown.push(job.getSnapshot().loaded));
    await wire.environment.settle();
    await wire.send('0', '1', '2');
    expect(shown).toEqual([0, 1]);
    await wire.environment.advance(16);
    expect(shown).toEqual([0, 1, 3]);
    await wire.send('3');
    await wire.close();
    expect(shown).toEqual([0, 1, 3, 4]);
  });
});
