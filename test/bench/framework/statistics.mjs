/**
 * The middle one, or the mean of the middle two; `NaN` of none.
 *
 * @param {readonly number[]} numbers
 */
function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const { [middle]: above = Number.NaN } = sorted;
  const { [sorted.length % 2 === 0 ? middle - 1 : middle]: below = Number.NaN } = sorted;
  return (below + above) / 2;
}

/** @param {readonly number[]} numbers */
export function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/**
 * Three significant digits: more would be noise.
 *
 * @param {number} number
 */
function rounded(number) {
  return Number(number.toPrecision(3));
}

/**
 * @param {readonly number[]} numbers at least one
 * @returns {import('./contest.ts').Spread}
 */
export function spreadOf(numbers) {
  return {
    median: rounded(median(numbers)),
    low: rounded(Math.min(...numbers)),
    high: rounded(Math.max(...numbers)),
  };
}
