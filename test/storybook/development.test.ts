import { expect, inject, test } from 'vitest';
import { expectedFailures, failingEntries } from './expected-failures.ts';
import { aloneAt, outcomeOf, pages, stories, withBrowser } from './open-page.ts';

const { development } = inject('storybooks');
const visit = withBrowser();

/** What development says beside the deadlines that stories let pass on purpose. */
const ADVICE = /^warning: rivulet: \S+ failed with `timeout-/;

test('the stories and pages with requests that fail on purpose exist', () => {
  const ids = [...stories, ...pages].map(({ id }) => id);
  expect(failingEntries.filter((id) => !ids.includes(id))).toEqual([]);
});

test.concurrent.for(stories)('a story plays and says nothing: $title, $name', async (story) => {
  await visit(development, aloneAt(story), async ({ page, complaints, failures, strangers }) => {
    const { thrown, status, reports } = await outcomeOf(page);
    expect({ thrown, status }).toEqual({ thrown: null, status: 'success' });
    expect(reports).toEqual([{ type: 'a11y', status: 'passed' }]);
    expect(complaints.filter((complaint) => !ADVICE.test(complaint))).toEqual([]);
    expect([...failures].toSorted()).toEqual(expectedFailures(story.id, true).toSorted());
    expect(strangers).toEqual([]);
  });
});

test.concurrent.for(pages)('a page opens and says nothing: $title, $name', async (entry) => {
  await visit(development, aloneAt(entry), async ({ page, complaints, failures, strangers }) => {
    expect(await outcomeOf(page)).toMatchObject({ status: 'success' });
    expect(complaints).toEqual([]);
    expect(expectedFailures(entry.id, true)).toEqual(expect.arrayContaining([...failures]));
    expect(strangers).toEqual([]);
  });
});
