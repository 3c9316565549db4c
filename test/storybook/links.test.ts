import { expect, inject, test } from 'vitest';
import { aloneAt, outcomeOf, pages, stories, withBrowser } from './open-page.ts';
import type { Entry } from './storybooks.ts';

const { published } = inject('storybooks');
const visit = withBrowser();

const entries = new Map<string, Entry>(
  [...pages, ...stories].map((entry) => [`/${entry.type}/${entry.id}`, entry]),
);

/** What the tests of a page found out about it. */
interface PageLinks {
  readonly ids: readonly string[];
  readonly links: readonly string[];
}

const seen = new Map<string, Promise<PageLinks>>();

/** The ids and the links of a page; each page is opened once. */
function linksOf(entry: Entry): Promise<PageLinks> {
  const known = seen.get(entry.id);
  if (known !== undefined) return known;
  const links = visit(published, aloneAt(entry), async ({ page }) => {
    await outcomeOf(page);
    if (entry.title.startsWith('use') && !entry.title.includes('/')) {
      // The reference comes after the page itself.
      await page.locator('table.reference').first().waitFor();
    }
    return page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      links: [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href') ?? ''),
    }));
  });
  seen.set(entry.id, links);
  return links;
}

/** Whether a link of a page leads somewhere; one to another host is only looked at. */
async function isGood(link: string, from: Entry): Promise<boolean> {
  if (/^(https?|mailto):/.test(link)) return URL.canParse(link) && /^(https|mailto):/.test(link);
  const url = new URL(link, published + aloneAt(from));
  const anchor = decodeURIComponent(url.hash.slice(1));
  const path = url.searchParams.get('path');
  if (!url.href.startsWith(published)) return false;
  if (path !== null || link.startsWith('#')) {
    const target = path === null ? from : entries.get(path);
    if (target === undefined) return false;
    return anchor === '' || (await linksOf(target)).ids.includes(anchor);
  }
  return (await fetch(url)).ok;
}

test.concurrent.for(pages)('every link of a page leads somewhere: $title', async (entry) => {
  const { links } = await linksOf(entry);
  const judged = await Promise.all(
    links.map(async (link) => ({ link, good: await isGood(link, entry) })),
  );
  expect(judged.filter(({ good }) => !good).map(({ link }) => link)).toEqual([]);
});

test('the first page links to every story of the hooks', async () => {
  const introduction = pages.find(({ id }) => id === 'introduction--docs');
  expect(introduction).toBeDefined();
  if (introduction === undefined) return;
  const { links } = await linksOf(introduction);
  const wanted = stories
    .filter(({ title }) => /^use[A-Z]/.test(title))
    .map(({ id }) => `?path=/story/${id}`);
  expect(wanted.filter((link) => !links.includes(link))).toEqual([]);
});

test.for([
  ['?path=/story/useeventsource--first-connection', true],
  ['?path=/docs/introduction--docs#install', true],
  ['?path=/docs/introduction--docs#nowhere', false],
  ['?path=/story/nothing--like-it', false],
  ['#nowhere', false],
  ['./favicon.svg', true],
  ['./nothing.html', false],
  ['/elsewhere', false],
  ['https://html.spec.whatwg.org/multipage/server-sent-events.html', true],
  ['http://example.com/', false],
  ['https://', false],
] as const)('a link is judged: %s', async ([link, expected]) => {
  const [first] = pages;
  expect(first && (await isGood(link, first))).toBe(expected);
});
