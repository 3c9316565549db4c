/**
 * `npm test`: runs every check in order, all of them even when one fails, and ends with the list of
 * them and a line of counts. A check counts as one; the tests of Vitest count one by one.
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
 * @typedef {{ name: string, seconds: number, passed: number, failed: number, skipped: number }} Outcome
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'rivulet-test-'));
const report = join(temporary, 'groups.json');

/** @type {Check[]} */
const checks = [
  { name: 'browser', command: ['node', 'test/tools/ensure-browser.mjs'] },
  { name: 'nginx', command: ['node', 'test/tools/ensure-nginx.mjs'] },
  { name: 'bench: install', command: ['node', 'test/tools/ensure-bench.mjs'] },
  { name: 'format', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'types: src', command: ['tsc', '-p', '.'] },
  { name: 'types: test', command: ['tsc', '-p', 'test'] },
  { name: 'types: stories', command: ['tsc', '-p', 'stories'] },
  { name: 'types: servers', command: ['tsc', '-p', 'stories/server-examples'] },
  { name: 'build', command: ['tsup'] },
  { name: 'bench: quick', command: ['node', 'test/tools/check-bench.mjs'] },
];

/** @type {Check} */
const tests = {
  name: 'tests',
  command: ['vitest', 'run', '--reporter=default', '--reporter=./test/tools/group-reporter.mjs'],
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
      TEST_GROUPS: report,
      PATH: join(root, 'node_modules', '.bin') + delimiter + process.env['PATH'],
    },
    shell: process.platform === 'win32',
    stdio: 'inherit',
  });
  if (error !== undefined) console.error(error.message);
  return { ok: status === 0, seconds: (performance.now() - begin) / 1000 };
}

/**
 * Runs Vitest and reads its counts, group by group. A run that fails without a failed test counts as
 * one failure.
 *
 * @returns {Outcome[]} what the groups add up to, then the groups
 */
function runTests() {
  const { ok, seconds } = run(tests);
  /** @type {Outcome[]} */
  let groups = [];
  try {
    groups = JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    console.error(`Vitest left no report: ${error}`);
  }
  const { passed, failed, skipped } = addUp(groups);
  const unaccounted = (!ok && failed === 0) || passed + failed === 0 ? 1 : 0;
  return [{ name: tests.name, seconds, passed, failed: failed + unaccounted, skipped }, ...groups];
}

/**
 * What outcomes come to together.
 *
 * @param {Outcome[]} outcomes
 */
function addUp(outcomes) {
  /** @param {'passed' | 'failed' | 'skipped'} count */
  const sumOf = (count) => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
  return { passed: sumOf('passed'), failed: sumOf('failed'), skipped: sumOf('skipped') };
}

/**
 * Prints outcomes as lines under a head.
 *
 * @param {string} head
 * @param {Outcome[]} outcomes
 */
function printTable(head, outcomes) {
  console.log(`\n${head.padEnd(34)}  seconds   passed   failed  skipped`);
  for (const { name, seconds, ...counts } of outcomes) {
    const numbers = [counts.passed, counts.failed, counts.skipped];
    const cells = [seconds.toFixed(1), ...numbers].map((cell) => `${cell}`.padStart(8));
    console.log(`${name.padEnd(34)} ${cells.join(' ')}`);
  }
}

/** @type {Outcome[]} */
const outcomes = checks.map((check) => {
  const { ok, seconds } = run(check);
  return { name: check.name, seconds, passed: Number(ok), failed: Number(!ok), skipped: 0 };
});
const [allTests, ...groups] = runTests();
if (allTests !== undefined) outcomes.push(allTests);
rmSync(temporary, { recursive: true });

// Files run side by side: the seconds of groups are those of all workers together.
printTable('tests, by what they look at', groups);
printTable('check', outcomes);
const { passed, failed, skipped } = addUp(outcomes);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
