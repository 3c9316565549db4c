import type { Page } from 'playwright';
import { expect, inject, test } from 'vitest';
import { aloneAt, outcomeOf, stories, useBrowser } from './open-page.ts';

const { published } = inject('storybooks');
const visit = useBrowser();

/** What a reader can do something with, but for what is switched off or not to be seen. */
const CONTROLS =
  'a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]';

/** A place that the Tab key reached. */
interface Stop {
  /** The number that the element was given, none for what is no control. */
  readonly control: number | null;
  readonly name: string;
  readonly hasIndicator: boolean;
}

/** Gives every control of the story that can be used a number, in the order of the document. */
function numberControls(page: Page): Promise<string[]> {
  return page.evaluate((selector) => {
    const usable = [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => {
      const isOffered = element.tabIndex >= 0 && !element.matches(':disabled');
      // Of a group of radio buttons one is a stop, and the arrow keys reach the others.
      const isStop = !element.matches('[type=radio]:not(:checked)');
      return isOffered && isStop && element.checkVisibility({ visibilityProperty: true });
    });
    return usable.map((element, index) => {
      element.dataset['control'] = `${index}`;
      return element.outerHTML.slice(0, 80);
    });
  }, CONTROLS);
}

/** Presses Tab once and says where that led; `null` at the end of the page. */
async function pressTab(page: Page): Promise<Stop | null> {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) return null;
    if (element === document.body || element === document.documentElement) return null;
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const hasOutline =
      outlineStyle !== 'none' &&
      Number.parseFloat(outlineWidth) >= 1 &&
      !/^rgba\(.*, 0\)$|^transparent$/.test(outlineColor);
    return {
      control: 'control' in element.dataset ? Number(element.dataset['control']) : null,
      name: element.outerHTML.slice(0, 80),
      hasIndicator: hasOutline || boxShadow !== 'none',
    };
  });
}

/** Goes through the page by Tab from its beginning, until its end or a stop it was at before. */
async function tabThrough(page: Page, limit: number): Promise<Stop[]> {
  await page.evaluate(() => {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement) focused.blur();
    getSelection()?.setPosition(document.body, 0);
  });
  const stops: Stop[] = [];
  for (let press = 0; press < limit; press += 1) {
    const stop = await pressTab(page);
    if (stop === null) return stops;
    stops.push(stop);
  }
  throw new Error(
    `After ${limit} presses of Tab the end is not reached:\n${JSON.stringify(stops)}`,
  );
}

test.concurrent.for(stories)('Tab reaches every control in order: $title, $name', async (story) => {
  await visit(published, aloneAt(story), async ({ page }) => {
    await outcomeOf(page);
    const controls = await numberControls(page);
    const stops = await tabThrough(page, 2 * controls.length + 10);
    const reached = stops.flatMap(({ control }) => control ?? []);
    // What a stream switches off in the meantime is no stop any more.
    const gone = await page.evaluate(
      (count) =>
        Array.from({ length: count }, (_, index) => index).filter((index) => {
          const control = document.querySelector(`[data-control="${index}"]`);
          return control === null || control.matches(':disabled');
        }),
      controls.length,
    );
    const missed = controls.filter((_, index) => !reached.includes(index) && !gone.includes(index));
    expect(missed).toEqual([]);
    expect(reached).toEqual([...reached].sort((a, b) => a - b));
    expect(stops.filter(({ hasIndicator }) => !hasIndicator)).toEqual([]);
  });
});
