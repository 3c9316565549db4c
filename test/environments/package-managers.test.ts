import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { failureOf, install, needs, type Ran, run } from './install.ts';

const { project, tarball } = inject('packed');
const tools = join(project, 'package-managers');

/** The oldest line of Node that is supported. */
const OLDEST = '20.';

/** Where the Node of the tests is: this one, or if this one is newer, one from the registry. */
let node = process.execPath;
let obstacle: string | null = null;

beforeAll(async () => {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const isOldest = process.versions.node.startsWith(OLDEST);
  obstacle = await install(tools, {
    npm: '10.9.4',
    pnpm: '10.20.0',
    yarn: '1.22.22',
    ...(!isOldest && { [platform]: '20.19.5' }),
  });
  if (!isOldest) node = join(tools, 'node_modules', platform, 'bin/node');
});

/** Each way to install a project, from the script of the package manager on. */
const MANAGERS: [name: string, script: string, args: string[]][] = [
  ['npm, held to the engines,', 'npm/bin/npm-cli.js', ['install', '--engine-strict']],
  ['pnpm', 'pnpm/bin/pnpm.cjs', ['install', '--config.engine-strict=true']],
  ['Yarn 1', 'yarn/bin/yarn.js', ['install', '--non-interactive', '--no-lockfile']],
];

/** What a package manager says if a package requires another Node, or something that is missing. */
const COMPLAINTS = /EBADENGINE|Unsupported engine|incompatible|unmet|missing peer|deprecated|WARN/i;

/** An empty project that depends on the tarball and React. */
function emptyProject(name: string): string {
  const folder = join(project, `installed-by-${name.replace(/\W+/g, '-')}`);
  mkdirSync(folder);
  const manifest = {
    name: 'empty',
    version: '1.0.0',
    license: 'MIT',
    private: true,
    type: 'module',
    dependencies: { react: '19.3.1', rivulet: `file:${tarball}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

const SCRIPT = `
  const entries = await Promise.all(
    ['rivulet', 'rivulet/core', 'rivulet/share', 'rivulet/testing'].map((name) => import(name)),
  );
  console.log(process.versions.node, entries.every((entry) => Object.keys(entry).length > 0));
`;

describe('on Node 20 the packed package', () => {
  test.for(MANAGERS)(
    'is installed by %s without a complaint, and runs',
    async (manager, context) => {
      needs(context, obstacle);
      const [name, script, args] = manager;
      const folder = emptyProject(name);
      const runNode = (...given: string[]): Promise<Ran> => run(node, given, { cwd: folder });
      const installed = await runNode(join(tools, 'node_modules', script), ...args);
      expect(failureOf(installed)).toBe('');
      const lines = installed.output.split('\n');
      expect(lines.filter((line) => COMPLAINTS.test(line))).toEqual([]);
      expect(existsSync(join(folder, 'node_modules/rivulet/dist/core.js'))).toBe(true);
      const used = await runNode('--input-type=module', '--eval', SCRIPT);
      expect(used.output.trim()).toMatch(/^20\.\d+\.\d+ true$/);
    },
  );

  test('requires no newer Node', () => {
    const manifest = JSON.parse(
      readFileSync(join(inject('packed').folder, 'package.json'), 'utf8'),
    );
    expect(manifest.engines).toEqual({ node: '>=20.19' });
  });
});
