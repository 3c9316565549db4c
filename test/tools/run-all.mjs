/**
 * `npm test`: runs every check in order, all of them even when one fails, and ends with a table and
 * a line of counts. A check counts as one; the tests of Vitest count one by one.
 *
 *   node test/tools/run-all.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ name: string, command: string[] }} Check
 * @typedef {{ name: string, seconds: number, passed: number, failed: number }} Outcome
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'rivulet-test-'));
const report = join(temporary, 'vitest.json');

/** @type {Check[]} */
const checks = [
  { name: 'browser', command: ['node', 'test/tools/ensure-browser.mjs'] },
  { name: 'nginx', command: ['node', 'test/tools/ensure-nginx.mjs'] },
  { name: 'format', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'types: src', command: ['tsc', '-p', '.'] },
  { name: 'types: test', command: ['tsc', '-p', 'test'] },
  { name: 'types: stories', command: ['tsc', '-p', 'stories'] },
  { name: 'types: servers', command: ['tsc', '-p', 'stories/server-examples'] },
  { name: 'build', command: ['tsup'] },
];

/** @type {Check} */
const tests = {
  name: 'tests',
  command: [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
};

/**
 * Runs one command of node_modules/.bin with its output shown.
 *
 * @param {Check} check
 * @returns {{ ok: boolean, seconds: number }}
 */
function run({ name, command: [program = '', ...args] }) {
  console.log(`\n=== ${name} ===`);
  const begin = performance.now();
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    env: {
      ...process.env,
      PATH: join(root, 'node_modules', '.bin') + delimiter + process.env['PATH'],
    },
    shell: process.platform === 'win32',
    stdio: 'inherit',
  });
  if (error !== undefined) console.error(error.message);
  return { ok: status === 0, seconds: (performance.now() - begin) / 1000 };
}

/**
 * Runs Vitest and reads its counts. A run that fails without a failed test (an unhandled error, a
 * file that does not load) counts as one failure.
 *
 * @returns {Outcome}
 */
function runTests() {
  const { ok, seconds } = run(tests);
  let counts = { numPassedTests: 0, numFailedTests: 0 };
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    console.error(`Vitest left no report: ${error}`);
  }
  const { numPassedTests: passed, numFailedTests: failed } = counts;
  const unaccounted = (!ok && failed === 0) || passed + failed === 0 ? 1 : 0;
  return { name: tests.name, seconds, passed, failed: failed + unaccounted };
}

/** @type {Outcome[]} */
const outcomes = checks.map((check) => {
  const { ok, seconds } = run(check);
  return { name: check.name, seconds, passed: Number(ok), failed: Number(!ok) };
});
outcomes.push(runTests());
rmSync(temporary, { recursive: true });

console.log('\ncheck              seconds   passed   failed');
for (const { name, seconds, passed, failed } of outcomes) {
  const cells = [seconds.toFixed(1).padStart(7), `${passed}`.padStart(8), `${failed}`.padStart(8)];
  console.log(`${name.padEnd(18)} ${cells.join(' ')}`);
}
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
