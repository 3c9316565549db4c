/** Reproducible randomness: the same seed gives the same numbers. */
export interface RandomSource {
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  pick<TItem>(items: readonly TItem[]): TItem;
}

/** The generator known as mulberry32. */
export function createRandomSource(seed: number): RandomSource {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
  };
}
