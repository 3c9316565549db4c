import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { describe, expect, inject, test } from 'vitest';

const { project } = inject('packed');

/** What only one hook needs: a bundle has all of these functions or none of them. */
const PARTS = {
  useEventSource: ['useEventSource', 'manageEventSource'],
  useStreamingFetch: ['useStreamingFetch', 'manageStreamingFetch', 'createText'],
  useDownload: ['useDownload', 'manageDownload', 'openSink'],
};

const EXTERNAL = ['react', 'react/jsx-runtime'];

/** Bundlers as users have them, but with readable names. Each gets one module and gives one back. */
const BUNDLERS: Record<string, (code: string) => Promise<string>> = {
  async esbuild(code) {
    const { outputFiles } = await buildWithEsbuild({
      stdin: { contents: code, resolveDir: project },
      bundle: true,
      external: EXTERNAL,
      format: 'esm',
      logLevel: 'silent',
      write: false,
    });
    return outputFiles.map(({ text }) => text).join('');
  },
  async Vite(code) {
    const entry = join(project, 'tree-shaking-entry.js');
    writeFileSync(entry, code);
    const built = await buildWithVite({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: {
        lib: { entry, formats: ['es'], fileName: 'bundle' },
        minify: false,
        rolldownOptions: { external: EXTERNAL },
        write: false,
      },
    });
    if (!Array.isArray(built)) throw new Error('Vite did not build a library.');
    return built
      .flatMap(({ output }) => output)
      .map((file) => (file.type === 'chunk' ? file.code : ''))
      .join('');
  },
};

/** The functions of a list that a bundle declares; a bundler may have numbered them. */
function declaredIn(bundle: string, names: string[]): string[] {
  return names.filter((name) => new RegExp(`function ${name}(\\$?\\d+)?\\(`).test(bundle));
}

const allParts = Object.values(PARTS).flat();

describe.each(Object.entries(BUNDLERS))('a bundle of %s', (_name, bundle) => {
  test('has all the parts where everything is used, but what only rivulet/share needs', async () => {
    const code = await bundle("export * from 'rivulet';");
    expect(declaredIn(code, allParts)).toEqual(allParts);
    expect(declaredIn(code, ['openShared'])).toEqual([]);
    const shared = await bundle("export * from 'rivulet/share';");
    expect(declaredIn(shared, ['openShared'])).toEqual(['openShared']);
  });

  test.each(Object.entries(PARTS))(
    'with %s brings neither of the other two',
    async (hook, parts) => {
      const code = await bundle(`export { ${hook} } from 'rivulet';`);
      expect(declaredIn(code, allParts)).toEqual(parts);
    },
  );

  test('with a guard brings no hook, no stream and no React', async () => {
    const code = await bundle("export { isStreamError } from 'rivulet/core';");
    expect(code).toContain('function isStreamError');
    expect(declaredIn(code, allParts)).toEqual([]);
    expect(code).not.toMatch(/from ["']react/);
  });

  test('with nothing used is empty, for no module has a side effect', async () => {
    const code = await bundle(
      "import 'rivulet'; import 'rivulet/core'; import 'rivulet/share'; import 'rivulet/testing'; export const nothing = 1;",
    );
    expect(code).toContain('nothing');
    expect(code).not.toMatch(/function |class |import /);
  });
});
