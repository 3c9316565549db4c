import type { JSHandle, Page } from 'playwright';

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
  /** The number of the control, -1 for what is none. */
  readonly control: number;
  readonly text: string;
  readonly isMarked: boolean;
}

/** Lists every control that can be used, and puts the keyboard before the first. */
function prepare(page: Page): Promise<JSHandle<HTMLElement[]>> {
  return page.evaluateHandle((selector) => {
    const within = (root: ParentNode): HTMLElement[] =>
      [...root.querySelectorAll<HTMLElement>('*')].flatMap((element) => [
        ...(element.matches(selector) ? [element] : []),
        ...(element.shadowRoot === null ? [] : within(element.shadowRoot)),
      ]);
    const start = document.createElement('span');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    return within(document).filter((element) => {
      const isOffered = element.tabIndex >= 0 && !element.matches(':disabled');
      // Of a group of radio buttons one is a stop, and the arrow keys reach the others.
      const isStop = !element.matches('[type=radio]:not(:checked)');
      return isOffered && isStop && element.checkVisibility({ visibilityProperty: true });
    });
  }, CONTROLS);
}

/** Presses Tab once and says where that led; `null` at the end of the page. */
async function pressTab(page: Page, controls: JSHandle<HTMLElement[]>): Promise<Stop | null> {
  await page.keyboard.press('Tab');
  return controls.evaluate((all) => {
    let element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    // Of what is focused in a shadow tree, the document names the host.
    for (
      let inner = element.shadowRoot?.activeElement;
      inner;
      inner = inner.shadowRoot?.activeElement
    ) {
      element = inner;
    }
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    const hasOutline =
      outlineStyle !== 'none' &&
      Number.parseFloat(outlineWidth) >= 1 &&
      !/^rgba\(.*, 0\)$/.test(outlineColor);
    return {
      control: all.findIndex((control) => control === element),
      text: element.outerHTML.slice(0, 80),
      isMarked: hasOutline || boxShadow !== 'none',
    };
  });
}

/**
 * Goes through the page by Tab, from its beginning to its end.
 *
 * @throws when the end does not come
 */
export async function walkByTab(page: Page): Promise<KeyboardWalk> {
  const controls = await prepare(page);
  const limit = 2 * (await controls.evaluate(({ length }) => length)) + 10;
  const stops: Stop[] = [];
  for (let stop = await pressTab(page, controls); stop; stop = await pressTab(page, controls)) {
    stops.push(stop);
    if (stops.length > limit) throw new Error(`Tab does not leave: ${JSON.stringify(stops)}`);
  }
  const order = stops.map(({ control }) => control).filter((control) => control >= 0);
  const missed = await controls.evaluate(
    (all, passed) =>
      all
        // What a stream has meanwhile switched off or taken away is no stop any more.
        .filter((control) => control.isConnected && !control.matches(':disabled'))
        .filter((control) => !passed.includes(all.indexOf(control)))
        .map((control) => control.outerHTML.slice(0, 80)),
    order,
  );
  const unmarked = stops.filter(({ isMarked }) => !isMarked).map(({ text }) => text);
  return { missed, order, unmarked };
}
