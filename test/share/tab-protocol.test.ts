import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTabs, forgetfulStory, tabStory } from './tab-properties.ts';

describe('any number of tabs, whatever happens to them', () => {
  test('have one connection, and each gets every event once', async () => {
    await fc.assert(
      fc.asyncProperty(tabStory, async (story) => void (await checkTabs(story))),
      { numRuns: Number(process.env['RUNS'] ?? 300) },
    );
    expect.assertions(0);
  });

  test('are live again with a server that does not resume, and get nothing twice that has an id', async () => {
    await fc.assert(
      fc.asyncProperty(forgetfulStory, async (story) => void (await checkTabs(story))),
      { numRuns: Number(process.env['RUNS'] ?? 300) },
    );
    expect.assertions(0);
  });
});
