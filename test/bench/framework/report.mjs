/** Prints what was found, misses as plainly as hits. */

/**
 * @typedef {import('./contest.ts').ContestantFinding} ContestantFinding
 * @typedef {import('./contest.ts').Finding} Finding
 * @typedef {import('./contest.ts').Spread} Spread
 */

const TIMES = ['cpu', 'script', 'layout', 'wall'];
const SIZES = ['heap', 'memory'];

/**
 * A cost with its unit.
 *
 * @param {string} measure
 * @param {number} cost
 */
function withUnit(measure, cost) {
  if (TIMES.includes(measure)) return `${cost} ms`;
  if (SIZES.includes(measure)) return `${Number((cost / 1e6).toPrecision(3))} MB`;
  return `${cost}`;
}

/** @param {Spread} spread */
const range = ({ low, high }) => `${low} – ${high}`;

/**
 * @param {ContestantFinding} contestant
 * @param {string | undefined} unit
 */
function contestantLine({ name, size, fault, costs }, unit) {
  const label = size === undefined ? name : `${name}, ${size.toLocaleString('en')} ${unit}`;
  const cells = Object.entries(costs).map(([measure, spread]) => {
    return `${measure} ${withUnit(measure, spread.median)}`;
  });
  return `  ${label.padEnd(44)} ${fault === null ? cells.join(', ') : `FAILING: ${fault}`}`;
}

/** @param {Finding} finding */
export function printFinding({ suite, title, runtime, rounds, unit, contestants, targets }) {
  console.log(`\n${suite}: ${title} (${runtime}, rounds: ${rounds})`);
  for (const contestant of contestants) console.log(contestantLine(contestant, unit));
  for (const { label, is, goal, value, reached } of targets) {
    const found = value === null ? 'not measured' : `${value.median}  (${range(value)})`;
    console.log(
      `  ${reached ? 'reached' : 'MISSED '} ${label.padEnd(36)} ${found}, goal ${is} ${goal}`,
    );
  }
}

/**
 * The last words: how many targets were reached, which were not, and who failed.
 *
 * @param {readonly Finding[]} findings
 */
export function printSummary(findings) {
  const targets = findings.flatMap(({ title, targets: of }) =>
    of.map((target) => ({ ...target, title })),
  );
  const missed = targets.filter(({ reached }) => !reached);
  console.log(`\n${targets.length - missed.length} of ${targets.length} targets reached.`);
  for (const { title, label, is, goal, value } of missed) {
    const found = value === null ? 'not measured' : `${value.median} (${range(value)})`;
    console.log(`  MISSED   ${title}: ${label}: ${found}, goal ${is} ${goal}`);
  }
  for (const { title, contestants } of findings) {
    for (const { name, fault } of contestants) {
      if (fault !== null) console.log(`  FAILING  ${title}: ${name}: ${fault}`);
    }
  }
}
