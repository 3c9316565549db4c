/** Where values stand on an axis on which equal steps are equal ratios. */
export interface LogScale {
  /** From 0 to 100 along the axis. */
  percent(value: number): number;
  /** Powers of ten on the axis, and its ends where there are fewer than two. */
  readonly ticks: readonly number[];
}

/** A scale from a little below the least value to a little above the greatest. */
export function createLogScale(values: readonly number[]): LogScale {
  const positive = values.filter((value) => value > 0);
  const least = Math.min(...positive);
  const greatest = Math.max(...positive);
  const low = Math.log10(least / 1.5);
  const high = Math.log10(greatest * 1.05);
  const percent = (value: number) =>
    value <= 0 ? 0 : (100 * (Math.log10(value) - low)) / (high - low);
  const ticks: number[] = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power += 1) ticks.push(10 ** power);
  return { percent, ticks: ticks.length > 1 ? ticks : [least, greatest] };
}
