/** What the Vitest projects of `npm test` and of `npm run test:release` are made of. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';

/** A path from the root of the repository. */
export const fromRoot = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Tests name the package as its users do and run against the sources. */
export const sources = {
  alias: [
    { find: /^rivulet$/, replacement: fromRoot('src/index.ts') },
    { find: /^rivulet\/core$/, replacement: fromRoot('src/core/index.ts') },
    { find: /^rivulet\/share$/, replacement: fromRoot('src/share/index.ts') },
    { find: /^rivulet\/testing$/, replacement: fromRoot('src/testing/index.ts') },
  ],
};

/** A busy machine is many times slower; a test that hangs may wait for its end. */
export const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Files share their worker, its jsdom and the modules they import: making those anew for every file
 * took four fifths of the time. Each test leaves nothing behind, and the ones of cleanup hold that.
 */
export const shared = { isolate: false };

export const chromium = () => {
  const found = findBrowser();
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({
      launchOptions: { ...(found && { executablePath: found.path }), args: BROWSER_ARGS },
    }),
    instances: [{ browser: 'chromium' as const }],
  };
};

/** The tests of hooks that also render on a server. */
const serverRendering = readdirSync(fromRoot('test/hooks'))
  .filter((name) => /\.test\.tsx?$/.test(name))
  .map((name) => `test/hooks/${name}`)
  .filter((path) => readFileSync(fromRoot(path), 'utf8').includes("'react-dom/server'"));

interface HookTests {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly setupFiles?: readonly string[];
  readonly [option: string]: unknown;
}

/**
 * Tests of hooks as two projects, each with parts of its own: those that render on a server have modules of their own, since two
 * renderers of React that share a context complain on the console.
 */
export function hookProjects(
  name: string,
  makeParts: () => object,
  { include, exclude = [], setupFiles = [], ...test }: HookTests,
) {
  const common = {
    ...patience,
    environment: 'jsdom',
    setupFiles: [...setupFiles, 'test/support/setup-hooks.ts'],
    ...test,
  };
  const all = { ...common, ...shared, name, include: [...include] };
  const apart = { ...common, name: `${name}-on-server`, include: serverRendering };
  return [
    { ...makeParts(), test: { ...all, exclude: [...exclude, ...serverRendering] } },
    { ...makeParts(), test: { ...apart, exclude: [...exclude] } },
  ];
}

/** The tests of hooks once more, on another React: the paths of its modules. */
export function olderReact(version: string, reactModule: string, reactDomModule: string) {
  const [react, reactDom] = [dirname(reactModule), dirname(reactDomModule)];
  const parts = {
    resolve: {
      alias: [
        ...sources.alias,
        { find: /^react(?=$|\/)/, replacement: react },
        { find: /^react-dom(?=$|\/)/, replacement: reactDom },
      ],
    },
  };
  return hookProjects(`react-${version}`, () => parts, {
    include: ['test/hooks/**/*.test.{ts,tsx}'],
    // What React 18 does not have: `<Activity>`.
    exclude: ['**/*.react-19.test.{ts,tsx}'],
    setupFiles: ['test/support/use-older-react.ts'],
    env: { REACT_VERSION: version, REACT: react, REACT_DOM: reactDom },
    server: { deps: { inline: ['@testing-library/react'] } },
  });
}
