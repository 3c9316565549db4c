import { createDownload, type DownloadOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { manageDownload } from '../../../src/core/download/download.ts';
import {
  createFileWire,
  type FileAnswer,
  type FileWire,
  leftOfFiles,
  NOTHING_LEFT_OF_FILES,
  type ScriptedAnswer,
} from '../../support/file-wire.ts';

/* The file is `0123456789`. */

const whole = {
  headers: {
    'content-length': '10',
    'content-type': 'text/csv',
    'content-disposition': 'attachment; filename="named.csv"',
    etag: '"v1"',
  },
};
const part = (first: number, headers: Record<string, string> = {}): FileAnswer => ({
  status: 206,
  headers: { 'content-range': `bytes ${first}-9/10`, etag: '"v1"', ...headers },
});

/** Starts a resumable download that has got the first four bytes. */
async function begin(answers: readonly ScriptedAnswer[], options: DownloadOptions = {}) {
  const wire = createFileWire(answers, { baseUrl: 'http://page.test/' });
  const job = createDownload('/data.csv', { ...wire.options, resumable: true, ...options });
  const end = job.start();
  await wire.send('0123');
  return { wire, job, end };
}

/** Waits for the end and says what came of it. */
async function ended({ wire, end }: Awaited<ReturnType<typeof begin>>) {
  const last = await end;
  expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  return { ...last, text: await last.result?.text(), type: last.result?.type };
}

function pauseAndResume({ job }: Awaited<ReturnType<typeof begin>>): void {
  job.pause();
  job.resume();
}

describe('`pause()` of a resumable download', () => {
  test('ends the request and keeps what is loaded; `resume()` asks for the rest of it', async () => {
    const run = await begin([whole, part(4)]);
    const { wire, job } = run;
    job.pause();
    expect(job.getSnapshot()).toMatchObject({
      status: 'paused',
      readyState: 0,
      pausedBy: ['user'],
      loaded: 4,
      total: 10,
      progress: 0.4,
      bytesPerSecond: null,
      secondsLeft: null,
    });
    expect(wire.requests[0]?.isAborted).toBe(true);
    await wire.environment.advance(60_000);
    expect(wire.requests).toHaveLength(1);

    job.resume();
    expect(job.getSnapshot()).toMatchObject({ status: 'connecting', attempt: 2, loaded: 4 });
    await wire.send('456789');
    await wire.close();
    expect(wire.ranges).toEqual([
      ['bytes=0-', undefined],
      ['bytes=4-', '"v1"'],
    ]);
    expect(wire.requests.map(({ init }) => init.cache)).toEqual([undefined, 'no-store']);
    expect(await ended(run)).toMatchObject({
      status: 'done',
      restarted: false,
      loaded: 10,
      total: 10,
      text: '0123456789',
      error: null,
    });
    expect(wire.chunks).toEqual([
      ['0123', 4],
      ['456789', 10],
    ]);
  });

  test('keeps type and file name of the first answer: a 206 need not repeat them', async () => {
    const run = await begin([whole, part(4)]);
    pauseAndResume(run);
    await run.wire.send('456789');
    expect(run.job.getSnapshot().fileName).toBe('named.csv');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ type: 'text/csv', fileName: 'named.csv' });
  });

  test('works any number of times, also before an answer and without a byte between', async () => {
    const run = await begin([whole, part(4), part(4), part(6), part(6)]);
    const { wire, job } = run;
    pauseAndResume(run);
    pauseAndResume(run);
    await wire.environment.settle();
    pauseAndResume(run);
    await wire.send('45');
    pauseAndResume(run);
    await wire.environment.settle();
    pauseAndResume(run);
    await wire.send('6789');
    await wire.close();
    expect(wire.ranges.slice(1).map(([range]) => range)).toEqual([
      'bytes=4-',
      'bytes=4-',
      'bytes=6-',
      'bytes=6-',
    ]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false });
    expect(job.getSnapshot().attempt).toBe(6);
  });

  test('in `onChunk` keeps the chunk that was announced', async () => {
    const wire = createFileWire([whole, part(4)]);
    let sum = 0;
    const job = createDownload('/data.csv', {
      ...wire.options,
      resumable: true,
      onChunk(bytes, { loaded }) {
        sum += bytes.length;
        if (loaded === 4) job.pause();
      },
    });
    const end = job.start();
    await wire.send('0123');
    expect(job.getSnapshot()).toMatchObject({ status: 'paused', loaded: 4 });
    job.resume();
    await wire.send('456789');
    await wire.close();
    expect(wire.ranges[1]).toEqual(['bytes=4-', '"v1"']);
    const { result, restarted } = await end;
    expect([await result?.text(), restarted, sum]).toEqual(['0123456789', false, 10]);
  });

  test('called twice needs one `resume()`; both mean nothing elsewhere', async () => {
    const wire = createFileWire([whole]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    job.pause();
    job.resume();
    expect(job.getSnapshot().status).toBe('idle');
    const end = job.start();
    job.pause();
    job.pause();
    job.resume();
    job.resume();
    await wire.send('0123456789');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', attempt: 2 });
    expect(wire.requests).toHaveLength(1);
    job.pause();
    expect(job.getSnapshot().status).toBe('done');
  });

  test('goes on with the request of this start, whatever URL and body the options have now', async () => {
    const wire = createFileWire([whole, part(4)]);
    const { environment } = wire;
    const job = manageDownload({
      url: '/one',
      options: {
        environment,
        resumable: true,
        method: 'PUT',
        body: 'one',
        headers: { 'x-t': '1' },
      },
    });
    const end = job.start();
    await wire.send('0123');
    job.pause();
    job.setOptions({
      url: '/two',
      options: { environment, resumable: true, method: 'POST', body: '2', headers: { 'x-t': '2' } },
    });
    job.resume();
    await wire.send('456789');
    await wire.close();
    expect(wire.requests[1]).toMatchObject({ url: '/one', method: 'PUT', body: 'one' });
    expect(wire.requests[1]?.headers.get('x-t')).toBe('2');
    expect(await end).toMatchObject({ status: 'done', restarted: false, fileName: 'named.csv' });
  });
});

describe('`pause()` without `resumable`', () => {
  test('keeps nothing: the file is loaded again, visibly', async () => {
    const run = await begin([whole], { resumable: false });
    pauseAndResume(run);
    await run.wire.send('01');
    await run.wire.environment.advance(16);
    expect(run.job.getSnapshot()).toMatchObject({ loaded: 2, restarted: true });
    await run.wire.send('23456789');
    await run.wire.close();
    expect(run.wire.ranges).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true });
  });
});

describe('a resumed download restarts visibly', () => {
  test.each<[string, ScriptedAnswer]>([
    ['when the file has changed', { headers: { etag: '"v2"', 'content-length': '10' } }],
    ['when the server does not know ranges', { headers: { 'content-length': '10' } }],
    ['with the ETag it had, answered in full', whole],
  ])('%s', async (_, second) => {
    const run = await begin([whole, second]);
    const { wire, job } = run;
    pauseAndResume(run);
    await wire.environment.settle();
    expect(job.getSnapshot()).toMatchObject({ status: 'open', loaded: 0, restarted: true });
    await wire.send('abcdefghij');
    await wire.close();
    expect(wire.ranges[1]).toEqual(['bytes=4-', '"v1"']);
    expect(await ended(run)).toMatchObject({ text: 'abcdefghij', restarted: true, total: 10 });
  });

  test.each([
    ['a weak ETag', { etag: 'W/"v1"' }],
    ['no validator', {}],
    ['an ETag without quotes', { etag: 'v1' }],
    [
      'Last-Modified in the second of its Date',
      {
        'last-modified': 'Fri, 20 Nov 2026 10:00:00 GMT',
        date: 'Fri, 20 Nov 2026 10:00:00 GMT',
      },
    ],
    ['an encoded body', { etag: '"v1"', 'content-encoding': 'gzip' }],
  ])('when it began with %s', async (_, headers) => {
    const run = await begin([{ headers }]);
    pauseAndResume(run);
    await run.wire.send('0123456789');
    await run.wire.close();
    expect(run.wire.ranges[1]).toEqual(['bytes=0-', undefined]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true });
  });

  test('when the whole of it comes as a 206', async () => {
    const run = await begin([{ headers: {} }, part(0)]);
    pauseAndResume(run);
    await run.wire.send('0123456789');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true });
  });

  test('and can be resumed again afterwards, by the new validator', async () => {
    const run = await begin([whole, { headers: { etag: '"v2"' } }, part(4, { etag: '"v2"' })]);
    pauseAndResume(run);
    await run.wire.send('abcd');
    pauseAndResume(run);
    await run.wire.send('efghij');
    await run.wire.close();
    expect(run.wire.ranges[2]).toEqual(['bytes=4-', '"v2"']);
    expect(await ended(run)).toMatchObject({ text: 'abcdefghij', restarted: true });
  });

  test('and not any more in the next start', async () => {
    const run = await begin([{}]);
    pauseAndResume(run);
    await run.wire.send('0');
    await run.wire.close();
    expect((await ended(run)).restarted).toBe(true);
    const end = run.job.start();
    await run.wire.close();
    expect((await end).restarted).toBe(false);
  });
});

describe('Last-Modified', () => {
  const headers = {
    'last-modified': 'Fri, 20 Nov 2026 10:00:00 GMT',
    date: 'Fri, 20 Nov 2026 10:00:01 GMT',
  };

  test('a second older than the Date is a validator on the own origin', async () => {
    const run = await begin([{ headers }, part(4, { etag: '' })]);
    pauseAndResume(run);
    await run.wire.send('456789');
    await run.wire.close();
    expect(run.wire.ranges[1]).toEqual(['bytes=4-', headers['last-modified']]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false });
  });

  test.each([
    ['of another origin', 'http://other.test/data.csv', {}],
    ['reached by a redirect to another origin', '/data.csv', { isCors: true }],
  ])('is none %s', async (_, url, answer) => {
    const wire = createFileWire([{ headers, ...answer }], { baseUrl: 'http://page.test/' });
    const job = createDownload(url, { ...wire.options, resumable: true });
    void job.start();
    await wire.send('0123');
    job.pause();
    job.resume();
    await wire.environment.settle();
    expect(wire.ranges[1]).toEqual(['bytes=0-', undefined]);
    job.abort();
  });
});

describe('an answer of a file that has changed begins the download again, visibly', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a later start', { 'content-range': 'bytes 5-9/10' }, /begins at 5 and not at 4/],
    ['another length of the file', { 'content-range': 'bytes 4-11/12' }, /12 bytes and had 10/],
    ['another ETag', { etag: '"v2"' }, /another version/],
    ['a weak ETag', { etag: 'W/"v1"' }, /another version/],
  ])('%s', async (_, headers, message) => {
    const run = await begin([whole, part(4, headers), { headers: { etag: '"v2"' } }]);
    pauseAndResume(run);
    await run.wire.send('abcdefghij');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ status: 'done', text: 'abcdefghij', restarted: true });
    expect(run.wire.ranges.at(-1)).toEqual(['bytes=0-', undefined]);
    expect(run.wire.errors).toMatchObject([{ code: 'range', status: 206 }]);
    expect(run.wire.errors[0]?.message).toMatch(message);
    expect(run.wire.requests[1]?.isAborted).toBe(true);
  });

  test('three times by itself, and then fails', async () => {
    const versions = Array.from({ length: 8 }, (_, version): ScriptedAnswer => {
      const first = version % 2 === 0 ? 0 : 4;
      const last = version % 2 === 0 ? 3 : 9;
      return {
        status: 206,
        headers: { 'content-range': `bytes ${first}-${last}/10`, etag: `"${version}"` },
        body: '0123',
      };
    });
    const wire = createFileWire(versions);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'range' } });
    expect(wire.requests).toHaveLength(8);
  });
});

describe('an answer that begins earlier than asked', () => {
  test('is used from the right byte on, and announced so', async () => {
    const run = await begin([whole, part(0), part(0)]);
    pauseAndResume(run);
    await run.wire.send('01', '23456', '789');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false });
    expect(run.wire.chunks).toEqual([
      ['0123', 4],
      ['456', 7],
      ['789', 10],
    ]);
  });
});

describe('a server that gives less than was asked for', () => {
  const slice = (first: number, last: number, length: number | '*' = 10): FileAnswer => ({
    status: 206,
    headers: { 'content-range': `bytes ${first}-${last}/${length}`, etag: '"v1"' },
    body: '0123456789'.slice(first, last + 1),
  });

  test('is asked for the rest, until all is there, within one attempt', async () => {
    const wire = createFileWire([slice(0, 3), slice(4, 7), slice(8, 9)]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const run = { wire, job, end: job.start() };
    expect(await ended(run)).toMatchObject({
      status: 'done',
      text: '0123456789',
      endedBy: 'length',
      restarted: false,
      attempt: 1,
    });
    expect(wire.ranges).toEqual([
      ['bytes=0-', undefined],
      ['bytes=4-', '"v1"'],
      ['bytes=8-', '"v1"'],
    ]);
    expect(wire.log).toEqual([
      'idle -> connecting',
      'connecting -> open',
      'opened with 206',
      'open -> done',
    ]);
  });

  test('of a file of unknown length is asked until it has no more', async () => {
    const end: ScriptedAnswer = { status: 416, headers: { 'content-range': 'bytes */10' } };
    const hidden: ScriptedAnswer = { status: 416 };
    for (const last of [end, hidden]) {
      const wire = createFileWire([slice(0, 3, '*'), slice(4, 9, '*'), last]);
      const job = createDownload('/data.csv', { ...wire.options, resumable: true });
      const done = job.start();
      await wire.close();
      const run = { wire, job, end: done };
      expect(await ended(run)).toMatchObject({ text: '0123456789', endedBy: 'length' });
      expect(wire.requests).toHaveLength(3);
    }
  });

  test('and names no validator is asked once more without Range', async () => {
    const bare = { status: 206, headers: { 'content-range': 'bytes 0-3/10' }, body: '0123' };
    const wire = createFileWire([bare, { body: '0123456789' }]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const run = { wire, job, end: job.start() };
    expect(await ended(run)).toMatchObject({ text: '0123456789', attempt: 2, endedBy: 'close' });
    expect(wire.ranges.at(-1)).toEqual([undefined, undefined]);
  });

  test('is not asked again for what may be sent once only', async () => {
    const wire = createFileWire([slice(0, 3)]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true, method: 'POST' });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'range' } });
    expect(wire.requests).toHaveLength(1);
  });

  test('and brings no byte further is `truncated`', async () => {
    const wire = createFileWire([slice(0, 3), { ...slice(4, 7), body: '' }]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'truncated' } });
  });
});

describe('a first 206 whose Content-Range CORS hides', () => {
  const hidden: FileAnswer = {
    status: 206,
    isCors: true,
    headers: { 'content-length': '4' },
    body: '0123',
  };

  test('is asked for once more without Range, and said to development', async () => {
    const wire = createFileWire([
      hidden,
      { isCors: true, headers: { etag: '"v1"' }, body: '0123456789' },
    ]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const run = { wire, job, end: job.start() };
    expect(await ended(run)).toMatchObject({ text: '0123456789', attempt: 2, restarted: false });
    expect(wire.ranges).toEqual([
      ['bytes=0-', undefined],
      [undefined, undefined],
    ]);
    expect(wire.requests.map(({ init }) => init.cache)).toEqual([undefined, 'no-store']);
    expect(wire.environment.warnings.join()).toContain(
      'Access-Control-Expose-Headers: Content-Range, ETag',
    );
  });

  test('goes on as not resumable', async () => {
    const wire = createFileWire([hidden, { isCors: true, headers: { etag: '"v1"' } }]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const run = { wire, job, end: job.start() };
    await wire.environment.settle();
    await wire.send('0123');
    pauseAndResume(run);
    await wire.send('0123456789');
    await wire.close();
    expect(wire.ranges.slice(1)).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true });
  });

  test('is `range` where the request may be sent once only, or is answered so again', async () => {
    for (const method of ['GET', 'POST']) {
      const wire = createFileWire([hidden]);
      const job = createDownload('/data.csv', { ...wire.options, resumable: true, method });
      expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'range' } });
      expect(wire.requests).toHaveLength(method === 'GET' ? 2 : 1);
    }
  });

  test('is read where the size header names what it declares', async () => {
    const sized = (length: string): FileAnswer => ({
      ...hidden,
      headers: { 'content-length': length, 'x-size': '10' },
      body: '0123456789',
    });
    const wire = createFileWire([sized('10')]);
    const job = createDownload('/data.csv', {
      ...wire.options,
      resumable: true,
      sizeHeader: 'X-Size',
    });
    const run = { wire, job, end: job.start() };
    expect(await ended(run)).toMatchObject({ text: '0123456789', endedBy: 'length', attempt: 1 });
  });
});

describe('a first ranged request that cannot be served', () => {
  test.each<[string, ScriptedAnswer]>([
    ['by the engine, which fails before an answer', 'refused'],
    ['by a server that sends the part encoded', part(0, { 'content-encoding': 'gzip' })],
    ['by a server that sends another part', part(4)],
    ['by a server whose range makes no sense', part(0, { 'content-range': 'bytes 9-4/10' })],
    [
      'by a server that knows another length',
      { status: 416, headers: { 'content-range': 'bytes */10' } },
    ],
  ])('%s, is repeated once without Range', async (_, first) => {
    const wire = createFileWire([
      first,
      { headers: { 'content-encoding': 'gzip' }, body: '0123456789' },
    ]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const end = job.start();
    await wire.close();
    const run = { wire, job, end };
    expect(await ended(run)).toMatchObject({ text: '0123456789', attempt: 2 });
    expect(wire.ranges).toEqual([
      ['bytes=0-', undefined],
      [undefined, undefined],
    ]);
  });
});

describe('`resume()` after a failure', () => {
  test('goes on with a fresh URL where the signed one has expired', async () => {
    let signature = 0;
    const wire = createFileWire([whole, { status: 403 }, part(4)]);
    const job = createDownload(() => `/data.csv?signature=${(signature += 1)}`, {
      ...wire.options,
      resumable: true,
      retry: { baseDelayMs: 1 },
    });
    const end = job.start();
    await wire.send('0123');
    await wire.drop();
    await wire.environment.advance(100);
    await wire.close();
    expect(await end).toMatchObject({ status: 'failed', error: { status: 403 }, loaded: 4 });
    const resumed = job.resume();
    expect(job.getSnapshot()).toMatchObject({ status: 'connecting', loaded: 4, attempt: 1 });
    await wire.send('456789');
    await wire.close();
    const run = { wire, job, end: resumed };
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false });
    expect(wire.requests.map(({ url }) => url.slice(-1))).toEqual(['1', '2', '3']);
    expect(wire.ranges.at(-1)).toEqual(['bytes=4-', '"v1"']);
  });

  test('asks the newest URL that the component gave', async () => {
    const wire = createFileWire([whole, { status: 403 }, part(4)]);
    const given = { url: '/data.csv?signature=1', options: { ...wire.options, resumable: true } };
    const job = manageDownload(given);
    const end = job.start();
    await wire.send('0123');
    await wire.drop();
    expect((await end).status).toBe('failed');
    job.setOptions({ ...given, url: '/data.csv?signature=2' });
    const resumed = job.resume();
    await wire.close();
    expect((await resumed).error).toMatchObject({ status: 403 });
    job.setOptions({ ...given, url: '/data.csv?signature=3' });
    const last = job.resume();
    await wire.send('456789');
    await wire.close();
    expect(await last).toMatchObject({ status: 'done', loaded: 10 });
    expect(wire.requests.map(({ url }) => url.slice(-1))).toEqual(['1', '2', '3']);
  });

  test('goes on after an hour without the network', async () => {
    const run = await begin([whole, 'refused', 'refused', 'refused', part(4)], {
      retry: { baseDelayMs: 1 },
    });
    await run.wire.drop();
    await run.wire.environment.advance(3_600_000);
    expect(await run.end).toMatchObject({ status: 'failed', loaded: 4 });
    const end = run.job.resume();
    await run.wire.environment.settle();
    await run.wire.send('456789');
    await run.wire.close();
    expect(await ended({ ...run, end })).toMatchObject({ text: '0123456789', restarted: false });
  });

  test('sends what may be sent once only again, with the same key: it counts as a start', async () => {
    let keys = 0;
    const run = await begin([whole, part(4)], {
      method: 'POST',
      headers: () => ({ 'idempotency-key': String((keys += 1)) }),
    });
    await run.wire.drop();
    const end = run.job.resume();
    await run.wire.send('456789');
    await run.wire.close();
    expect(await ended({ ...run, end })).toMatchObject({ text: '0123456789' });
    expect(run.wire.requests.map(({ headers }) => headers.get('idempotency-key'))).toEqual([
      '1',
      '1',
    ]);
  });

  test('goes on in the sink, which is kept open, and let go by `reset()`', async () => {
    const written: string[] = [];
    const stream = () =>
      new WritableStream<Uint8Array>({
        write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
        close: () => void written.push('close'),
        abort: () => void written.push('abort'),
      });
    const fail = async () => {
      const wire = createFileWire([whole, part(4)]);
      const options = { ...wire.options, resumable: true, saveTo: stream() };
      const job = createDownload('/data.csv', options);
      const end = job.start();
      await wire.send('0123');
      await wire.drop();
      expect((await end).status).toBe('failed');
      return { wire, job };
    };
    const first = await fail();
    const resumed = first.job.resume();
    await first.wire.send('456789');
    await first.wire.close();
    expect((await resumed).status).toBe('done');

    const second = await fail();
    second.job.reset();
    await second.wire.environment.settle();
    expect(written).toEqual(['0123', '456789', 'close', '0123', 'abort']);
  });

  test('changes nothing where nothing was kept, and `start()` begins anew', async () => {
    const run = await begin([{ headers: {} }, whole]);
    await run.wire.drop();
    expect((await run.end).status).toBe('failed');
    expect((await run.job.resume()).status).toBe('failed');
    expect(run.wire.requests).toHaveLength(1);

    const kept = await begin([whole, whole]);
    await kept.wire.drop();
    await kept.end;
    const end = kept.job.start();
    await kept.wire.send('0123456789');
    await kept.wire.close();
    expect(kept.wire.ranges.at(-1)).toEqual(['bytes=0-', undefined]);
    expect(await ended({ ...kept, end })).toMatchObject({ status: 'done', restarted: false });
  });

  test('is over once the component is gone', async () => {
    const wire = createFileWire([whole]);
    const options = { environment: wire.environment, resumable: true };
    const job = manageDownload({ url: '/data.csv', options });
    job.retain();
    await wire.environment.settle();
    const end = job.start();
    await wire.send('0123');
    await wire.drop();
    expect((await end).status).toBe('failed');
    job.release();
    await wire.environment.settle();
    expect((await job.resume()).status).toBe('failed');
    expect(wire.requests).toHaveLength(1);
  });
});

describe('the sizes that answers named', () => {
  const sized = (size: number): FileAnswer => ({
    headers: { 'x-size': String(size) },
    body: '0123456789',
  });

  test('must be there: less is `truncated`', async () => {
    const wire = createFileWire([sized(12)]);
    const job = createDownload('/data.csv', { ...wire.options, sizeHeader: 'X-Size' });
    const { status, error } = await job.start();
    expect([status, error?.code]).toEqual(['failed', 'truncated']);
    expect(error?.message).toBe('The body ended after 10 of 12 bytes.');
  });

  test('are those of every answer: a later part may name one', async () => {
    const run = await begin([{ headers: { etag: '"v1"' } }, part(4, { 'x-size': '12' })], {
      sizeHeader: 'X-Size',
    });
    pauseAndResume(run);
    await run.wire.send('456789');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ status: 'failed', error: { code: 'truncated' } });
  });

  test('of a gzip body cut halfway, which ends cleanly in Firefox, decide', async () => {
    const wire = createFileWire([
      { headers: { 'content-encoding': 'gzip', 'x-size': '10' }, body: '01234' },
      { headers: { 'content-encoding': 'gzip', 'x-size': '10' }, body: '0123456789' },
    ]);
    const job = createDownload('/data.csv', {
      ...wire.options,
      sizeHeader: 'X-Size',
      retry: { baseDelayMs: 1 },
    });
    const end = job.start();
    await wire.environment.advance(100);
    const run = { wire, job, end };
    expect(await ended(run)).toMatchObject({ text: '0123456789', attempt: 2, endedBy: 'length' });
    expect(wire.log).toContain('truncated, will retry');
  });

  test('hold across origins for an answer to a range request: browsers ask for those unencoded', async () => {
    const wire = createFileWire([
      { isCors: true, headers: { 'content-length': '10' }, body: '01234' },
    ]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'truncated' } });
  });
});

describe('an answer that cannot continue the download is a `range` error', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a Content-Encoding', { 'content-encoding': 'gzip' }, /Content-Encoding/],
    ['several parts', { 'content-type': 'multipart/byteranges; boundary=x' }, /several parts/],
    ['a Content-Range without sense', { 'content-range': 'bytes 9-4/10' }, /makes no sense/],
    ['another unit', { 'content-range': 'items 4-9/10' }, /makes no sense/],
  ])('%s', async (_, headers, message) => {
    const run = await begin([{ ...whole, ...part(0) }, part(4, headers)]);
    pauseAndResume(run);
    const { status, error, loaded, restarted } = await ended(run);
    expect([status, error?.code, loaded, restarted]).toEqual(['failed', 'range', 4, false]);
    expect(error).toMatchObject({
      status: 206,
      attempt: 2,
      message: expect.stringMatching(message),
    });
    expect(run.wire.requests[1]?.isAborted).toBe(true);
  });

  test('a Content-Range that CORS hides, with the header that would show it', async () => {
    const run = await begin([whole, { status: 206, headers: {} }]);
    pauseAndResume(run);
    const { error } = await ended(run);
    expect(error?.code).toBe('range');
    expect(run.wire.environment.warnings.join()).toContain(
      'Access-Control-Expose-Headers: Content-Range',
    );
  });

  test('a body longer than its Content-Range', async () => {
    const run = await begin([whole, part(4)]);
    pauseAndResume(run);
    await run.wire.send('456789ab');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ status: 'failed', error: { code: 'range' } });
  });

  test('a body shorter than its Content-Range is truncated', async () => {
    for (const length of ['10', '*']) {
      const run = await begin([whole, part(4, { 'content-range': `bytes 4-9/${length}` })]);
      pauseAndResume(run);
      await run.wire.send('45');
      await run.wire.close();
      const { error, status } = await ended(run);
      expect([status, error?.code]).toEqual(['failed', 'truncated']);
      expect(error?.message).toContain('6 of 10 bytes');
    }
  });

  test('no content at all', async () => {
    const run = await begin([whole, { status: 204 }]);
    pauseAndResume(run);
    expect(await ended(run)).toMatchObject({ status: 'failed', error: { code: 'range' } });
  });

  test('is not retried, and is the end of a request without Range too', async () => {
    const wire = createFileWire([part(4)]);
    const job = createDownload('/data.csv', { ...wire.options, resumable: true, retry: {} });
    expect(await job.start()).toMatchObject({ status: 'failed', error: { code: 'range' } });
    expect(wire.requests).toHaveLength(2);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('416', () => {
  const unsatisfiable = (range: string | null): ScriptedAnswer => ({
    status: 416,
    headers: { ...(range !== null && { 'content-range': range }), 'content-type': 'text/html' },
    body: '<p>no such range',
  });

  test('with `*/received` says that all is there', async () => {
    const { 'content-length': _, ...headers } = whole.headers;
    const run = await begin([{ headers }, unsatisfiable('bytes */4')]);
    pauseAndResume(run);
    expect(await ended(run)).toMatchObject({
      status: 'done',
      endedBy: 'length',
      text: '0123',
      type: 'text/csv',
      fileName: 'named.csv',
      loaded: 4,
      total: 4,
      progress: 1,
      error: null,
    });
  });

  test.each([
    ['if it names the length', [unsatisfiable('bytes */0')]],
    // A server that refuses ranges may answer the same, so the file is asked for without one.
    ['if it hides the length and all of it is empty', [unsatisfiable(null), { body: '' }]],
  ])('to the first request is a file of zero bytes, %s', async (_, answers) => {
    const wire = createFileWire(answers);
    const job = createDownload('/empty.txt', { ...wire.options, resumable: true });
    const { result, ...last } = await job.start();
    expect([result?.size, result?.type]).toEqual([0, '']);
    expect(last).toMatchObject({
      status: 'done',
      loaded: 0,
      total: 0,
      progress: 1,
      percent: 100,
      fileName: 'empty.txt',
    });
  });

  test('with another length asks for all, once', async () => {
    const run = await begin([whole, unsatisfiable('bytes */3'), { body: 'abc' }]);
    pauseAndResume(run);
    expect(await ended(run)).toMatchObject({ status: 'done', text: 'abc', restarted: true });
    expect(run.wire.ranges).toEqual([
      ['bytes=0-', undefined],
      ['bytes=4-', '"v1"'],
      ['bytes=0-', undefined],
    ]);
    expect(run.wire.log).toContain('http-status, will retry');

    const stubborn = await begin([whole, unsatisfiable('bytes */3')]);
    pauseAndResume(stubborn);
    expect(await ended(stubborn)).toMatchObject({ status: 'failed', error: { status: 416 } });
    expect(stubborn.wire.requests).toHaveLength(3);
  });

  test('to a download that sends no Range is an error', async () => {
    const wire = createFileWire([unsatisfiable('bytes */0')]);
    const job = createDownload('/empty.txt', wire.options);
    expect(await job.start()).toMatchObject({ status: 'failed', error: { status: 416 } });
  });
});

describe('a cross-origin attempt with If-Range that is refused before an answer', () => {
  const url = 'http://other.test/data.csv';

  async function refused(answers: readonly ScriptedAnswer[], options: DownloadOptions = {}) {
    const wire = createFileWire([whole, 'refused', ...answers], { baseUrl: 'http://page.test/' });
    const job = createDownload(url, { ...wire.options, resumable: true, ...options });
    const end = job.start();
    await wire.send('0123');
    job.pause();
    job.resume();
    await wire.environment.settle();
    return { wire, job, end };
  }

  test('is followed by one that asks for all, which restarts visibly', async () => {
    const run = await refused([whole]);
    await run.wire.send('0123456789');
    await run.wire.close();
    expect(run.wire.ranges).toEqual([
      ['bytes=0-', undefined],
      ['bytes=4-', '"v1"'],
      ['bytes=0-', undefined],
    ]);
    expect(run.wire.log).toContain('network, will retry');
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true, attempt: 3 });
  });

  test('is tried with If-Range again the next time: it may have been the network', async () => {
    const run = await refused([whole, part(6)]);
    await run.wire.send('012345');
    run.job.pause();
    run.job.resume();
    await run.wire.send('6789');
    await run.wire.close();
    expect(run.wire.ranges.at(-1)).toEqual(['bytes=6-', '"v1"']);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true, attempt: 4 });
  });

  test('loses nothing to a server that was down: what is kept is kept until an answer', async () => {
    const run = await refused(['refused', part(4)], { retry: { baseDelayMs: 1 } });
    expect(run.job.getSnapshot()).toMatchObject({ status: 'waiting', loaded: 4, restarted: false });
    await run.wire.environment.advance(100);
    await run.wire.send('456789');
    await run.wire.close();
    expect(run.wire.ranges.map(([range]) => range)).toEqual([
      'bytes=0-',
      'bytes=4-',
      'bytes=0-',
      'bytes=4-',
    ]);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false });
  });

  test('keeps what is there through a pause before the answer', async () => {
    const run = await refused(['refused'], { retry: { baseDelayMs: 1 } });
    run.job.pause();
    expect(run.job.getSnapshot()).toMatchObject({ status: 'paused', loaded: 4 });
    run.job.abort();
    expect(leftOfFiles(run.wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('counts as one of another origin where a redirect led there', async () => {
    const wire = createFileWire([{ ...whole, isCors: true }, 'refused', whole], {
      baseUrl: 'http://page.test/',
    });
    const job = createDownload('/data.csv', { ...wire.options, resumable: true });
    const end = job.start();
    await wire.send('0123');
    job.pause();
    job.resume();
    await wire.send('0123456789');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: true });
  });

  test('on the own origin is a plain network error', async () => {
    const run = await begin([whole, 'refused']);
    pauseAndResume(run);
    expect(await ended(run)).toMatchObject({ status: 'failed', error: { code: 'network' } });
    expect(run.wire.requests).toHaveLength(2);
  });
});

describe('`retry` of a download', () => {
  test('is off unless asked for', async () => {
    const run = await begin([whole]);
    await run.wire.drop();
    const { status, error, loaded } = await ended(run);
    expect([status, error?.code, loaded]).toEqual(['failed', 'truncated', 4]);
  });

  test('goes on in place after a drop', async () => {
    const run = await begin([whole, part(4), part(6)], { retry: { baseDelayMs: 1 } });
    const { wire, job } = run;
    await wire.drop();
    expect(job.getSnapshot()).toMatchObject({
      status: 'waiting',
      loaded: 4,
      error: { code: 'truncated' },
    });
    await wire.environment.advance(100);
    await wire.send('45');
    await wire.drop();
    await wire.environment.advance(100);
    await wire.send('6789');
    await wire.close();
    expect(wire.ranges.map(([range]) => range)).toEqual(['bytes=0-', 'bytes=4-', 'bytes=6-']);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false, attempt: 3 });
  });

  test('counts from zero again with every byte that is kept', async () => {
    const answers = [whole, ...[4, 5, 6, 7, 8, 9].map((first) => part(first))];
    const run = await begin(answers, { retry: { baseDelayMs: 1, maxAttempts: 2 } });
    for (const byte of '456789') {
      await run.wire.drop();
      await run.wire.environment.advance(200);
      await run.wire.send(byte);
    }
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ status: 'done', text: '0123456789', attempt: 7 });
  });

  test('gives up after four requests in a row', async () => {
    const run = await begin([whole, 'refused'], { retry: { baseDelayMs: 1 } });
    await run.wire.drop();
    await run.wire.environment.advance(10_000);
    const { error, loaded } = await ended(run);
    expect(error).toMatchObject({ code: 'retries-exhausted', attempt: 4 });
    expect(loaded).toBe(4);
  });

  test('loads again from 0, visibly, what is not resumable', async () => {
    const run = await begin([whole], { resumable: false, retry: { baseDelayMs: 1 } });
    await run.wire.drop();
    expect(run.job.getSnapshot().restarted).toBe(false);
    await run.wire.environment.advance(100);
    await run.wire.send('0123456789');
    await run.wire.close();
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: true });
  });

  test('refreshes credentials once between two answers that open', async () => {
    let refreshes = 0;
    const refused = { status: 401 };
    const wire = createFileWire([refused, whole, refused, part(4)]);
    const job = createDownload('/data.csv', {
      ...wire.options,
      resumable: true,
      onUnauthorized: () => void (refreshes += 1),
    });
    const run = { wire, job, end: job.start() };
    await wire.close();
    await wire.send('0123');
    pauseAndResume(run);
    await wire.close();
    await wire.send('456789');
    await wire.close();
    expect(refreshes).toBe(2);
    expect(await ended(run)).toMatchObject({ text: '0123456789', restarted: false, attempt: 4 });
  });

  test('asks for fresh headers every time', async () => {
    let token = 0;
    const headers = () => ({ authorization: String((token += 1)) });
    const run = await begin([whole, part(4)], { headers, retry: { baseDelayMs: 1 } });
    await run.wire.drop();
    await run.wire.environment.advance(100);
    const sent = (wire: FileWire) => wire.requests.map((each) => each.headers.get('authorization'));
    expect(sent(run.wire)).toEqual(['1', '2']);
    run.job.abort();
  });
});
