import type { Page } from 'playwright';
import { describe, expect, inject, test } from 'vitest';
import { aloneAt, outcomeOf, pages, stories, useBrowser } from './open-page.ts';

const { published } = inject('storybooks');

/** Texts that do not fit into their boxes, where a box hides what does not fit. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isHiding = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
    return [...document.querySelectorAll<HTMLElement>('#storybook-root *, #storybook-docs *')]
      .filter((element) => {
        const { overflowX, overflowY, position, clipPath, clip } = getComputedStyle(element);
        // Texts for screen readers only are cut on purpose: to one pixel, or to nothing.
        const isForEars = position === 'absolute' && (clipPath !== 'none' || clip !== 'auto');
        if (isForEars || element.clientWidth <= 1 || element.textContent.trim() === '')
          return false;
        if (!element.checkVisibility({ visibilityProperty: true })) return false;
        const cutsX = isHiding(overflowX) && element.scrollWidth > element.clientWidth + 1;
        const cutsY = isHiding(overflowY) && element.scrollHeight > element.clientHeight + 1;
        return cutsX || cutsY;
      })
      .map((element) => element.outerHTML.slice(0, 160));
  });
}

/** By how many pixels the page is wider than its window. */
const excess = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

describe.each([
  { name: 'at 200 % zoom of a window of 1280 pixels', width: 640, height: 400, scale: 2 },
  { name: 'on a narrow phone', width: 320, height: 640, scale: 2 },
])('$name', ({ width, height, scale }) => {
  const visit = useBrowser({ viewport: { width, height }, deviceScaleFactor: scale });

  test.concurrent.for([...stories, ...pages])(
    'no text is cut and no page scrolls sideways: $title, $name',
    async (entry) => {
      await visit(published, aloneAt(entry), async ({ page }) => {
        await outcomeOf(page);
        expect(await excess(page)).toBe(0);
        expect(await cutTexts(page)).toEqual([]);
      });
    },
  );
});
