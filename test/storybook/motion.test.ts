import type { Page } from 'playwright';
import { expect, inject, test } from 'vitest';
import { aloneAt, outcomeOf, stories, useBrowser } from './open-page.ts';

const { published } = inject('storybooks');
const visit = useBrowser({ reducedMotion: 'reduce' });

/** The layout shifts of the page so far that no input of the reader explains, as their score. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const observer = new PerformanceObserver((list) => {
          observer.disconnect();
          resolve(sum(list.getEntries()));
        });
        const sum = (entries: readonly PerformanceEntry[]) =>
          entries.reduce((total, entry) => {
            const { value, hadRecentInput } = entry as PerformanceEntry & {
              readonly value: number;
              readonly hadRecentInput: boolean;
            };
            return hadRecentInput ? total : total + value;
          }, 0);
        observer.observe({ type: 'layout-shift', buffered: true });
        // Without any shift there is no report.
        setTimeout(() => resolve(0), 500);
      }),
  );
}

test.concurrent.for(stories)('nothing jumps while it streams: $title, $name', async (story) => {
  await visit(published, aloneAt(story), async ({ page }) => {
    await outcomeOf(page);
    expect(await layoutShift(page)).toBeLessThan(0.1);
  });
});

test.concurrent.for(stories)(
  'nothing moves for who wants less motion: $title, $name',
  async (story) => {
    await visit(published, aloneAt(story), async ({ page }) => {
      await outcomeOf(page);
      const moving = await page.evaluate(() => ({
        animations: document
          .getAnimations()
          .map((each) => String(each.effect?.getTiming().duration)),
        smooth: [...document.querySelectorAll('*')]
          .filter((element) => getComputedStyle(element).scrollBehavior === 'smooth')
          .map((element) => element.outerHTML.slice(0, 80)),
      }));
      expect(moving).toEqual({ animations: [], smooth: [] });
    });
  },
);
