import { createRequire } from 'node:module';
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { engineProject } from './test/engines/project.ts';
import { SlowestFirst } from './test/support/slowest-first.ts';
import {
  chromium,
  fromRoot,
  hookProjects,
  olderReact,
  patience,
  shared,
  sources,
} from './test/support/vitest-parts.ts';

const require = createRequire(import.meta.url);

/** Tests that only read the files of the repository. */
const readingTests = [
  'test/package/{architecture,documentation,guide-snippets,links,lock-file,shown-sources}.test.ts',
];

/** The projects of `npm test`; those of `npm run test:release` are in `test/release`. */
export default defineConfig({
  test: {
    silent: 'passed-only',
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        resolve: sources,
        test: {
          name: 'unit',
          ...patience,
          ...shared,
          environment: 'jsdom',
          include: ['test/{core,share,testing}/**/*.test.{ts,tsx}'],
        },
      },
      ...hookProjects('hooks', () => ({ resolve: sources }), {
        include: ['test/{hooks,storybook/wire-panel}/**/*.test.{ts,tsx}'],
      }),
      ...olderReact('18.0', require.resolve('react-18-0'), require.resolve('react-dom-18-0')),
      {
        resolve: sources,
        test: {
          name: 'node',
          ...patience,
          environment: 'node',
          include: ['test/{integration,recipes}/**/*.test.{ts,tsx}'],
          exclude: ['test/integration/nginx*.test.ts'],
        },
      },
      { test: { name: 'repository', ...patience, environment: 'node', include: readingTests } },
      {
        // No alias here: these tests look at the packed tarball.
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/package/*.test.ts'],
          exclude: readingTests,
          globalSetup: ['test/package/packed-package.ts'],
          // They start compilers and bundlers.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Runs in Node and drives whole pages of a Chromium of its own.
        resolve: sources,
        test: {
          name: 'pages',
          ...patience,
          environment: 'node',
          include: ['test/browser/pages/*.test.ts'],
        },
      },
      // The hooks in Chromium; `npm run test:engines` runs the same in the other engines.
      engineProject('chromium', ['test/engines/scenarios/*.test.ts']),
      {
        plugins: [storybookTest({ configDir: fromRoot('.storybook') })],
        // A play waits up to a minute for a stream, and more than once.
        test: { name: 'plays', testTimeout: 180_000, hookTimeout: 60_000, browser: chromium() },
      },
    ],
  },
});
