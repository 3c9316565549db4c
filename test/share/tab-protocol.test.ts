import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTabs, tabStory } from './tab-properties.ts';

describe('any number of tabs, whatever happens to them', () => {
  test('have one connection, and each gets every event once', async () => {
    await fc.assert(
      fc.asyncProperty(tabStory, async (story) => void (await checkTabs(story))),
      { numRuns: Number(process.env['RUNS'] ?? 300) },
    );
    expect.assertions(0);
  });
});
