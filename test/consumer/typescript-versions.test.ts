import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { root } from '../package/source-tree.ts';
import { COMPILERS, compile, STRICT } from './compilers.ts';

const require = createRequire(import.meta.url);
const { project } = inject('packed');
const folder = join(project, 'typed-consumer');
const withoutDom = join(project, 'without-dom');

/** How a bundler and how Node find the declarations. */
const RESOLUTIONS = {
  bundler: { module: 'ESNext', moduleResolution: 'bundler' },
  nodenext: { module: 'NodeNext', moduleResolution: 'NodeNext' },
};

/** How CommonJS projects find them, ts-jest's among others: by no export map. TypeScript 6 gave it up. */
const NODE_10 = { module: 'CommonJS', moduleResolution: 'node', verbatimModuleSyntax: false };

/** Where `fetch` and streams come from when there is no page. */
const WITHOUT_DOM = {
  node: { lib: ['ES2022'], types: ['node'] },
  worker: { lib: ['ES2022', 'WebWorker'], types: [] },
};

beforeAll(() => {
  for (const path of [folder, withoutDom]) mkdirSync(path);
  const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  copyFileSync(source('typed-consumer.test-d.tsx'), join(folder, 'typed-consumer.tsx'));
  copyFileSync(source('without-dom.test-d.ts'), join(withoutDom, 'without-dom.ts'));
  const { node10, ...modern } = { ...RESOLUTIONS, node10: NODE_10 };
  for (const [name, resolution] of Object.entries({ ...modern, node10 })) {
    const config = { compilerOptions: { ...STRICT, ...resolution }, include: ['.'] };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  }
  for (const [name, platform] of Object.entries(WITHOUT_DOM)) {
    const compilerOptions = { ...STRICT, ...RESOLUTIONS.nodenext, ...platform };
    writeFileSync(
      join(withoutDom, `${name}.json`),
      JSON.stringify({ compilerOptions, include: ['.'] }),
    );
  }
  for (const name of ['@types/node', 'undici-types']) {
    const link = join(project, 'node_modules', name);
    symlinkSync(join(root, 'node_modules', name), link, 'junction');
  }
});

/** What a compiler says beside the files it read. */
const complaintsIn = (output: string) =>
  output
    .trim()
    .split('\n')
    .filter((line) => !/^\S+\.(d\.)?[cm]?tsx?$/.test(line));

describe.each(COMPILERS)('TypeScript %s, strict and without skipLibCheck,', (version, script) => {
  test('is the version that was asked for', () => {
    const manifest = require(join(dirname(script), '../package.json'));
    expect(manifest.version.startsWith(`${version}.`)).toBe(true);
  });

  const resolutions = [...Object.keys(RESOLUTIONS), ...(version < '6' ? ['node10'] : [])];

  // A mistake in the consumer is marked as expected: were a type lost, the mark would be an error.
  test.each(resolutions)('compiles every entry under %s resolution', (resolution) => {
    const output = compile(script, folder, '-p', `${resolution}.json`, '--listFiles');
    expect(complaintsIn(output)).toEqual([]);
    const read = output.split('\n').map((line) => line.replace(/^.*node_modules\//, ''));
    expect(read).toEqual(
      expect.arrayContaining([
        'rivulet/dist/index.d.ts',
        'rivulet/dist/core.d.ts',
        'rivulet/dist/share.d.ts',
        'rivulet/dist/testing.d.ts',
      ]),
    );
  });

  test.each(Object.keys(WITHOUT_DOM))('compiles the core without the DOM, in a %s', (platform) => {
    const output = compile(script, withoutDom, '-p', `${platform}.json`, '--listFiles');
    expect(complaintsIn(output)).toEqual([]);
    expect(output).toContain('rivulet/dist/core.d.ts');
    expect(output).not.toMatch(/lib\.dom\.d\.ts/);
  });
});
