import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';

const require = createRequire(import.meta.url);
/** Older versions are installed there. */
const inRelease = createRequire(new URL('../release/package.json', import.meta.url));
const { project } = inject('packed');
const folder = join(project, 'typed-consumer');

/** The compilers that users have, from the oldest supported to the newest. */
const COMPILERS: [version: string, script: string][] = [
  ['5.5', inRelease.resolve('typescript-5-5/bin/tsc')],
  ['5.9', inRelease.resolve('typescript-5-9/bin/tsc')],
  ['6.0', require.resolve('typescript/bin/tsc')],
];

/** How a bundler and how Node find the declarations. */
const RESOLUTIONS = {
  bundler: { module: 'ESNext', moduleResolution: 'bundler' },
  nodenext: { module: 'NodeNext', moduleResolution: 'NodeNext' },
};

const STRICT = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  jsx: 'react-jsx',
  types: [],
  noEmit: true,
  skipLibCheck: false,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

function run(script: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, [script, ...args], {
      cwd: folder,
      stdio: 'pipe',
    }).toString();
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${error.stdout}${error}` : `${error}`;
  }
}

beforeAll(() => {
  mkdirSync(folder);
  const source = fileURLToPath(new URL('typed-consumer.test-d.tsx', import.meta.url));
  copyFileSync(source, join(folder, 'typed-consumer.tsx'));
  for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
    const config = { compilerOptions: { ...STRICT, ...resolution }, include: ['.'] };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  }
});

describe.each(COMPILERS)('TypeScript %s, strict and without skipLibCheck,', (version, script) => {
  test('is the version that was asked for', () => {
    const manifest = require(join(dirname(script), '../package.json'));
    expect(manifest.version.startsWith(`${version}.`)).toBe(true);
  });

  // A mistake in the consumer is marked as expected: were a type lost, the mark would be an error.
  test.each(Object.keys(RESOLUTIONS))('compiles every entry under %s resolution', (resolution) => {
    const output = run(script, '-p', `${resolution}.json`, '--listFiles');
    const lines = output.trim().split('\n');
    expect(lines.filter((line) => !/^\S+\.(d\.)?[cm]?tsx?$/.test(line))).toEqual([]);
    const read = lines.map((line) => line.replace(/^.*node_modules\//, ''));
    expect(read).toEqual(
      expect.arrayContaining([
        'rivulet/dist/index.d.ts',
        'rivulet/dist/core.d.ts',
        'rivulet/dist/testing.d.ts',
      ]),
    );
  });
});
