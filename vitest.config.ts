import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { packedRivulet } from './test/package/packed-rivulet.ts';
import { publishedTests } from './test/package/published-tests.ts';
import { BROWSER_ARGS, findBrowser } from './test/tools/find-browser.mjs';

const require = createRequire(import.meta.url);
const root = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests name the package as its users do and run against the sources. */
const resolve = {
  alias: [
    { find: /^rivulet$/, replacement: root('src/index.ts') },
    { find: /^rivulet\/core$/, replacement: root('src/core/index.ts') },
    { find: /^rivulet\/share$/, replacement: root('src/share/index.ts') },
    { find: /^rivulet\/testing$/, replacement: root('src/testing/index.ts') },
  ],
};

const found = findBrowser();

const chromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: { ...(found && { executablePath: found.path }), args: BROWSER_ARGS },
  }),
  instances: [{ browser: 'chromium' as const }],
});

/**
 * Files share their worker, its jsdom and the modules they import: making those anew for every file
 * took four fifths of the time. Each test leaves nothing behind, and the ones of cleanup hold that.
 * Not so where React renders: two of its renderers that meet in one module say so on the console.
 */
const shared = { isolate: false };

/** A busy machine is many times slower; a test that hangs may wait for its end. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Pre-bundled at once, so that no test is interrupted by a reload. */
const browserDependencies = [
  'eventsource-parser',
  'react',
  'react-dom',
  'react-dom/client',
  'react/jsx-runtime',
];

/**
 * `define` would do this too, but Vitest writes such a definition into the environment of its own
 * process, and every other project would run in production as well.
 */
const productionSources = {
  name: 'production-sources',
  transform: (code: string, id: string) =>
    id.startsWith(root('src')) || id.includes('/node_modules/rivulet/')
      ? code.replaceAll('process.env.NODE_ENV', '"production"')
      : null,
};

/** The hook tests once more, on a React that is installed under an alias. */
const olderReact = (version: string, react: string, reactDom: string) => ({
  resolve: {
    alias: [
      ...resolve.alias,
      { find: /^react(?=$|\/)/, replacement: dirname(react) },
      { find: /^react-dom(?=$|\/)/, replacement: dirname(reactDom) },
    ],
  },
  test: {
    name: `react-${version}`,
    ...patience,
    environment: 'jsdom',
    include: ['test/hooks/**/*.test.{ts,tsx}'],
    // What React 18 does not have: `<Activity>`.
    exclude: ['**/*.react-19.test.{ts,tsx}'],
    setupFiles: ['test/support/use-older-react.ts', 'test/support/setup-hooks.ts'],
    env: { REACT_VERSION: version, REACT: dirname(react), REACT_DOM: dirname(reactDom) },
    server: { deps: { inline: ['@testing-library/react'] } },
  },
});

/** Tests that only read the files of the repository. */
const readingTests = [
  'test/package/{architecture,documentation,guide-snippets,lock-file,papers,published-tests}.test.ts',
];

/** The tests that use published names only, once more on what is published: the packed tarball. */
const published = (name: string, include: string[], test: object = {}) => ({
  plugins: [packedRivulet()],
  test: {
    name,
    ...patience,
    include,
    globalSetup: ['test/package/packed-package.ts'],
    setupFiles: ['test/support/expect-packed-package.ts'],
    ...test,
  },
});

const inDevelopment = {
  optimizeDeps: {
    include: [...browserDependencies, 'react/jsx-dev-runtime', 'vitest-browser-react'],
  },
};

const inProduction = {
  mode: 'production',
  oxc: { jsx: { runtime: 'automatic' as const, development: false } },
  optimizeDeps: {
    include: browserDependencies,
    rolldownOptions: { transform: { define: { 'process.env.NODE_ENV': '"production"' } } },
  },
};

/** The same in Chromium. The package stands outside of the repository. */
const publishedInBrowser = (name: string, isMeant: (path: string) => boolean) => ({
  cacheDir: root(`node_modules/.vite/${name}`),
  server: { fs: { strict: false } },
  test: {
    name,
    ...patience,
    include: publishedTests('browser')
      .filter((path) => !path.startsWith('test/browser/pages/'))
      .filter(isMeant),
    globalSetup: ['test/browser/event-server.ts', 'test/package/packed-package.ts'],
    browser: chromium(),
  },
});

export default defineConfig({
  test: {
    silent: 'passed-only',
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          ...patience,
          ...shared,
          environment: 'jsdom',
          include: ['test/{core,share,testing}/**/*.test.{ts,tsx}'],
        },
      },
      {
        resolve,
        test: {
          name: 'hooks',
          ...patience,
          environment: 'jsdom',
          include: ['test/{hooks,storybook/wire-panel}/**/*.test.{ts,tsx}'],
          setupFiles: ['test/support/setup-hooks.ts'],
        },
      },
      olderReact('18.3', require.resolve('react-18'), require.resolve('react-dom-18')),
      olderReact('18.0', require.resolve('react-18-0'), require.resolve('react-dom-18-0')),
      {
        resolve,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{integration,recipes}/**/*.test.{ts,tsx}'],
          ...patience,
        },
      },
      {
        test: { name: 'architecture', ...patience, environment: 'node', include: readingTests },
      },
      {
        // No alias here: these tests look at the packed tarball.
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/{package,consumer}/**/*.test.ts'],
          exclude: readingTests,
          globalSetup: ['test/package/packed-package.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
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
      published('published', publishedTests('core', 'share', 'testing'), {
        ...shared,
        environment: 'jsdom',
      }),
      published('published-hooks', publishedTests('hooks'), {
        environment: 'jsdom',
        setupFiles: ['test/support/expect-packed-package.ts', 'test/support/setup-hooks.ts'],
      }),
      published('published-node', publishedTests('integration', 'recipes')),
      published('published-pages', publishedTests('browser/pages')),
      {
        resolve,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.{ts,tsx}'],
            tsconfig: 'test/tsconfig.json',
          },
        },
      },
      {
        // Runs in Node and drives whole pages of a Chromium of its own.
        resolve,
        test: {
          name: 'pages',
          environment: 'node',
          include: ['test/browser/pages/*.test.ts'],
          ...patience,
        },
      },
      {
        // Runs in Node and opens every story and page, in development and as it is published.
        test: {
          name: 'storybook-pages',
          environment: 'node',
          include: ['test/storybook/*.test.ts'],
          globalSetup: ['test/storybook/storybooks.ts'],
          // A play waits for its stream 20 s: too short where five pages share a busy processor.
          retry: 2,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ...inDevelopment,
        test: {
          name: 'browser',
          include: ['test/browser/*.test.{ts,tsx}'],
          exclude: ['**/*.production.test.{ts,tsx}'],
          globalSetup: ['test/browser/event-server.ts'],
          ...patience,
          browser: chromium(),
        },
      },
      {
        resolve,
        ...inProduction,
        cacheDir: root('node_modules/.vite/browser-production'),
        plugins: [productionSources],
        test: {
          name: 'browser-production',
          include: ['test/browser/*.production.test.{ts,tsx}'],
          globalSetup: ['test/browser/event-server.ts'],
          ...patience,
          browser: chromium(),
        },
      },
      {
        ...publishedInBrowser('published-browser', (path) => !path.includes('.production.')),
        ...inDevelopment,
        plugins: [packedRivulet()],
      },
      {
        ...publishedInBrowser('published-browser-production', (path) =>
          path.includes('.production.'),
        ),
        ...inProduction,
        plugins: [packedRivulet(), productionSources],
      },
      ...(existsSync(root('.storybook/main.ts'))
        ? [
            {
              plugins: [storybookTest({ configDir: root('.storybook') })],
              // As above: a play keeps the time of its stream.
              test: { name: 'storybook', ...patience, retry: 2, browser: chromium() },
            },
          ]
        : []),
    ],
  },
});
