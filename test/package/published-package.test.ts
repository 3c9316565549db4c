import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { describe, expect, inject, test } from 'vitest';
import { filesUnder } from './source-tree.ts';

const packed = inject('packed');
const require = createRequire(import.meta.url);

const read = (path: string) => readFileSync(join(packed.folder, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
/** `.` and what stands beside it, by the names of their files. */
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => (path === '.' ? 'index' : path.slice(2)));
const scripts = packed.files.filter((path) => path.endsWith('.js'));

describe('the tarball', () => {
  test('holds the build, the sources, and the papers, and nothing else', () => {
    const nameless = packed.files.map((path) => path.replace(/^(dist\/).*-[\w-]{8}\./, '$1*.'));
    expect([...new Set(nameless)].toSorted()).toEqual(
      [
        'LICENSE',
        'README.md',
        // npm packs every README there is.
        'README.zh-CN.md',
        'package.json',
        ...entries.flatMap((entry) => [
          `dist/${entry}.js`,
          `dist/${entry}.js.map`,
          `dist/${entry}.d.ts`,
        ]),
        // What the entries share, under names with a hash.
        'dist/*.js',
        'dist/*.js.map',
        'dist/*.d.ts',
        ...filesUnder('src'),
      ].toSorted(),
    );
  });

  test('needs nothing but React from 18 on', () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.peerDependencies).toEqual({ react: '>=18' });
    expect(manifest.optionalDependencies).toBeUndefined();
  });

  test('runs no script at the installation', () => {
    const names = Object.keys(manifest.scripts);
    expect(names.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

describe('the packaging', () => {
  test('passes publint strictly', async () => {
    const options = { pkgDir: packed.folder, level: 'suggestion', strict: true } as const;
    const { messages } = await publint({ ...options, pack: false });
    expect(messages).toEqual([]);
  });

  test('gives every resolver its types, including those that do not know export maps', () => {
    const attw = require.resolve('@arethetypeswrong/cli/package.json');
    const args = [packed.tarball, '--profile', 'esm-only', '--format', 'json'];
    const output = execFileSync(process.execPath, [join(dirname(attw), 'dist/index.js'), ...args]);
    const { analysis, problems } = JSON.parse(output.toString());
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(entries.map((entry) => (entry === 'index' ? '.' : `./${entry}`))),
    );
    const found = Object.values<{ kind: string; resolutionKind: string }[]>(problems).flat();
    // A CommonJS file gets ES modules here, with their types: Node can require them from 20.19 on.
    const required = { kind: 'CJSResolvesToESM', resolutionKind: 'node16-cjs' };
    expect(found).toEqual(entries.map(() => expect.objectContaining(required)));
  });

  test("starts index.js with 'use client' and no other file", () => {
    const directives = scripts.filter((path) => /^\s*(['"])use client\1/m.test(read(path)));
    expect(directives).toEqual(['dist/index.js']);
    expect(read('dist/index.js')).toMatch(/^(['"])use client\1;/);
  });

  test('leaves the development hints to the bundler of the user', () => {
    const hinting = scripts.filter((path) => read(path).includes('process.env.NODE_ENV'));
    expect(hinting).not.toEqual([]);
  });
});

describe('the source maps', () => {
  interface SourceMapFile {
    version: 3;
    file: string;
    sourceRoot: string;
    sources: string[];
    sourcesContent?: string[];
    names: string[];
    mappings: string;
  }

  const maps = scripts.map((path) => {
    const map: SourceMapFile = JSON.parse(read(`${path}.map`));
    return { path, map, script: read(path) };
  });

  test('are named by their scripts and point at sources in the tarball', () => {
    for (const { path, map, script } of maps) {
      expect(script).toMatch(
        new RegExp(`//# sourceMappingURL=${path.slice('dist/'.length)}\\.map\\s*$`),
      );
      expect(
        map.sources.filter((source) => !existsSync(join(packed.folder, 'dist', source))),
      ).toEqual([]);
    }
    expect(maps.flatMap(({ map }) => map.sources)).not.toEqual([]);
  });

  test('lead from every function to the line that declares it', () => {
    const wrong: string[] = [];
    for (const { path, map, script } of maps) {
      const sourceMap = new SourceMap({ ...map, sourcesContent: [] });
      for (const [index, line] of script.split('\n').entries()) {
        const name = /^(?:async )?function \*?([A-Za-z]+)/.exec(line)?.[1];
        if (name === undefined) continue;
        const entry = sourceMap.findEntry(index, line.indexOf(name));
        const source = 'originalSource' in entry ? read(join('dist', entry.originalSource)) : '';
        const original = 'originalLine' in entry ? source.split('\n')[entry.originalLine] : '';
        if (!original?.includes(`function ${name}`)) wrong.push(`${path}: ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
