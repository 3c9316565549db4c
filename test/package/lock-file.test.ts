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

const packages = readLockFile('package-lock.json');

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

describe('the lock file', () => {
  test('holds the binaries of every platform, not only of the one it was made on', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(missingBinaries(packages)).toEqual([]);
  });

  test('is judged incomplete when a binary is missing or has another version', () => {
    const binary = Object.keys(packages).find((path) => path.startsWith('node_modules/@esbuild/'));
    const { [binary ?? '']: removed, ...rest } = packages;
    expect(removed).toBeDefined();
    expect(missingBinaries(rest)).toHaveLength(1);
    expect(missingBinaries({ ...rest, [binary ?? '']: { version: '0.0.0' } })).toHaveLength(1);
  });

  test.each(['package-lock.json', 'test/bench/package-lock.json'])(
    'names no registry and vouches for every package: %s',
    (lockFile) => {
      const installed = Object.entries(readLockFile(lockFile)).filter(([path]) => path !== '');
      expect(installed.length).toBeGreaterThan(0);
      expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
      expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual(
        [],
      );
    },
  );
});
