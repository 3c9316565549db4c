import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { root } from '../package/source-tree.ts';
import { failureOf, install, needs, run } from './install.ts';

const { project, tarball } = inject('packed');
const folder = join(project, 'jest');
let obstacle: string | null = null;

/** The tests that the guide shows, each to be copied. */
const EXAMPLES = [
  'example.test.tsx',
  'example-answer.test.tsx',
  'example-fake-timers.test.tsx',
  'example-environment.test.ts',
];

/**
 * An example as the guide says that Jest takes it: `jest` for `vi`, no import of Vitest, and where
 * nothing is rendered the environment of Node.
 */
function forJest(name: string): string {
  const head = name.endsWith('.tsx') ? '' : '/** @jest-environment node */\n';
  const text = readFileSync(join(root, 'test/hooks', name), 'utf8');
  return head + text.replace(/^import \{[^}]*\} from 'vitest';\n/m, '').replace(/\bvi\./g, 'jest.');
}

/** The configuration that the guide shows. */
function configOfGuide(): string {
  const guide = readFileSync(join(root, 'stories/guide/testing.mdx'), 'utf8');
  const [, config] = /^```js\n(module\.exports = .*?)^```$/ms.exec(guide) ?? [];
  if (config === undefined) throw new Error('The guide shows no configuration of Jest.');
  return config;
}

/** Jest's jsdom hides what Node has; this is how applications bring it back. */
const JSDOM_WITH_STREAMS = `
const { TestEnvironment } = require('jest-environment-jsdom');
const NAMES = ['fetch', 'Headers', 'Request', 'Response', 'ReadableStream', 'WritableStream',
  'TextEncoder', 'TextDecoder'];
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of NAMES) this.global[name] = globalThis[name];
  }
};
`;

const ENVIRONMENTS: [environment: string, name: string][] = [
  ['jest-fixed-jsdom', 'jest-fixed-jsdom'],
  ['@happy-dom/jest-environment', '@happy-dom/jest-environment'],
  ['jsdom with the streams of Node', './jsdom-with-streams.cjs'],
];

beforeAll(async () => {
  mkdirSync(folder);
  obstacle = await install(
    folder,
    {
      '@happy-dom/jest-environment': '20.14.5',
      '@swc/core': '1.16.22',
      '@swc/jest': '0.2.39',
      '@testing-library/dom': '10.4.2',
      '@testing-library/react': '16.3.3',
      jest: '30.5.2',
      'jest-environment-jsdom': '30.5.2',
      'jest-fixed-jsdom': '0.0.11',
      react: '19.3.1',
      'react-dom': '19.3.1',
      rivulet: `file:${tarball}`,
    },
    { type: 'commonjs' },
  );
  writeFileSync(join(folder, 'jest.config.js'), configOfGuide());
  writeFileSync(join(folder, 'jsdom-with-streams.cjs'), JSDOM_WITH_STREAMS);
  for (const name of EXAMPLES) writeFileSync(join(folder, name), forJest(name));
});

/** How many tests passed, in the words of Jest. */
const passedIn = (output: string) =>
  /^Tests: .*?(\d+) passed, (\d+) total$/m.exec(output)?.slice(1);

describe('in Jest, configured as the guide says,', () => {
  test.for(ENVIRONMENTS)('the examples pass in %s', async ([, environment], context) => {
    needs(context, obstacle);
    const script = join(folder, 'node_modules/jest/bin/jest.js');
    const ran = await run(process.execPath, [script, '--env', environment, '--ci'], {
      cwd: folder,
      env: { NODE_ENV: 'test', VITEST: '' },
    });
    expect(failureOf(ran)).toBe('');
    expect(passedIn(ran.output)).toEqual(['13', '13']);
  });
});
