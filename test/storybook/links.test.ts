import { expect, inject, test } from 'vitest';
import { aloneAt, outcomeOf, pages, stories, withBrowser } from './open-page.ts';

const { published } = inject('storybooks');
const visit = withBrowser();

const paths = [...pages, ...stories].map(({ type, id }) => `/${type}/${id}`);

// What every page links to is read from the files, in `test/package/links.test.ts`.
test('the links of the first page lead somewhere, as it is shown', async () => {
  const [first] = pages.filter(({ id }) => id === 'introduction--docs');
  if (first === undefined) throw new Error('There is no first page.');
  const links = await visit(published, aloneAt(first), async ({ page }) => {
    await outcomeOf(page);
    return page.evaluate(() =>
      [...document.querySelectorAll('a[href^="?path="]')].map((a) => a.getAttribute('href') ?? ''),
    );
  });
  const pathOf = (link: string) =>
    new URL(link, published).searchParams.get('path')?.replace(/#.*/, '') ?? '';
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !paths.includes(pathOf(link)))).toEqual([]);
});
