import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './source-tree.ts';

interface LockedPackage {
  version: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

type LockedPackages = Record<string, LockedPackage>;

function readLockFile(path: string): LockedPackages {
  return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
}

/** What the package at `path` gets when it asks for `name`: the nearest one on the way up. */
function resolveLocked(
  from: LockedPackages,
  path: string,
  name: string,
): LockedPackage | undefined {
  const nested = from[`${path}/node_modules/${name}`];
  if (nested !== undefined || path === '') return nested ?? from[`node_modules/${name}`];
  const parent = path.lastIndexOf('/node_modules/');
  return resolveLocked(from, parent === -1 ? '' : path.slice(0, parent), name);
}

/** Exact optional dependencies, which are the binaries of other platforms, that are not locked. */
function missingBinaries(from: LockedPackages): string[] {
  return Object.entries(from).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([, range]) => /^\d/.test(range))
      .filter(([name, version]) => resolveLocked(from, path, name)?.version !== version)
      .map(([name, version]) => `${path} needs ${name}@${version}`),
  );
}

describe.each(['', 'test/bench/', 'test/release/'])(
  'the lock file %spackage-lock.json',
  (folder) => {
    const packages = readLockFile(`${folder}package-lock.json`);

    test('holds the binaries of every platform, not only of the one it was made on', () => {
      expect(missingBinaries(packages)).toEqual([]);
    });

    test('names no registry and vouches for every package', () => {
      const installed = Object.entries(packages).filter(([path]) => path !== '');
      expect(installed.length).toBeGreaterThan(0);
      expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
      expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual(
        [],
      );
    });
  },
);
