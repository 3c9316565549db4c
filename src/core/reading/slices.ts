import type { Environment } from '../environment.ts';

/** Longest that the items of one chunk are handled without a pause, in ms (decision 14). */
const SLICE_MS = 12;

/**
 * Handles items in order, in slices of at most 12 ms with a turn for the host between them. Returns
 * a promise only if it had to pause.
 *
 * @param goesOn Asked after every item and every pause.
 */
export function takeInSlices<TItem>(
  environment: Environment,
  items: readonly TItem[],
  take: (item: TItem) => void,
  goesOn: () => boolean,
  first = 0,
): Promise<void> | undefined {
  const sliceStart = environment.now();
  for (let index = first; index < items.length; index += 1) {
    // The index is in bounds.
    take(items[index] as TItem);
    if (!goesOn()) return undefined;
    if (index + 1 < items.length && environment.now() - sliceStart >= SLICE_MS) {
      return environment.yieldToHost().then(() => {
        return goesOn() ? takeInSlices(environment, items, take, goesOn, index + 1) : undefined;
      });
    }
  }
  return undefined;
}
