import type { Page } from 'playwright';

/** How a page fits into a window. */
export interface Fit {
  /** By how many pixels the page is wider than the window. */
  readonly excess: number;
  /** Texts that are cut. */
  readonly cut: readonly string[];
}

/** Measures how the page fits into its window now. */
function measure(page: Page): Promise<Fit> {
  return page.evaluate(() => {
    const isHiding = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
    const isCut = (element: Element) => {
      const { overflowX, overflowY, position, clipPath, clip } = getComputedStyle(element);
      // Texts for screen readers only are cut on purpose: to one pixel, or to nothing.
      const isForEars = position === 'absolute' && (clipPath !== 'none' || clip !== 'auto');
      if (isForEars || element.clientWidth <= 1 || element.textContent.trim() === '') return false;
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      const cutsX = isHiding(overflowX) && element.scrollWidth > element.clientWidth + 1;
      const cutsY = isHiding(overflowY) && element.scrollHeight > element.clientHeight + 1;
      return cutsX || cutsY;
    };
    const { scrollWidth, clientWidth } = document.documentElement;
    return {
      excess: scrollWidth - clientWidth,
      cut: [...document.querySelectorAll('#storybook-root *, #storybook-docs *')]
        .filter(isCut)
        .map((element) => element.outerHTML.slice(0, 160)),
    };
  });
}

/** How often a page is measured that does not fit: what it shows may still be on its way. */
const MEASUREMENTS = 40;

/** Looks at a page in a window of another width, in CSS pixels, until it fits or has had its time. */
export async function fitInto(page: Page, width: number): Promise<Fit> {
  await page.setViewportSize({ width, height: 640 });
  let fit = await measure(page);
  for (let count = 1; count < MEASUREMENTS && fit.excess + fit.cut.length > 0; count += 1) {
    await page.waitForTimeout(250);
    fit = await measure(page);
  }
  return fit;
}

/**
 * The score of all layout shifts so far that no input of the reader explains. The lines of a log move
 * up when the oldest is let go: that is no jump, as long as nothing outside the log moves.
 */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        interface LayoutShift extends PerformanceEntry {
          readonly value: number;
          readonly hadRecentInput: boolean;
          readonly sources: readonly { readonly currentRect: DOMRectReadOnly }[];
        }
        const logs = [...document.querySelectorAll('[role="log"]')].map((log) =>
          log.getBoundingClientRect(),
        );
        const isInLog = ({ top, bottom }: DOMRectReadOnly) =>
          logs.some((log) => top >= log.top - 1 && bottom <= log.bottom + 1);
        const scoreOf = (entry: PerformanceEntry) => {
          // The library of the DOM does not know these entries.
          const { hadRecentInput, sources, value } = entry as LayoutShift;
          const isOfLog =
            sources.length > 0 && sources.every(({ currentRect }) => isInLog(currentRect));
          return hadRecentInput || isOfLog ? 0 : value;
        };
        const observer = new PerformanceObserver((list) => {
          observer.disconnect();
          resolve(list.getEntries().reduce((sum, entry) => sum + scoreOf(entry), 0));
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        // Where nothing shifted nothing is reported.
        setTimeout(() => resolve(0), 500);
      }),
  );
}

/** What moves on a page: running animations and transitions, and smooth scrolling. */
export function movingParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const smooth = [...document.querySelectorAll('*')].filter(
      (element) => getComputedStyle(element).scrollBehavior === 'smooth',
    );
    const animated = document
      .getAnimations()
      .filter(({ playState }) => playState === 'running')
      .map(({ effect }) => (effect instanceof KeyframeEffect ? effect.target : null));
    return [...smooth, ...animated].map((element) => element?.outerHTML.slice(0, 80) ?? '');
  });
}
