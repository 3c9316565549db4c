/** Where values stand on an axis on which equal steps are equal ratios. */
export interface LogScale {
  /** From 0 to 100 along the axis. */
  percent(value: number): number;
  /** The powers of ten on the axis. */
  readonly ticks: readonly number[];
}

/** A scale between the powers of ten around the values; the least value is not at its very start. */
export function createLogScale(values: readonly number[]): LogScale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive) / 1.2));
  const high = Math.ceil(Math.log10(Math.max(...positive)));
  return {
    percent: (value) => (value <= 0 ? 0 : (100 * (Math.log10(value) - low)) / (high - low)),
    ticks: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)),
  };
}
