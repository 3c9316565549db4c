/** Verifies contestants, runs them in turn and judges what they paid. */
import { mean, spreadOf } from './statistics.mjs';

/**
 * @typedef {import('./contest.ts').Answer} Answer
 * @typedef {import('./contest.ts').Contest} Contest
 * @typedef {import('./contest.ts').Contestant} Contestant
 * @typedef {import('./contest.ts').CostOf} CostOf
 * @typedef {import('./contest.ts').Costs} Costs
 * @typedef {import('./contest.ts').Finding} Finding
 * @typedef {import('./contest.ts').Runner} Runner
 *
 * @typedef {object} Entry a contestant in the course of a contest
 * @property {Contestant} contestant
 * @property {Runner | null} runner
 * @property {string | null} fault why it is out
 * @property {number} expected
 * @property {number} received the least that came
 * @property {Costs[]} rounds what it paid in each round
 */

/** The longest that one call of a contestant may take, in ms. */
const PATIENCE = 120_000;

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>} rejects when it takes too long
 */
async function withPatience(promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No end within ${PATIENCE / 1000} s.`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Does something for a contestant that is still in; one that throws is out.
 *
 * @param {Entry} entry
 * @param {() => Promise<void>} step
 */
async function attempt(entry, step) {
  if (entry.fault !== null) return;
  try {
    await withPatience(step());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // What a browser logged may follow, in hundreds of lines.
    [entry.fault = ''] = message.split('\n');
  }
}

/**
 * Counts losses; an answer that is not as it should be ends the contest for its contestant.
 *
 * @param {Entry} entry
 * @param {Answer} answer
 */
function check(entry, { expected, received, fault }) {
  const isWorst = expected - received >= entry.expected - entry.received;
  if (isWorst) Object.assign(entry, { expected, received });
  if (received !== expected) {
    entry.fault = `${received} of ${expected} came${fault === undefined ? '' : `: ${fault}`}`;
  } else if (fault !== undefined) {
    entry.fault = fault;
  }
}

/**
 * The mean of several runs, measure by measure.
 *
 * @param {Costs[]} runs
 * @returns {Costs}
 */
function meanCosts(runs) {
  const measures = Object.keys(runs[0] ?? {});
  return Object.fromEntries(
    measures.map((name) => [name, mean(runs.map(({ [name]: cost = Number.NaN }) => cost))]),
  );
}

/**
 * One turn of a contestant.
 *
 * @param {Entry} entry
 * @param {boolean} counts
 */
async function takeTurn(entry, counts) {
  await attempt(entry, async () => {
    /** @type {Costs[]} */
    const runs = [];
    const times = counts ? (entry.contestant.times ?? 1) : 1;
    for (let run = 0; run < times && entry.fault === null; run += 1) {
      const answer = await entry.runner?.run();
      if (answer === undefined) continue;
      check(entry, answer);
      runs.push(answer.costs);
    }
    if (counts && entry.fault === null) entry.rounds.push(meanCosts(runs));
  });
}

/**
 * Who pays what in a round.
 *
 * @param {Entry[]} entries
 * @param {number} round
 * @returns {CostOf}
 */
function costsOfRound(entries, round) {
  return (name, measure, size) => {
    const entry = entries.find(({ contestant }) => {
      return contestant.name === name && contestant.size === size;
    });
    if (entry === undefined) throw new Error(`No contestant ${name} ${size ?? ''}.`);
    return entry.fault === null ? (entry.rounds[round]?.[measure] ?? Number.NaN) : Number.NaN;
  };
}

/**
 * @param {Entry} entry
 * @returns {import('./contest.ts').ContestantFinding}
 */
function describe({ contestant: { name, size }, fault, expected, received, rounds }) {
  const measures = fault === null ? Object.keys(rounds[0] ?? {}) : [];
  return {
    name,
    ...(size !== undefined && { size }),
    verified: fault === null,
    fault,
    expected,
    received,
    costs: Object.fromEntries(
      measures.map((measure) => [
        measure,
        spreadOf(rounds.map(({ [measure]: cost = Number.NaN }) => cost)),
      ]),
    ),
  };
}

/**
 * @param {import('./contest.ts').Target} target
 * @param {Entry[]} entries
 * @param {number} rounds
 * @returns {import('./contest.ts').TargetFinding}
 */
function judge({ label, is, goal, value }, entries, rounds) {
  const values = Array.from({ length: rounds }, (_, round) => value(costsOfRound(entries, round)));
  if (!values.every(Number.isFinite)) return { label, is, goal, value: null, reached: false };
  const spread = spreadOf(values);
  const reached = is === 'at least' ? spread.median >= goal : spread.median <= goal;
  return { label, is, goal, value: spread, reached };
}

/**
 * Runs a contest: everyone is verified first, and from then on all take turns, so that what else the
 * machine does is spread over all. Who begins changes from round to round.
 *
 * @param {string} suite
 * @param {Contest} contest
 * @param {{ rounds: number, warmsUp: boolean }} plan
 * @returns {Promise<Finding>}
 */
export async function compare(suite, contest, { rounds: wanted, warmsUp }) {
  const { contestants, targets, maxRounds = wanted, warmsUp: isCold = true, ...rest } = contest;
  const rounds = Math.min(wanted, maxRounds);
  /** @type {Entry[]} */
  const entries = contestants.map((contestant) => {
    return { contestant, runner: null, fault: null, expected: 0, received: 0, rounds: [] };
  });
  try {
    for (const entry of entries) {
      await attempt(entry, async () => {
        entry.runner = await entry.contestant.open();
        check(entry, await entry.runner.verify());
      });
    }
    if (warmsUp && isCold) for (const entry of entries) await takeTurn(entry, false);
    for (let round = 0; round < rounds; round += 1) {
      const first = round % entries.length;
      for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
        await takeTurn(entry, true);
      }
    }
  } finally {
    for (const { runner } of entries) await runner?.close().catch(() => {});
  }
  return {
    suite,
    ...rest,
    rounds,
    contestants: entries.map(describe),
    targets: targets.map((target) => judge(target, entries, rounds)),
  };
}
