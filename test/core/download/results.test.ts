import { createDownload, type DownloadAs, type StandardSchema } from 'rivulet/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  createFileWire,
  leftOfFiles,
  NOTHING_LEFT_OF_FILES,
  type ScriptedAnswer,
} from '../../support/file-wire.ts';

const MEBI = 1024 * 1024;

async function download<TAs extends DownloadAs>(
  as: TAs,
  chunks: readonly (string | Uint8Array)[],
  answers: readonly ScriptedAnswer[] = [{}],
  retry: { readonly shouldRetry: () => boolean; readonly maxAttempts: number } | false = false,
) {
  const wire = createFileWire(answers);
  const job = createDownload('/file', { ...wire.options, as, retry });
  const end = job.start();
  await wire.send(...chunks);
  await wire.close();
  return { wire, job, end };
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("as: 'blob'", () => {
  test('is the default, with the type of the answer', async () => {
    const { wire, end } = await download(
      'blob',
      ['abc', 'def'],
      [{ headers: { 'content-type': 'text/csv; charset=utf-8' } }],
    );
    const { result } = await end;
    expect([await result?.text(), result?.type]).toEqual(['abcdef', 'text/csv; charset=utf-8']);
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('is made of parts of 8 MiB, which leave the memory of the script', async () => {
    const sizes: number[] = [];
    const NativeBlob = Blob;
    vi.stubGlobal(
      'Blob',
      class extends NativeBlob {
        constructor(parts: BlobPart[] = [], options: BlobPropertyBag = {}) {
          super(parts, options);
          sizes.push(this.size);
        }
      },
    );
    const chunk = new Uint8Array(3 * MEBI).fill(7);
    const { end } = await download(
      'blob',
      Array.from({ length: 7 }, () => chunk),
    );
    expect((await end).result?.size).toBe(21 * MEBI);
    expect(sizes).toEqual([9, 9, 3, 21].map((size) => size * MEBI));
  });

  test('that the browser has no room for is an error, not a result', async () => {
    const NativeBlob = Blob;
    vi.stubGlobal(
      'Blob',
      class extends NativeBlob {
        override slice(): Blob {
          return new (class extends NativeBlob {
            override async arrayBuffer(): Promise<ArrayBuffer> {
              throw new DOMException('The requested file could not be read.', 'NotReadableError');
            }
          })();
        }
      },
    );
    const { wire, end } = await download('blob', ['abc', 'def']);
    const { status, result, error } = await end;
    expect({ status, result, code: error?.code }).toEqual({
      status: 'failed',
      result: undefined,
      code: 'sink',
    });
    expect(error?.message).toBe('The browser has no room for a Blob of 6 bytes.');
    expect(wire.environment.warnings.join()).toContain('use a file handle');
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('of an empty file is an empty Blob, and done is all of it', async () => {
    const { end } = await download('blob', [], [{ headers: { 'content-length': '0' } }]);
    const { result, ...last } = await end;
    expect(result?.size).toBe(0);
    expect(last).toMatchObject({ status: 'done', loaded: 0, total: 0, progress: 1, percent: 100 });
  });
});

describe("as: 'bytes'", () => {
  test.each([
    ['of a known length', { 'content-length': '6' }, undefined],
    ['of an unknown length', {}, undefined],
    ['of a length that is too small', { 'x-size': '2' }, undefined],
    ['of an expected length that is too large', {}, 1000],
    ['of an expected length that no memory has', {}, 9_007_199_254_740_991],
  ])('gives the bytes %s', async (_, headers, expectedBytes) => {
    const wire = createFileWire([{ headers }]);
    const options = { ...wire.options, sizeHeader: 'x-size', expectedBytes };
    const job = createDownload('/file', { ...options, as: 'bytes' });
    const end = job.start();
    await wire.send(new Uint8Array([1]), new Uint8Array([2, 3]), new Uint8Array([4, 5, 6]));
    await wire.close();
    const { status, result, error } = await end;
    expect([status, error]).toEqual(['done', null]);
    expect(result).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]));
    expect(result?.buffer.byteLength).toBe(6);
  });

  test('allocates once when the length is known', async () => {
    const sizes: number[] = [];
    const NativeArray = Uint8Array;
    const { wire, job } = (() => {
      const own = createFileWire([{ headers: { 'content-length': '4000' } }]);
      return { wire: own, job: createDownload('/file', { ...own.options, as: 'bytes' }) };
    })();
    const chunks = Array.from({ length: 4 }, (_, index) => new Uint8Array(1000).fill(index));
    const end = job.start();
    await wire.environment.settle();
    vi.stubGlobal(
      'Uint8Array',
      new Proxy(NativeArray, {
        construct(target, [first, ...others]: [number, ...unknown[]], newTarget) {
          if (typeof first === 'number' && first >= 1000) sizes.push(first);
          return Reflect.construct(target, [first, ...others], newTarget);
        },
      }),
    );
    await wire.send(...chunks);
    await wire.close();
    const { result } = await end;
    vi.unstubAllGlobals();
    expect(sizes).toEqual([4000]);
    expect(result?.length).toBe(4000);
    expect(result?.[3999]).toBe(3);
  });

  test('begins again at 0 with a restart', async () => {
    const wire = createFileWire([{}]);
    const job = createDownload('/file', { ...wire.options, as: 'bytes' });
    const end = job.start();
    await wire.send('a longer beginning');
    job.pause();
    job.resume();
    await wire.send('new');
    await wire.close();
    expect(textOf((await end).result)).toBe('new');
  });

  test('are those of every run for themselves', async () => {
    const { wire, job, end } = await download('bytes', ['abc']);
    const first = await end;
    const again = job.start();
    await wire.send('xyz');
    await wire.close();
    expect(textOf((await again).result)).toBe('xyz');
    expect(textOf(first.result)).toBe('abc');
  });
});

describe("as: 'text'", () => {
  test.each([
    ['UTF-8 where nothing is said', {}, [0xc3, 0xa9], 'é'],
    ['the charset of the answer', { 'content-type': 'text/plain; charset=latin1' }, [0xe9], 'é'],
    ['UTF-8 where the charset is unknown', { 'content-type': 'a/b; charset=x' }, [0xc3, 0xa9], 'é'],
    ['UTF-8 without its mark', {}, [0xef, 0xbb, 0xbf, 0x61], 'a'],
  ])('is decoded as %s', async (_, headers, bytes, text) => {
    const chunks = bytes.map((byte) => new Uint8Array([byte]));
    const { end } = await download('text', chunks, [{ headers }]);
    expect((await end).result).toBe(text);
  });
});

describe("as: 'json'", () => {
  test.each([
    ['{"a":[1,"é"]}', { a: [1, 'é'] }],
    ['\u{feff}null', null],
    ['7', 7],
  ])('parses %s', async (text, value) => {
    const { end } = await download('json', [text]);
    expect(await end).toMatchObject({ status: 'done', result: value });
  });

  test.each(['', '{"a":', '<html>'])('fails as `parse` for %j', async (text) => {
    const { wire, end } = await download('json', [text]);
    const { status, error, result } = await end;
    expect([status, error?.code, result]).toEqual(['failed', 'parse', undefined]);
    expect(error?.message).toContain('not JSON');
    expect(wire.log.at(-1)).toBe('parse, final');
    expect(leftOfFiles(wire)).toEqual(NOTHING_LEFT_OF_FILES);
  });

  test('is loaded again from 0 where `shouldRetry` wants to repeat a `parse` error', async () => {
    const { wire, end } = await download('json', ['{"a":'], [{}], {
      shouldRetry: () => true,
      maxAttempts: 2,
    });
    await wire.environment.advance(1000);
    await wire.send('{"a":1}');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', result: { a: 1 }, loaded: 7, attempt: 2 });
  });
});

describe('a result', () => {
  test.each(['blob', 'bytes', 'text', 'json'] as const)(
    'as %s is there in `done` and nowhere else',
    async (as) => {
      const { wire, job, end } = await download(as, ['7']);
      expect((await end).result).toBeDefined();
      void job.start();
      expect(job.getSnapshot().result).toBeUndefined();
      await wire.send('7');
      expect(job.getSnapshot().result).toBeUndefined();
      await wire.drop();
      expect(job.getSnapshot()).toMatchObject({ status: 'failed', result: undefined });
    },
  );

  test('that was loaded again because it was dropped is said to be so', async () => {
    const wire = createFileWire([{}]);
    const job = createDownload('/file', { ...wire.options, retry: { baseDelayMs: 1 } });
    const end = job.start();
    await wire.send('ab');
    await wire.drop();
    await wire.environment.advance(100);
    await wire.send('abc');
    await wire.close();
    const { result, restarted } = await end;
    expect([await result?.text(), restarted]).toEqual(['abc', true]);
  });
});

describe("as: 'json' with a schema", () => {
  const schemaOf = (validate: (value: unknown) => unknown) => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate } };
    // A schema as a library would give it.
    return schema as StandardSchema<{ readonly id: number }>;
  };

  test.each([
    ['at once', (value: unknown) => ({ value: { id: Object(value).id * 2 } })],
    ['later', async (value: unknown) => ({ value: { id: Object(value).id * 2 } })],
  ])('gives its output, %s; `save()` gives the file', async (_, validate) => {
    const wire = createFileWire([{ body: '{ "id": 2 }' }]);
    const job = createDownload('/f', { ...wire.options, as: 'json', schema: schemaOf(validate) });
    const last = await job.start();
    expect([last.status, last.result?.id]).toEqual(['done', 4]);
    job.save();
    expect(await wire.environment.saved[0]?.file.text()).toBe('{ "id": 2 }');
  });

  test.each<[string, (value: unknown) => unknown, string]>([
    [
      'the value does not match',
      () => ({ issues: [{ message: 'id is missing' }] }),
      'The file does not match its schema: id is missing.',
    ],
    [
      'it throws',
      () => {
        throw new Error('boom');
      },
      'The schema failed: boom.',
    ],
  ])('fails as `invalid` where %s', async (_, validate, message) => {
    const wire = createFileWire([{ body: '{}' }]);
    const job = createDownload('/f', { ...wire.options, as: 'json', schema: schemaOf(validate) });
    expect(await job.start()).toMatchObject({
      status: 'failed',
      result: undefined,
      error: { code: 'invalid', message },
    });
  });
});
