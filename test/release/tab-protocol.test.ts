import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkTabs, forgetfulStory, tabStory } from '../share/tab-properties.ts';

test('any number of tabs have one connection, and each gets every event once: 100,000 stories', async () => {
  let longestDouble = 0;
  let longestWait = 0;
  await fc.assert(
    fc.asyncProperty(tabStory, async (story) => {
      const simulation = await checkTabs(story);
      longestDouble = Math.max(longestDouble, simulation.longestDouble);
      longestWait = Math.max(longestWait, simulation.longestWait);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 100_000) },
  );
  console.log({ longestDouble, longestWait });
  expect(longestDouble).toBeLessThan(1000);
}, 1_800_000);

test('tabs are live again with a server that does not resume, and get nothing twice that has an id: 20,000 stories', async () => {
  await fc.assert(
    fc.asyncProperty(forgetfulStory, async (story) => void (await checkTabs(story))),
    { numRuns: Number(process.env['RUNS'] ?? 20_000) },
  );
  expect.assertions(0);
}, 1_800_000);
