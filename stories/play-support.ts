/** Streams take the time they take, and a busy machine adds to it. */
export const patiently = { timeout: 60_000 };

/** The numbers in a text, in order. */
export const numbersIn = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

/** As many numbers from a first one on, each one more than the last. */
export const consecutive = (first: number | undefined, length: number) =>
  Array.from({ length }, (_, index) => (first ?? 1) + index);
