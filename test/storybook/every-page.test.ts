import { describe, expect, inject, test } from 'vitest';
import { expectedFailures, failingStories } from './expected-failures.ts';
import { aloneAt, outcomeOf, pages, stories, useBrowser } from './open-page.ts';

const { development, published } = inject('storybooks');

test('the stories with requests that fail on purpose exist', () => {
  const ids = stories.map(({ id }) => id);
  expect(failingStories.filter((id) => !ids.includes(id))).toEqual([]);
});

describe.each([
  { name: 'in development', address: development, overHttp: true },
  { name: 'in the static build', address: published, overHttp: false },
])('$name', ({ address, overHttp }) => {
  const visit = useBrowser();

  test.concurrent.for(stories)('a story plays and says nothing: $title, $name', async (story) => {
    await visit(address, aloneAt(story), async ({ page, complaints, failures, strangers }) => {
      const { thrown, status, reports } = await outcomeOf(page);
      expect({ thrown, status }).toEqual({ thrown: null, status: 'success' });
      expect(reports).toEqual([expect.objectContaining({ type: 'a11y', status: 'passed' })]);
      expect(complaints).toEqual([]);
      const expected = expectedFailures(story.id, overHttp);
      expect([...failures].toSorted()).toEqual(expected.toSorted());
      expect(strangers).toEqual([]);
    });
  });

  test.concurrent.for(pages)('a page opens and says nothing: $title, $name', async (entry) => {
    await visit(address, aloneAt(entry), async ({ page, complaints, failures, strangers }) => {
      expect(await outcomeOf(page)).toMatchObject({ status: 'success' });
      expect(complaints).toEqual([]);
      expect([...failures]).toEqual([]);
      expect(strangers).toEqual([]);
    });
  });
});
