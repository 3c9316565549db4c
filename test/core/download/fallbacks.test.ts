import { createDownload, type DownloadOptions } from 'rivulet/core';
import { expect, test } from 'vitest';
import { createFileWire, type ScriptedAnswer } from '../../support/file-wire.ts';

/* What a resumable download does where ranges are of no use. */

async function run(answers: readonly ScriptedAnswer[], options: DownloadOptions = {}) {
  const wire = createFileWire(answers);
  const job = createDownload('/file', { ...wire.options, resumable: true, ...options });
  const end = job.start();
  await wire.environment.advance(600_000);
  return { ...(await end), ranges: wire.ranges.map(([range]) => range) };
}

const fast = { baseDelayMs: 1 };

test('a server that is down is asked no more often than `maxAttempts` says', async () => {
  const { error, ranges } = await run(['refused'], { retry: { ...fast, maxAttempts: 3 } });
  expect([error?.code, ranges.length]).toEqual(['retries-exhausted', 3]);
  expect(error?.message).toContain('Gave up after 3 requests');
});

test('without `retry` a request that got no answer is repeated once, without Range', async () => {
  const { error, ranges } = await run(['refused']);
  expect([error?.code, ranges]).toEqual(['network', ['bytes=0-', undefined]]);
});

test('an object that is stored encoded is found even if the network fails twice', async () => {
  // The second fails for another reason than the first and the third, which cannot be decoded.
  const answers = ['refused', 'refused', 'refused', { body: 'abc' }] as const;
  const { status, ranges } = await run(answers, { retry: fast });
  expect([status, ranges]).toEqual(['done', ['bytes=0-', undefined, 'bytes=0-', undefined]]);
});

test('a part that hides its place is followed by a request without Range', async () => {
  const part = { status: 206, headers: { 'x-size': '6' }, body: 'abc' };
  const { status, loaded, ranges } = await run([part, { body: 'abcdef' }], {
    sizeHeader: 'x-size',
    retry: fast,
  });
  expect([status, loaded, ranges]).toEqual(['done', 6, ['bytes=0-', undefined]]);
});

test.each(['binary/octet-stream', 'application/x-download', 'application/force-download'])(
  '%s is any type that is accepted',
  async (type) => {
    const answer = { headers: { 'content-type': type }, body: 'abc' };
    const { status } = await run([answer], { accept: 'application/pdf' });
    expect(status).toBe('done');
  },
);
