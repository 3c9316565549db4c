import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/* The brief form of `node --expose-gc test/tools/download-memory.mjs sink 1024`. */

const SCRIPT = fileURLToPath(new URL('../tools/download-memory.mjs', import.meta.url));

interface Report {
  readonly status: string;
  /** In MiB, as the others. */
  readonly size: number;
  readonly written: number;
  /** The most memory of the process over what it had before. */
  readonly over: number;
}

async function download(form: string, mebibytes: number): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    SCRIPT,
    form,
    String(mebibytes),
  ]);
  return JSON.parse(stdout);
}

describe('the memory of a download', () => {
  it('into a sink does not grow with the file', async () => {
    const { over, ...report } = await download('sink', 256);
    expect(report).toMatchObject({ status: 'done', size: 256, written: 256 });
    expect(over).toBeLessThan(64);
  });

  it.each(['blob', 'bytes'])('as %s is less than twice the file', async (form) => {
    const { over, ...report } = await download(form, 128);
    expect(report).toMatchObject({ status: 'done', size: 128 });
    expect(over).toBeLessThan(256);
  });
});
