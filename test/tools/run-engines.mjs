/**
 * Runs the browser scenarios in Chromium, Firefox and WebKit, from one set of files.
 *
 *   npm run test:engines [-- filter of vitest]
 *
 * As root on Debian what is missing is installed. An engine that is not there is named in the last
 * lines; where `CI` is set that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './find-browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string[]} names */
const isOnPath = (...names) =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => names.some((name) => existsSync(join(folder, name))));

/** @type {Record<string, () => boolean>} */
const PRESENT = {
  chromium: () => findBrowser() !== undefined,
  firefox: () => isOnPath('firefox-esr', 'firefox'),
  webkit: () => isOnPath('WebKitWebDriver') && isOnPath('Xvfb'),
};
const missing = () => Object.keys(PRESENT).filter((name) => !PRESENT[name]?.());

if (missing().length > 0 && process.platform === 'linux' && process.getuid?.() === 0) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = {
    chromium: ['chromium'],
    firefox: ['firefox-esr'],
    webkit: ['webkit2gtk-driver', 'xvfb'],
  };
  const wanted = Object.entries(packages).flatMap(([name, list]) =>
    missing().includes(name) ? list : [],
  );
  spawnSync('apt-get', ['update'], { stdio: 'inherit', env });
  const install = ['install', '--yes', '--no-install-recommends', ...wanted];
  spawnSync('apt-get', install, { stdio: 'inherit', env });
}

const absent = missing();
const present = Object.keys(PRESENT).filter((name) => !absent.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'rivulet-engines-'));
const report = join(folder, 'report.json');
const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);
const args = [vitest, 'run', '--config', join(root, 'test/engines/vitest.config.ts')];
const reporters = [
  '--reporter=default',
  `--reporter=${join(root, 'test/engines/count-reporter.mjs')}`,
];
const { status } = spawnSync(process.execPath, [...args, ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, RIVULET_ENGINES: present.join(','), RIVULET_ENGINES_REPORT: report },
});

/** @typedef {{ engine: string, name: string, state: string, ms: number }} Scenario */
/** @type {Scenario[]} */
const scenarios = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
rmSync(folder, { recursive: true });

console.log('\nThe ten slowest scenarios:');
for (const { engine, name, ms } of scenarios.toSorted((a, b) => b.ms - a.ms).slice(0, 10)) {
  console.log(`  ${(ms / 1000).toFixed(1)} s  ${engine}: ${name}`);
}

/** @param {readonly Scenario[]} of */
function counts(of) {
  const passed = of.filter(({ state }) => state === 'passed').length;
  const failed = of.filter(({ state }) => state === 'failed').length;
  const skipped = of.length - passed - failed;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

for (const name of present) {
  console.log(`${name}: ${counts(scenarios.filter(({ engine }) => engine === name))}`);
}
for (const name of absent) console.log(`${name}: NOT RUN, it is not installed`);
const isIncomplete = absent.length > 0 && Boolean(process.env['CI']);
process.exitCode = status !== 0 || isIncomplete ? 1 : 0;
console.log(counts(scenarios));
