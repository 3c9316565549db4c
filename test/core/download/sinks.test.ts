import { createDownload, type DownloadSink, type DownloadToSinkOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import {
  createFileWire,
  leftOfFiles,
  NOTHING_LEFT_OF_FILES,
  type ScriptedAnswer,
} from '../../support/file-wire.ts';

/** A sink that writes down what happens to it. */
function createRecordingSink(
  steps: {
    readonly write?: () => void | Promise<void>;
    readonly close?: () => void | Promise<void>;
  } = {},
) {
  const log: string[] = [];
  const stream = new WritableStream<Uint8Array>({
    async write(bytes) {
      log.push(`write ${new TextDecoder().decode(bytes)}`);
      await steps.write?.();
    },
    async close() {
      log.push('close');
      await steps.close?.();
    },
    abort(reason) {
      log.push(`abort ${reason?.code ?? reason}`);
    },
  });
  return { stream, log };
}

type Command =
  | Uint8Array
  | { readonly type: 'truncate'; readonly size: number }
  | { readonly type: 'seek'; readonly position: number };

/** A stream as the File System Access API gives it: commands are written in order with the data. */
class FileStream extends WritableStream {
  constructor(content: { text: string }, log: string[]) {
    let position = 0;
    super({
      write(command: Command) {
        if (ArrayBuffer.isView(command)) {
          const text = new TextDecoder().decode(command);
          content.text =
            content.text.slice(0, position) + text + content.text.slice(position + text.length);
          position += text.length;
        } else if (command.type === 'truncate') {
          content.text = content.text.slice(0, command.size);
          log.push('truncate');
        } else {
          position = command.position;
          log.push('seek');
        }
      },
      close: () => void log.push('close'),
      abort: () => void log.push('abort'),
    });
  }

  truncate(size: number): Promise<void> {
    return this.#send({ type: 'truncate', size });
  }

  seek(position: number): Promise<void> {
    return this.#send({ type: 'seek', position });
  }

  async #send(command: Command): Promise<void> {
    // Throws while another writer has the lock, as the real one does.
    const writer = this.getWriter();
    const written = writer.write(command);
    writer.releaseLock();
    await written;
  }
}

function createFileHandle() {
  const content = { text: '' };
  const log: string[] = [];
  return {
    content,
    log,
    handle: { createWritable: async () => new FileStream(content, log) },
  };
}

function gate() {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

function begin(
  options: DownloadToSinkOptions,
  answers: readonly ScriptedAnswer[] = [{}],
  page: Parameters<typeof createFileWire>[1] = {},
) {
  const wire = createFileWire(answers, page);
  const job = createDownload('/file.bin', { ...wire.options, ...options });
  const end = job.start();
  return { wire, job, end };
}

const unopened = () => Promise.reject(new Error('not to be opened'));

describe('a `WritableStream` as `saveTo`', () => {
  test('gets every chunk in order and is closed; there is no result', async () => {
    const { stream, log } = createRecordingSink();
    const { wire, job, end } = begin({ saveTo: stream });
    await wire.send('abc', 'de');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', loaded: 5, total: 5, result: undefined });
    expect(log).toEqual(['write abc', 'write de', 'close']);
    expect(job.save()).toBe(false);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('is closed before the download is done', async () => {
    const closing = gate();
    const { stream, log } = createRecordingSink({ close: () => closing.promise });
    const { wire, job, end } = begin({ saveTo: stream, idleTimeoutMs: 1000 });
    await wire.send('abc');
    await wire.close();
    await wire.environment.advance(60_000);
    expect([log.at(-1), job.getSnapshot().status]).toEqual(['close', 'open']);
    closing.open();
    expect((await end).status).toBe('done');
  });

  test('is closed once, though a pause comes while it is being closed', async () => {
    const closing = gate();
    const { stream, log } = createRecordingSink({ close: () => closing.promise });
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, [
      { headers: { etag: '"v1"' } },
    ]);
    await wire.send('abc');
    await wire.close();
    job.pause();
    job.resume();
    await wire.environment.settle();
    closing.open();
    expect(await end).toMatchObject({ status: 'done', loaded: 3, restarted: false });
    expect(log).toEqual(['write abc', 'close']);
    expect(wire.requests).toHaveLength(1);
  });

  test('that is in use fails as `request-setup`, without a request', async () => {
    const { stream } = createRecordingSink();
    const writer = stream.getWriter();
    const { wire, end } = begin({ saveTo: stream });
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'request-setup' } });
    expect(wire.requests).toHaveLength(0);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
    writer.releaseLock();
  });

  test('goes on after a pause where it stood', async () => {
    const { stream, log } = createRecordingSink();
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, [
      { headers: { etag: '"v1"' } },
      { status: 206, headers: { 'content-range': 'bytes 3-4/5' } },
    ]);
    await wire.send('abc');
    job.pause();
    job.resume();
    await wire.send('de');
    await wire.close();
    expect((await end).status).toBe('done');
    expect(log).toEqual(['write abc', 'write de', 'close']);
  });
});

describe('a `WritableStream` that a failure left open to be resumed', () => {
  test('is given up by `abort()`', async () => {
    const { stream, log } = createRecordingSink();
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, [
      { headers: { etag: '"v1"', 'content-length': '5' } },
    ]);
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'truncated' } });
    expect(log).toEqual(['write abc']);
    job.abort();
    await wire.environment.settle();
    expect(log).toEqual(['write abc', 'abort null']);
    expect((await job.resume()).status).toBe('failed');
    expect(wire.requests).toHaveLength(1);
  });
});

describe('a function as `saveTo`', () => {
  test('is not asked if the signal is aborted already', async () => {
    let calls = 0;
    const saveTo = () => {
      calls += 1;
      return createRecordingSink().stream;
    };
    const { end } = begin({ saveTo, signal: AbortSignal.abort() });
    expect(await end).toMatchObject({ status: 'aborted', reason: 'signal' });
    expect(calls).toBe(0);
  });

  test.each<[string, () => unknown]>([
    ['at once', () => undefined],
    ['later', async () => undefined],
  ])('that gives no sink, %s, fails', async (_, saveTo) => {
    // The types refuse it as well.
    const { wire, end } = begin({ saveTo: saveTo as never });
    const { error } = await end;
    expect([error?.code, error?.message]).toEqual([
      'request-setup',
      '`saveTo` failed: it returned no sink.',
    ]);
    expect(wire.requests).toHaveLength(0);
  });
  test('is called synchronously in `start()`, once for all requests of it', async () => {
    const { stream } = createRecordingSink();
    let calls = 0;
    const { wire, job, end } = begin({
      resumable: true,
      saveTo() {
        calls += 1;
        return stream;
      },
    });
    expect(calls).toBe(1);
    await wire.environment.settle();
    job.pause();
    job.resume();
    await wire.environment.settle();
    job.abort();
    expect(await end).toMatchObject({ status: 'aborted' });
    expect(calls).toBe(1);
  });

  test('may wait for a picker: no request is sent before', async () => {
    const { handle, content, log } = createFileHandle();
    const picking = gate();
    const { wire, job, end } = begin({
      connectTimeoutMs: 10,
      saveTo: async () => {
        await picking.promise;
        return handle;
      },
    });
    await wire.environment.advance(60_000);
    expect([job.getSnapshot().status, wire.requests.length]).toEqual(['connecting', 0]);
    picking.open();
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', attempt: 1 });
    expect([content.text, log]).toEqual(['abc', ['close']]);
  });

  test('leaves no open file when the download is aborted before the pick', async () => {
    const { handle, log } = createFileHandle();
    const picking = gate();
    const { wire, job, end } = begin({ saveTo: () => picking.promise.then(() => handle) });
    job.abort();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller' });
    picking.open();
    await wire.environment.settle();
    expect(log).toEqual(['abort']);
    expect(wire.requests).toHaveLength(0);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no disk');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no disk'))],
  ])('that %s fails as `request-setup`, without a request', async (_, saveTo) => {
    const { wire, end } = begin({ saveTo });
    const { status, error } = await end;
    expect([status, error?.code, wire.requests.length]).toEqual(['failed', 'request-setup', 0]);
    expect(error?.message).toContain('`saveTo` failed: no disk.');
    expect(wire.environment.reported).toEqual([]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('that rejects while the download is paused is heard of when it goes on', async () => {
    const { wire, job, end } = begin({ saveTo: unopened });
    job.pause();
    // A rejection that nobody handles fails the whole test run.
    await wire.environment.advance(100);
    expect(job.getSnapshot()).toMatchObject({ status: 'paused', error: null });
    job.resume();
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'request-setup' } });
  });

  test('that failed is called again by a retry', async () => {
    const { stream, log } = createRecordingSink();
    const answers: (() => DownloadSink | Promise<DownloadSink>)[] = [unopened, () => stream];
    let calls = 0;
    const { wire, job, end } = begin({
      retry: { baseDelayMs: 1 },
      saveTo() {
        const answer = answers[calls] ?? unopened;
        calls += 1;
        return answer();
      },
    });
    await wire.environment.settle();
    expect(job.getSnapshot()).toMatchObject({
      status: 'waiting',
      error: { code: 'request-setup' },
    });
    expect(calls).toBe(1);
    await wire.environment.advance(100);
    await wire.send('abc');
    await wire.close();
    expect((await end).status).toBe('done');
    expect([calls, log]).toEqual([2, ['write abc', 'close']]);
  });
});

describe('a file handle as `saveTo`', () => {
  const changed: readonly ScriptedAnswer[] = [
    { headers: { etag: '"v1"' } },
    { headers: { etag: '"v2"' } },
  ];

  test('is cut back when the download begins again at 0', async () => {
    const { handle, content, log } = createFileHandle();
    const { wire, job, end } = begin({ saveTo: handle, resumable: true }, changed);
    await wire.send('old content');
    job.pause();
    job.resume();
    await wire.send('new');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: true, loaded: 3 });
    expect([content.text, log]).toEqual(['new', ['truncate', 'seek', 'close']]);
  });

  test('is cut back once, though a pause comes while it is', async () => {
    const { content, log } = createFileHandle();
    const cutting = gate();
    const file = new FileStream(content, log);
    const stream = Object.assign(file, {
      truncate: async (size: number) => {
        await cutting.promise;
        await FileStream.prototype.truncate.call(file, size);
      },
    });
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, changed);
    await wire.send('old content');
    job.pause();
    job.resume();
    await wire.environment.settle();
    job.pause();
    job.resume();
    await wire.environment.settle();
    expect(wire.requests).toHaveLength(2);
    cutting.open();
    await wire.send('new');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: true, loaded: 3 });
    expect([content.text, log]).toEqual(['new', ['truncate', 'seek', 'close']]);
    expect(wire.ranges.at(-1)).toEqual(['bytes=0-', undefined]);
  });

  test('that is being cut back for an older run touches nothing of the next one', async () => {
    const old = createFileHandle();
    const cutting = gate();
    const oldFile = new FileStream(old.content, old.log);
    const slow = Object.assign(oldFile, {
      truncate: async (size: number) => {
        await cutting.promise;
        await FileStream.prototype.truncate.call(oldFile, size);
      },
    });
    const { handle, content } = createFileHandle();
    const sinks: DownloadSink[] = [slow, handle];
    const { wire, job } = begin({ saveTo: () => sinks.shift() ?? unopened(), resumable: true }, [
      { headers: { etag: '"v1"' } },
      { headers: { etag: '"v2"', 'content-disposition': 'attachment; filename="old.txt"' } },
      { headers: { 'content-length': '6' } },
    ]);
    await wire.send('old content');
    job.pause();
    job.resume();
    await wire.environment.settle();
    const end = job.start();
    await wire.send('new');
    cutting.open();
    await wire.environment.advance(100);
    expect(old.log).toEqual(['truncate', 'seek', 'abort']);
    expect(job.getSnapshot()).toMatchObject({
      status: 'open',
      loaded: 3,
      total: 6,
      restarted: false,
      fileName: 'file.bin',
    });
    job.pause();
    job.resume();
    await wire.send('newest');
    await wire.close();
    expect(wire.ranges.at(-1)).toEqual(['bytes=0-', undefined]);
    expect((await end).status).toBe('done');
    expect(content.text).toBe('newest');
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('makes a new file for every start', async () => {
    const { handle, content, log } = createFileHandle();
    const { wire, job, end } = begin({ saveTo: handle });
    await wire.send('abc');
    const second = job.start();
    await wire.send('xyz');
    await wire.close();
    expect(await end).toMatchObject({ reason: 'superseded' });
    expect((await second).status).toBe('done');
    expect(content.text).toBe('xyz');
    expect(log.toSorted()).toEqual(['abort', 'close']);
  });

  test('a stream that cannot be truncated ends a restart with a `sink` error', async () => {
    const { stream, log } = createRecordingSink();
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, changed);
    await wire.send('old');
    job.pause();
    job.resume();
    const { status, error } = await end;
    expect([status, error?.code]).toEqual(['failed', 'sink']);
    expect(error?.message).toContain('cannot be truncated');
    await wire.environment.settle();
    expect(log).toEqual(['write old', 'abort sink']);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('a stream that was not written to needs no cutting back', async () => {
    const { stream, log } = createRecordingSink();
    const { wire, job, end } = begin({ saveTo: stream }, changed);
    await wire.environment.settle();
    job.pause();
    job.resume();
    await wire.send('new');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: false });
    expect(log).toEqual(['write new', 'close']);
  });
});

describe('an error of the sink', () => {
  const broken = () => {
    throw new Error('disk full');
  };

  test('at a write aborts the request, with code `sink`', async () => {
    const { stream } = createRecordingSink({ write: broken });
    const { wire, end } = begin({ saveTo: stream, retry: {} });
    await wire.send('abc');
    const { status, error } = await end;
    expect([status, error?.code]).toEqual(['failed', 'sink']);
    expect(error?.message).toContain('disk full');
    expect(error?.cause).toBeInstanceOf(Error);
    expect(wire.requests.map(({ isAborted }) => isAborted)).toEqual([true]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('at the end makes a failure of the download', async () => {
    const { stream } = createRecordingSink({ close: broken });
    const { wire, end } = begin({ saveTo: stream });
    await wire.send('abc');
    await wire.close();
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'sink' }, loaded: 3 });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('that nobody waits for, because a callback paused, shows when it goes on', async () => {
    const { stream } = createRecordingSink({ write: broken });
    const wire = createFileWire();
    const job = createDownload('/file.bin', {
      environment: wire.environment,
      saveTo: stream,
      onChunk: () => job.pause(),
    });
    const end = job.start();
    // A rejection that nobody handles fails the whole test run.
    await wire.send('abc');
    await wire.environment.advance(100);
    expect(job.getSnapshot()).toMatchObject({ status: 'paused', loaded: 3 });
    job.resume();
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'sink' } });
  });

  test('while the download is paused shows when it goes on', async () => {
    const writing = gate();
    const { stream } = createRecordingSink({ write: () => writing.promise.then(broken) });
    const { wire, job, end } = begin({ saveTo: stream, resumable: true }, [
      { headers: { etag: '"v1"' } },
      { status: 206, headers: { 'content-range': 'bytes 3-4/5' } },
    ]);
    await wire.send('abc');
    job.pause();
    writing.open();
    await wire.environment.settle();
    expect(job.getSnapshot()).toMatchObject({ status: 'paused', error: null });
    job.resume();
    await wire.send('de');
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'sink' } });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('an end of the request', () => {
  test.each<[string, string, (run: ReturnType<typeof begin>) => void | Promise<void>]>([
    ['a drop', 'network', ({ wire }) => wire.drop()],
    ['`abort()`', 'null', ({ job }) => job.abort()],
    ['`reset()`', 'null', ({ job }) => job.reset()],
    ['the next `start()`', 'null', ({ job }) => void job.start()],
  ])('by %s aborts the sink', async (_, reason, act) => {
    const { stream, log } = createRecordingSink();
    const run = begin({ saveTo: stream });
    await run.wire.send('abc');
    await act(run);
    await run.end;
    await run.wire.environment.settle();
    expect(log).toEqual(['write abc', `abort ${reason}`]);
    run.job.abort();
    expect(leftOfFiles(run.wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('with 404 leaves no file', async () => {
    const { handle, log } = createFileHandle();
    const { wire, end } = begin({ saveTo: handle }, [{ status: 404 }]);
    await wire.close();
    expect(await end).toMatchObject({ status: 'failed', error: { status: 404 } });
    expect(log).toEqual(['abort']);
  });

  test('that will be retried keeps the sink', async () => {
    const { handle, content, log } = createFileHandle();
    const { wire, end } = begin({ saveTo: handle, retry: { baseDelayMs: 1 } });
    await wire.send('abc');
    await wire.drop();
    expect(log).toEqual([]);
    await wire.environment.advance(100);
    await wire.send('abcdef');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', restarted: true });
    expect(content.text).toBe('abcdef');
  });
});

describe('backpressure', () => {
  test('nothing more is read while the sink writes', async () => {
    const writing = gate();
    const { stream, log } = createRecordingSink({ write: () => writing.promise });
    const { wire, job, end } = begin({ saveTo: stream });
    await wire.send('abc', 'def', 'ghi');
    expect(job.getSnapshot().loaded).toBe(3);
    expect(log).toEqual(['write abc']);
    writing.open();
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', loaded: 9 });
    expect(log).toEqual(['write abc', 'write def', 'write ghi', 'close']);
  });

  test('deadlines stand still meanwhile, and run again afterwards', async () => {
    const writing = gate();
    const { stream } = createRecordingSink({ write: () => writing.promise });
    const { wire, job, end } = begin({ saveTo: stream, idleTimeoutMs: 1000 });
    await wire.send('abc');
    await wire.environment.advance(3_600_000);
    expect(job.getSnapshot().status).toBe('open');
    writing.open();
    await wire.environment.settle();
    await wire.environment.advance(999);
    expect(job.getSnapshot().status).toBe('open');
    await wire.environment.advance(1);
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'timeout-idle' } });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('a sink that never takes the chunk does not keep the download from ending', async () => {
    const { stream } = createRecordingSink({ write: () => new Promise(() => {}) });
    const { wire, job, end } = begin({ saveTo: stream });
    await wire.send('abc');
    job.abort();
    expect(await end).toMatchObject({ status: 'aborted' });
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

describe('a picker that the user closes', () => {
  const closed = () => Promise.reject(new DOMException('The user aborted.', 'AbortError'));

  test('ends the download as aborted by the caller, and is opened once, whatever `retry` says', async () => {
    let calls = 0;
    const saveTo = () => {
      calls += 1;
      return closed();
    };
    const { wire, end } = begin({ saveTo, retry: { baseDelayMs: 1 } });
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller', error: null });
    await wire.environment.advance(60_000);
    expect([calls, wire.requests.length, wire.log]).toEqual([
      1,
      0,
      ['idle -> connecting', 'connecting -> aborted'],
    ]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('during a pause is heard of when the download goes on', async () => {
    const { job, end, wire } = begin({ saveTo: closed });
    job.pause();
    await wire.environment.settle();
    void job.resume();
    expect(await end).toMatchObject({ status: 'aborted', reason: 'caller' });
  });
});

describe('`openSink`', () => {
  test('is given name and answer once the headers are good, once for all requests', async () => {
    const { stream, log } = createRecordingSink();
    const targets: unknown[] = [];
    const { wire, job, end } = begin(
      {
        resumable: true,
        openSink({ fileName, response }) {
          targets.push([fileName, response.status]);
          return stream;
        },
      },
      [
        { headers: { etag: '"v1"', 'content-disposition': 'attachment; filename="a.csv"' } },
        { status: 206, headers: { 'content-range': 'bytes 3-4/5' } },
      ],
    );
    await wire.send('abc');
    job.pause();
    void job.resume();
    await wire.send('de');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', result: undefined, loaded: 5 });
    expect([targets, log]).toEqual([[['a.csv', 200]], ['write abc', 'write de', 'close']]);
    expect(job.save()).toBe(false);
  });

  test('is not called for a 404 or a 204: there is no empty file', async () => {
    for (const [status, ending] of [
      [404, 'failed'],
      [204, 'done'],
    ] as const) {
      const { wire, end } = begin({ openSink: unopened }, [{ status }]);
      if (status === 404) await wire.close();
      expect((await end).status).toBe(ending);
    }
  });

  test('that throws fails as `request-setup`', async () => {
    const { wire, end } = begin({ openSink: () => Promise.reject(new Error('no disk')) });
    expect(await end).toMatchObject({
      status: 'failed',
      error: { code: 'request-setup', message: '`openSink` failed: no disk.' },
    });
    expect(wire.requests.map(({ isAborted }) => isAborted)).toEqual([true]);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });
});

test('a file handle that this browser cannot write to is a `sink` error that says so', async () => {
  // A handle of Firefox and WebKit: `getFile` and no `createWritable`.
  const saveTo = { getFile: async () => new Blob() };
  const wire = createFileWire();
  const job: unknown = Reflect.apply(createDownload, null, ['/f', { ...wire.options, saveTo }]);
  // By its type a handle always has it.
  const { status, error } = await (job as ReturnType<typeof createDownload>).start();
  expect([status, error?.code]).toEqual(['failed', 'sink']);
  expect(error?.message).toBe('This browser cannot write to the file handle.');
  expect(wire.requests).toHaveLength(0);
});
