import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    core: 'src/core/index.ts',
    share: 'src/share/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  external: ['react'],
  clean: true,
  sourcemap: true,
  // The maps point to src/, which is in the package.
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
  splitting: true,
  // Tree shaking is a second pass that would move 'use client' away from the top of index.js.
  treeshake: false,
  // tsup sets the deprecated `baseUrl` for its declaration build, which TypeScript 6 refuses.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
});
