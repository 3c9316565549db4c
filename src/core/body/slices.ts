import type { Environment } from '../environment.ts';

/** How long the items of one chunk are handled without a pause, in ms. */
const SLICE_MS = 12;

/** The most items between two readings of the clock. */
const MAX_STRIDE = 32;

/**
 * Handles items in order, in slices of at most 12 ms with a turn for the host between them. Returns a
 * promise only if it had to pause.
 *
 * @param goesOn Whether to continue; asked after every item and every pause.
 * @param first The index to begin at.
 */
export function takeInSlices<TItem>(
  environment: Environment,
  items: readonly TItem[],
  take: (item: TItem) => void,
  goesOn: () => boolean,
  first = 0,
): Promise<void> | undefined {
  // A single item needs no clock: there is nothing to pause before.
  const sliceStart = items.length > 1 ? environment.now() : 0;
  let lookedAt = sliceStart;
  let stride = 1;
  let nextLook = first + 1;
  for (let index = first; index < items.length; index += 1) {
    // The index is in bounds.
    take(items[index] as TItem);
    if (!goesOn()) return undefined;
    const next = index + 1;
    if (next < nextLook || next === items.length) continue;
    // Reading the clock costs as much as framing a tiny event, so while it hardly moves it is read
    // less and less often. Measured: tiny events cost a fifth less.
    const now = environment.now();
    if (now - sliceStart >= SLICE_MS) {
      return environment.yieldToHost().then(() => {
        return goesOn() ? takeInSlices(environment, items, take, goesOn, next) : undefined;
      });
    }
    stride = now - lookedAt < 1 ? Math.min(2 * stride, MAX_STRIDE) : 1;
    lookedAt = now;
    nextLook = next + stride;
  }
  return undefined;
}
