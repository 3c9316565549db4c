import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A command of `node_modules/.bin`, or a run of Vitest when it names projects.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly string[]} [command]
 * @property {readonly string[]} [projects]
 * @property {readonly string[]} [args] more arguments for Vitest
 * @property {readonly string[]} [after] checks that must have passed before
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {Counts & { name: string, seconds: number, files: TestFile[] }} Outcome
 * @typedef {import('./file-reporter.mjs').TestFile} TestFile
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** So many checks run side by side: as many as the smallest machine has cores. */
const SIDE_BY_SIDE = 2;

/** How many of the slowest files are named at the end. */
const SLOWEST = 10;

/**
 * @param {Check} check
 * @param {string} config of Vitest
 */
function commandOf({ command, projects = [], args = [] }, config) {
  if (command !== undefined) return command;
  const reporters = ['--reporter=default', '--reporter=./test/tools/file-reporter.mjs'];
  const names = projects.map((project) => `--project=${project}`);
  return ['vitest', 'run', '--config', config, ...names, ...reporters, ...args];
}

/**
 * What the counts come to together.
 *
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
function addUp(all) {
  /** @param {keyof Counts} count */
  const sumOf = (count) => all.reduce((sum, each) => sum + each[count], 0);
  return { passed: sumOf('passed'), failed: sumOf('failed'), skipped: sumOf('skipped') };
}

/**
 * Runs one check and prints what it said, once it has ended: what runs side by side would mix.
 *
 * @param {Check} check
 * @param {string} config
 * @param {string} report where Vitest leaves its files
 * @returns {Promise<Outcome>}
 */
async function run(check, config, report) {
  const [program = '', ...args] = commandOf(check, config);
  const begin = performance.now();
  console.log(`... ${check.name}`);
  const child = spawn(program, args, {
    cwd: root,
    env: {
      ...process.env,
      TEST_FILES: report,
      PATH: join(root, 'node_modules', '.bin') + delimiter + process.env['PATH'],
    },
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  /** @type {boolean} */
  const ok = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(error.message));
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
  const seconds = (performance.now() - begin) / 1000;
  console.log(`\n=== ${check.name}: ${ok ? 'passed' : 'FAILED'} after ${seconds.toFixed(1)} s ===`);
  console.log(Buffer.concat(output).toString().trim());
  if (check.projects === undefined) {
    const counts = { passed: Number(ok), failed: Number(!ok), skipped: 0 };
    return { name: check.name, seconds, files: [], ...counts };
  }
  /** @type {TestFile[]} */
  const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
  const counts = addUp(files);
  // A run that fails without a failed test, or that runs none, is a failure too.
  const isUnexplained = counts.failed === 0 && (!ok || counts.passed === 0);
  return {
    name: check.name,
    seconds,
    files,
    ...counts,
    failed: counts.failed + Number(isUnexplained),
  };
}

/**
 * Runs checks two at a time, in their order, so that those that take longest should come first. All
 * run even when one fails, but for those that need what failed.
 *
 * @param {readonly Check[]} checks
 * @param {string} config
 */
async function runAll(checks, config) {
  const temporary = mkdtempSync(join(tmpdir(), 'rivulet-test-'));
  /** @type {Map<string, Outcome>} */
  const ended = new Map();
  let waiting = [...checks];
  /** @param {Check} check */
  const isReady = ({ after = [] }) => after.every((name) => ended.has(name));
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < SIDE_BY_SIDE ? waiting.find(isReady) : undefined;
    if (next === undefined) {
      await Promise.race(running);
      continue;
    }
    waiting = waiting.filter((check) => check !== next);
    const { name, after = [] } = next;
    const missing = after.filter((needed) => ended.get(needed)?.failed !== 0);
    if (missing.length > 0) {
      console.log(`\n=== ${name}: FAILED, for it needs ${missing.join(', ')} ===`);
      ended.set(name, { name, seconds: 0, files: [], passed: 0, failed: 1, skipped: 0 });
      continue;
    }
    const report = join(temporary, `${ended.size}-${running.size}-${waiting.length}.json`);
    const task = run(next, config, report).then((outcome) => {
      ended.set(name, outcome);
      running.delete(task);
    });
    running.add(task);
  }
  rmSync(temporary, { recursive: true });
  return checks.flatMap(({ name }) => ended.get(name) ?? []);
}

/** @param {Counts & { seconds: number }} row */
const cells = ({ seconds, passed, failed, skipped }) =>
  [seconds.toFixed(1), passed, failed, skipped].map((cell) => `${cell}`.padStart(8)).join(' ');

/**
 * Runs checks and ends with their seconds, the slowest files and a line of counts. A check counts as
 * one; tests count one by one.
 *
 * @param {readonly Check[]} checks
 * @param {string} [config] of Vitest
 */
export async function runChecks(checks, config = 'vitest.config.ts') {
  const begin = performance.now();
  const outcomes = await runAll(checks, config);
  console.log(`\n${'check'.padEnd(34)}  seconds   passed   failed  skipped`);
  for (const outcome of outcomes) console.log(`${outcome.name.padEnd(34)} ${cells(outcome)}`);
  console.log(
    `${'all, two side by side'.padEnd(34)} ${((performance.now() - begin) / 1000).toFixed(1).padStart(8)}`,
  );
  const files = outcomes.flatMap((outcome) => outcome.files);
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  console.log(`\n${'the slowest files'.padEnd(60)}  seconds`);
  for (const { project, path, seconds } of slowest) {
    console.log(`${`${path} (${project})`.padEnd(60)} ${seconds.toFixed(1).padStart(8)}`);
  }
  const { passed, failed, skipped } = addUp(outcomes);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
