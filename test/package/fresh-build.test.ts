import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { root } from './source-tree.ts';

const require = createRequire(import.meta.url);
const packed = inject('packed');

/** A repository with what a build reads and nothing that an earlier one left. */
const fresh = mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-build-'));

beforeAll(() => {
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsup.config.ts']) {
    cpSync(join(root, name), join(fresh, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(fresh, 'node_modules'), 'junction');
  const tsup = require.resolve('tsup/package.json').replace('package.json', 'dist/cli-default.js');
  execFileSync(process.execPath, [tsup], { cwd: fresh, stdio: 'pipe' });
});

afterAll(() => rmSync(fresh, { recursive: true }));

const filesOf = (folder: string) => {
  const names = readdirSync(join(folder, 'dist')).toSorted();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, 'dist', name), 'utf8')]),
  );
};

describe('the tarball', () => {
  test('holds what a fresh build of the sources makes, byte for byte', () => {
    const shipped = filesOf(packed.folder);
    expect(Object.keys(shipped)).toContain('index.js');
    expect(filesOf(fresh)).toEqual(shipped);
  });
});
