import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, for the first run after an installation; later Vitest remembers. */
const SLOW = [
  'recipes/llm-recipes.test.ts',
  'integration/server-examples.test.ts',
  'integration/backpressure.test.ts',
  'browser/pages/download.test.ts',
];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const place = SLOW.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place === -1 ? SLOW.length : place;
};

/** Starts what takes longest first, so that no worker is left alone with it at the end. */
export class SlowestFirst extends BaseSequencer {
  override async sort(...given: [TestSpecification[]]): Promise<TestSpecification[]> {
    const sorted = await super.sort(...given);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
