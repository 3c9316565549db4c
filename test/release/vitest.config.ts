import { defineConfig } from 'vitest/config';
import { engineProject } from '../engines/project.ts';
import { packedRivulet } from '../package/packed-rivulet.ts';
import { publishedTests } from '../package/published-tests.ts';
import {
  fromRoot,
  hookProjects,
  olderReact,
  patience,
  shared,
  sources,
} from '../support/vitest-parts.ts';

const inRelease = (name: string) => fromRoot(`test/release/node_modules/${name}/index.js`);

const packed = ['test/package/packed-package.ts'];
const expectPacked = 'test/support/expect-packed-package.ts';

/** The tests that use published names only, once more on what is published: the packed tarball. */
const published = (name: string, include: string[], test: object = {}) => ({
  plugins: [packedRivulet()],
  test: { name, ...patience, include, globalSetup: packed, setupFiles: [expectPacked], ...test },
});

/** The scenarios in Chromium once more, with the packed package in their page. */
const publishedScenarios = () => {
  const include = publishedTests('engines/scenarios');
  const { test } = engineProject('chromium', include, 'published-scenarios');
  return { plugins: [packedRivulet()], test: { ...test, globalSetup: packed } };
};

/** The projects of `npm run test:release`: what is left of the matrices. */
export default defineConfig({
  root: fromRoot(''),
  test: {
    silent: 'passed-only',
    projects: [
      ...olderReact('18.3', inRelease('react'), inRelease('react-dom')),
      published('published', publishedTests('core', 'share', 'testing'), {
        ...shared,
        environment: 'jsdom',
      }),
      ...hookProjects('published-hooks', () => ({ plugins: [packedRivulet()] }), {
        include: publishedTests('hooks'),
        globalSetup: packed,
        setupFiles: [expectPacked],
      }),
      published('published-node', publishedTests('integration', 'recipes')),
      published('published-pages', publishedTests('browser/pages')),
      publishedScenarios(),
      {
        // The packed package in an application, in Node, and under every compiler.
        test: {
          name: 'consumer',
          environment: 'node',
          include: ['test/consumer/*.test.ts'],
          globalSetup: packed,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The packed package where people work: each test installs what it needs, from the registry.
        test: {
          name: 'environments',
          environment: 'node',
          include: ['test/environments/*.test.ts'],
          globalSetup: packed,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        resolve: sources,
        test: {
          name: 'nginx',
          ...patience,
          environment: 'node',
          include: ['test/integration/nginx*.test.ts'],
        },
      },
      {
        // Properties over many more runs than `npm test` has time for.
        resolve: sources,
        test: {
          name: 'properties',
          environment: 'node',
          include: ['test/release/*.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        // Whole tabs of a Chromium of its own, which take their time to change.
        resolve: sources,
        test: {
          name: 'tabs',
          environment: 'node',
          include: ['test/tabs/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Each test drives a process or a page of its own, and measures nothing of this one.
        test: {
          name: 'leaks',
          environment: 'node',
          include: ['test/leaks/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // Runs in Node and opens every story and page, in development and as it is published.
        test: {
          name: 'storybook',
          environment: 'node',
          include: ['test/storybook/*.test.ts'],
          globalSetup: ['test/storybook/storybooks.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
