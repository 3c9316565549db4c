import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_ARGS, findBrowser } from './test/tools/find-browser.mjs';

const root = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests name the package as its users do and run against the sources. */
const resolve = {
  alias: [
    { find: /^rivulet$/, replacement: root('src/index.ts') },
    { find: /^rivulet\/core$/, replacement: root('src/core/index.ts') },
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

/** Pre-bundled at once, so that no test is interrupted by a reload. */
const browserDependencies = [
  'eventsource-parser',
  'react',
  'react-dom',
  'react-dom/client',
  'react/jsx-runtime',
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          environment: 'jsdom',
          include: ['test/{core,hooks,testing}/**/*.test.{ts,tsx}'],
        },
      },
      {
        resolve,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{integration,recipes}/**/*.test.{ts,tsx}'],
          testTimeout: 60_000,
        },
      },
      {
        // No alias here: these tests look at the packed tarball.
        test: {
          name: 'package',
          environment: 'node',
          include: ['test/{package,consumer}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
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
        resolve,
        optimizeDeps: {
          include: [...browserDependencies, 'react/jsx-dev-runtime', 'vitest-browser-react'],
        },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.{ts,tsx}'],
          exclude: ['**/*.production.test.{ts,tsx}'],
          testTimeout: 60_000,
          browser: chromium(),
        },
      },
      ...(existsSync(root('.storybook/main.ts'))
        ? [
            {
              plugins: [storybookTest({ configDir: root('.storybook') })],
              test: { name: 'storybook', testTimeout: 60_000, browser: chromium() },
            },
          ]
        : []),
    ],
  },
});
