import { describe, expect, inject, test } from 'vitest';
import { expectedFailures } from './expected-failures.ts';
import { walkByTab } from './keyboard.ts';
import { fitInto, layoutShift, movingParts } from './layout.ts';
import { aloneAt, outcomeOf, pages, stories, withBrowser } from './open-page.ts';
import type { Entry } from './storybooks.ts';

const { published } = inject('storybooks');
const visit = withBrowser({ reducedMotion: 'reduce', viewport: { width: 1280, height: 720 } });

/** Windows of half the width, as at 200 % zoom, and of a small phone. */
const WIDTHS = [640, 320];

/** Looks at a story or page once it has played, with what its reader would not see first. */
function examine(entry: Entry) {
  return visit(published, aloneAt(entry), async ({ page, complaints, failures, strangers }) => {
    const outcome = await outcomeOf(page);
    const shift = await layoutShift(page);
    const moving = await movingParts(page);
    const walk = entry.type === 'story' ? await walkByTab(page) : null;
    const fits = [];
    for (const width of WIDTHS) fits.push(await fitInto(page, width));
    return { outcome, complaints, failures, strangers, shift, moving, walk, fits };
  });
}

const examined = new Map<string, ReturnType<typeof examine>>();

/** What was seen of a story or page, which is opened once for all tests. */
function seen(entry: Entry): ReturnType<typeof examine> {
  const known = examined.get(entry.id) ?? examine(entry);
  examined.set(entry.id, known);
  return known;
}

describe('a story of the static build', () => {
  test.concurrent.for(stories)('plays and says nothing: $title, $name', async (story) => {
    const { outcome, complaints, failures, strangers } = await seen(story);
    expect(outcome).toEqual({
      thrown: null,
      status: 'success',
      reports: [{ type: 'a11y', status: 'passed' }],
    });
    expect(complaints).toEqual([]);
    expect([...failures].toSorted()).toEqual(expectedFailures(story.id, false).toSorted());
    expect(strangers).toEqual([]);
  });

  test.for(stories)(
    'gives every control to the keyboard, in order: $title, $name',
    async (story) => {
      const { walk } = await seen(story);
      expect(walk?.missed).toEqual([]);
      expect(walk?.order).toEqual(walk?.order.toSorted((a, b) => a - b));
      expect(walk?.unmarked).toEqual([]);
    },
  );

  test.for(stories)('does not jump while it streams: $title, $name', async (story) => {
    expect((await seen(story)).shift).toBeLessThan(0.1);
  });
});

describe('a page of the static build', () => {
  test.concurrent.for(pages)('opens and says nothing: $title, $name', async (entry) => {
    const { outcome, complaints, failures, strangers } = await seen(entry);
    expect(outcome).toMatchObject({ status: 'success' });
    expect(complaints).toEqual([]);
    expect(expectedFailures(entry.id, false)).toEqual(expect.arrayContaining([...failures]));
    expect(strangers).toEqual([]);
  });
});

describe('a story or a page of the static build', () => {
  test.for([...stories, ...pages])(
    'is readable at 200 % zoom and on a phone: $title, $name',
    async (entry) => {
      const { fits } = await seen(entry);
      expect(fits).toEqual(WIDTHS.map(() => ({ excess: 0, cut: [] })));
    },
  );

  test.for([...stories, ...pages])(
    'does not move for who wants less motion: $title, $name',
    async (entry) => {
      expect((await seen(entry)).moving).toEqual([]);
    },
  );
});
