import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { root } from './source-tree.ts';

interface Manifest {
  name: string;
  version: string;
  license?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const { folder } = inject('packed');

const manifestIn = (path: string): Manifest =>
  JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

/** Where a package that stands in `from` finds another: in the nearest node_modules on the way up. */
function find(from: string, name: string): string {
  const path = join(from, 'node_modules', name);
  if (existsSync(path)) return path;
  if (dirname(from) === from) throw new Error(`${name} is not installed.`);
  return find(dirname(from), name);
}

/** What is installed with a package, itself excluded: its dependencies, theirs, and so on. */
function closureOf(path: string): Manifest[] {
  const found = new Map<string, Manifest>();
  const visit = (from: string) => {
    const { dependencies, optionalDependencies } = manifestIn(from);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = find(from, name);
      if (found.has(place)) continue;
      found.set(place, manifestIn(place));
      visit(place);
    }
  };
  visit(path);
  return [...found.values()];
}

describe('what an installation of the package brings', () => {
  const closure = closureOf(folder);

  test('is the package alone', () => {
    expect(closure.map(({ name }) => name)).toEqual([]);
  });

  test('runs nothing at the installation', () => {
    const manifests = [manifestIn(folder), ...closure];
    const hooks = manifests.flatMap(({ scripts }) => Object.keys(scripts ?? {}));
    expect(hooks.filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  test('is under the MIT licence, and so are the peers', () => {
    const peers = Object.keys(manifestIn(folder).peerDependencies ?? {}).map((name) =>
      manifestIn(find(folder, name)),
    );
    expect(peers.map(({ name }) => name)).toEqual(['react']);
    const licences = [manifestIn(folder), ...closure, ...peers].map(({ license }) => license);
    expect([...new Set(licences)]).toEqual(['MIT']);
  });

  test('is all that the lock file does not call a development dependency', () => {
    const { packages }: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
    );
    const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
    expect(shipped.map(([path]) => path)).toEqual([]);
  });
});
