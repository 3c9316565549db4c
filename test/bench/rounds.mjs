/**
 * @typedef {object} Contest two sizes of one task
 * @property {string} name
 * @property {number} factor how many times larger the large one is
 * @property {number} goal what the large one may cost at most, in small ones
 * @property {() => Promise<number>} small runs it, gives its cost in ms
 * @property {() => Promise<number>} large
 *
 * @typedef {{ contest: Contest, small: number, large: number, ratios: number[] }} Finding
 */

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [below = 0, above = 0] = sorted.slice(sorted.length % 2 === 0 ? middle - 1 : middle);
  return sorted.length % 2 === 0 ? (below + above) / 2 : below;
}

/**
 * Runs every contest once in each round, so that what else the machine does is spread over all. In a
 * round the small one runs as often as it fits into the large one, and counts by its mean.
 *
 * @param {Contest[]} contests
 * @param {number} rounds
 * @returns {Promise<Finding[]>}
 */
export async function compare(contests, rounds) {
  /** @type {Map<Contest, { small: number, large: number }[]>} */
  const costs = new Map(contests.map((contest) => [contest, []]));
  // The first round warms up the compiler and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [contest, measured] of costs) {
      let small = 0;
      for (let run = 0; run < contest.factor; run += 1) small += await contest.small();
      const cost = { small: small / contest.factor, large: await contest.large() };
      if (round > 0) measured.push(cost);
    }
  }
  return [...costs].map(([contest, measured]) => ({
    contest,
    small: median(measured.map(({ small }) => small)),
    large: median(measured.map(({ large }) => large)),
    ratios: measured.map(({ small, large }) => large / small),
  }));
}

/**
 * Prints what was found.
 *
 * @param {Finding[]} findings
 */
export function report(findings) {
  const width = Math.max(...findings.map(({ contest }) => contest.name.length));
  console.log(`${''.padEnd(width)}    small      large    ratio     spread        goal`);
  for (const { contest, small, large, ratios } of findings) {
    const ratio = median(ratios);
    const cells = [
      `${small.toFixed(1)} ms`.padStart(9),
      `${large.toFixed(1)} ms`.padStart(10),
      ratio.toFixed(2).padStart(8),
      `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`.padStart(14),
      `${contest.goal}`.padStart(7),
    ];
    const verdict = ratio <= contest.goal ? 'reached' : 'MISSED';
    console.log(`${contest.name.padEnd(width)}${cells.join('')}  ${verdict}`);
  }
}
