import type { Page } from 'playwright';

/** What a walk through a page by the Tab key found. */
export interface KeyboardWalk {
  /** Controls that Tab did not reach. */
  readonly missed: readonly string[];
  /** The numbers of the controls, by the order of the document, in the order of the walk. */
  readonly order: readonly number[];
  /** Stops at which nothing shows where one is. */
  readonly unmarked: readonly string[];
}

/** What a reader can do something with. */
const CONTROLS =
  'a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]';

/** A place that the Tab key led to. */
interface Stop {
  /** The number that the element was given, `null` for what is no control. */
  readonly control: number | null;
  readonly text: string;
  readonly isMarked: boolean;
}

/** Numbers every control that can be used, and puts the keyboard before the first. */
function prepare(page: Page): Promise<string[]> {
  return page.evaluate((selector) => {
    const usable = [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => {
      const isOffered = element.tabIndex >= 0 && !element.matches(':disabled');
      // Of a group of radio buttons one is a stop, and the arrow keys reach the others.
      const isStop = !element.matches('[type=radio]:not(:checked)');
      return isOffered && isStop && element.checkVisibility({ visibilityProperty: true });
    });
    const start = document.createElement('span');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
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
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const hasOutline =
      outlineStyle !== 'none' &&
      Number.parseFloat(outlineWidth) >= 1 &&
      !/^rgba\(.*, 0\)$/.test(outlineColor);
    return {
      control: 'control' in element.dataset ? Number(element.dataset['control']) : null,
      text: element.outerHTML.slice(0, 80),
      isMarked: hasOutline || boxShadow !== 'none',
    };
  });
}

/** The controls that a stream has meanwhile switched off or taken away: no stops any more. */
function goneControls(page: Page, count: number): Promise<number[]> {
  return page.evaluate(
    (length) =>
      Array.from({ length }, (_, index) => index).filter((index) => {
        const control = document.querySelector(`[data-control="${index}"]`);
        return control === null || control.matches(':disabled');
      }),
    count,
  );
}

/**
 * Goes through the page by Tab, from its beginning to its end.
 *
 * @throws when the end does not come
 */
export async function walkByTab(page: Page): Promise<KeyboardWalk> {
  const controls = await prepare(page);
  const limit = 2 * controls.length + 10;
  const stops: Stop[] = [];
  for (let stop = await pressTab(page); stop !== null; stop = await pressTab(page)) {
    stops.push(stop);
    if (stops.length > limit) throw new Error(`Tab does not leave: ${JSON.stringify(stops)}`);
  }
  const order = stops.flatMap(({ control }) => control ?? []);
  const passed = new Set([...order, ...(await goneControls(page, controls.length))]);
  return {
    missed: controls.filter((_, index) => !passed.has(index)),
    order,
    unmarked: stops.filter(({ isMarked }) => !isMarked).map(({ text }) => text),
  };
}
