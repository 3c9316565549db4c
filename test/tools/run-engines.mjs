/**
 * Runs the browser scenarios in Chromium, Firefox and WebKit, from one set of files.
 *
 *   npm run test:engines [-- filter of vitest]
 *   ENGINES=chromium ENGINES_PARTS=scenarios node test/tools/run-engines.mjs
 *
 * What is missing is installed: as root on Debian from there, elsewhere as Playwright builds it.
 * `ENSURE_BROWSER_OFFLINE=1` forbids both. An engine that is not there is named in the last lines;
 * where `CI` is set that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES } from '../engines/find-engines.mjs';

/** @typedef {keyof typeof SOURCES} EngineName */

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
/** @param {string} name */
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

const ENGINES = /** @type {EngineName[]} */ (Object.keys(SOURCES));
const asked = process.env['ENGINES']?.split(',');
const wanted = ENGINES.filter((name) => asked === undefined || asked.includes(name));
const missing = () => wanted.filter((name) => SOURCES[name]() === undefined);

/** @type {Record<EngineName, string[]>} */
const DEBIAN_PACKAGES = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb'],
};

/**
 * @param {string} command
 * @param {string[]} args
 */
function show(command, args) {
  console.log(`> ${command} ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

/** Installs the missing engines, in the first way that works. */
function install() {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    const packages = missing().flatMap((name) => DEBIAN_PACKAGES[name]);
    show('apt-get', ['update']);
    show('apt-get', ['install', '--yes', '--no-install-recommends', ...packages]);
  }
  if (missing().length === 0) return;
  show(process.execPath, [join(folderOf('playwright'), 'cli.js'), 'install', ...missing()]);
}

if (missing().length > 0 && process.env['ENSURE_BROWSER_OFFLINE'] !== '1') install();

const absent = missing();
const present = wanted.filter((name) => !absent.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'rivulet-engines-'));
const report = join(folder, 'report.json');
const begin = performance.now();
const { status } = spawnSync(
  process.execPath,
  [
    join(folderOf('vitest'), 'vitest.mjs'),
    'run',
    '--config',
    join(root, 'test/engines/vitest.config.ts'),
    '--reporter=default',
    `--reporter=${join(root, 'test/tools/engines-reporter.mjs')}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ENGINES: present.join(','), RIVULET_ENGINES_REPORT: report },
  },
);
const seconds = (performance.now() - begin) / 1000;

/** @typedef {{ engine: string, name: string, state: string, note: string, ms: number }} Scenario */
/** @type {Scenario[]} */
const scenarios = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
rmSync(folder, { recursive: true });

console.log('\nThe ten slowest scenarios:');
for (const { engine, name, ms } of scenarios.toSorted((a, b) => b.ms - a.ms).slice(0, 10)) {
  console.log(`  ${(ms / 1000).toFixed(1)} s  ${engine}: ${name}`);
}

const cannot = scenarios.filter(({ note }) => note !== '');
if (cannot.length > 0) console.log('\nSkipped, since the engine cannot do what they need:');
for (const { engine, name, note } of cannot) console.log(`  ${engine} ${note}: ${name}`);

/** @param {readonly Scenario[]} of */
function count(of) {
  const passed = of.filter(({ state }) => state === 'passed').length;
  const failed = of.filter(({ state }) => state === 'failed').length;
  return { passed, failed, skipped: of.length - passed - failed };
}

/** @param {ReturnType<typeof count>} counts */
const told = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

console.log('');
for (const name of present) {
  const counts = count(scenarios.filter(({ engine }) => engine === name));
  console.log(`${name} (${SOURCES[name]()}): ${told(counts)}`);
}
for (const name of absent) console.log(`${name}: NOT RUN, it is not installed`);
console.log(`${seconds.toFixed(0)} s`);

const total = count(scenarios);
// A run that fails without a failed scenario counts as one failure.
const isUnaccounted = status !== 0 && total.failed === 0;
const isIncomplete = absent.length > 0 && Boolean(process.env['CI']);
process.exitCode = status !== 0 || isIncomplete ? 1 : 0;
console.log(told({ ...total, failed: total.failed + Number(isUnaccounted) }));
