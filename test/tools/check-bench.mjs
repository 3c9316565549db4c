/**
 * Runs the benchmarks in their quick form and holds what they find against the result file: every
 * contest is there, everyone who took part gives the right answer, and every number is one. Nothing
 * is said about speed.
 *
 *   node test/tools/check-bench.mjs
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('../bench/framework/contest.ts').Finding} Finding
 * @typedef {import('../bench/framework/contest.ts').Results} Results
 */

const bench = fileURLToPath(new URL('../bench/', import.meta.url));

/**
 * @param {string} path
 * @returns {Results}
 */
const readResults = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** @returns {Results} */
function runQuickly() {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-bench-'));
  const output = join(folder, 'results.json');
  try {
    const args = ['--expose-gc', join(bench, 'run.mjs'), '--quick', '--output', output];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`The benchmarks ended with code ${status}.`);
    return readResults(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {Finding['contestants'][number]} contestant */
const labelOf = ({ name, size }) => (size === undefined ? name : `${name} (${size})`);

/**
 * What is wrong with a contest.
 *
 * @param {Finding} finding
 * @param {Finding | undefined} recorded the same in the result file
 * @returns {string[]}
 */
function faultsOf({ id, contestants, targets }, recorded) {
  if (recorded === undefined) return [`${id}: not in the result file`];
  /** Who may fail: who failed when the result file was written, and is none of ours. */
  const mayFail = recorded.contestants.filter(({ verified }) => !verified).map(({ name }) => name);
  const failing = contestants.filter(({ name, verified }) => {
    return !verified && (name.startsWith('rivulet') || !mayFail.includes(name));
  });
  const unmeasured = contestants.filter(({ verified, costs }) => {
    const numbers = Object.values(costs).flatMap((spread) => Object.values(spread));
    return verified && (numbers.length === 0 || !numbers.every(Number.isFinite));
  });
  const isComplete = contestants.every(({ verified }) => verified);
  const unjudged = isComplete ? targets.filter(({ value }) => value === null) : [];
  return [
    ...(contestants.length === recorded.contestants.length ? [] : [`${id}: other contestants`]),
    ...(targets.length === recorded.targets.length ? [] : [`${id}: other targets`]),
    ...failing.map((contestant) => `${id}: ${labelOf(contestant)}: ${contestant.fault}`),
    ...unmeasured.map((contestant) => `${id}: ${labelOf(contestant)}: no number`),
    ...unjudged.map(({ label }) => `${id}: ${label}: not measured`),
  ];
}

const recorded = readResults(join(bench, 'results.json')).findings;
const found = runQuickly().findings;
const faults = [
  ...recorded
    .filter(({ id }) => !found.some((finding) => finding.id === id))
    .map(({ id }) => `${id}: was not run`),
  ...found.flatMap((finding) =>
    faultsOf(
      finding,
      recorded.find(({ id }) => id === finding.id),
    ),
  ),
];
for (const fault of faults) console.error(fault);
console.log(`\n${found.length} contests, ${faults.length} faults`);
process.exitCode = found.length > 0 && faults.length === 0 ? 0 : 1;
