import { describe, expect, inject, test } from 'vitest';
import { outcomeOf, pages, stories, useBrowser } from './open-page.ts';

const { development, published } = inject('storybooks');

describe.each([
  ['in development', development],
  ['in the static build', published],
])('%s', (_, address) => {
  const open = useBrowser();

  test.concurrent.for(stories)('a story opens and plays: $title, $name', async (story, context) => {
    const observed = await open(address, story);
    const outcome = await outcomeOf(observed.page);
    context.expect(outcome).toMatchObject({ thrown: null, status: 'success' });
    context.expect(outcome.reports).toContainEqual({ type: 'a11y', status: 'passed' });
    context.expect(observed.complaints).toEqual([]);
    context.expect(observed.refusals).toEqual([]);
    context.expect(observed.strangers).toEqual([]);
    await observed.page.context().close();
  });

  test.concurrent.for(pages)('a page opens: $title, $name', async (entry, context) => {
    const observed = await open(address, entry);
    await outcomeOf(observed.page);
    context.expect(observed.complaints).toEqual([]);
    context.expect(observed.strangers).toEqual([]);
    await observed.page.context().close();
  });
});
