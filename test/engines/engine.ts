import { firefox, webkit } from 'playwright';
import { startChromiumEngine } from './drivers/chromium.ts';
import type { Engine, EngineName } from './drivers/driver.ts';
import { startFirefox } from './drivers/firefox.ts';
import { startWithPlaywright } from './drivers/playwright.ts';
import { startWebKit } from './drivers/webkit.ts';
import { findFirefox, findWebKit, SOURCES } from './find-engines.mjs';

const STARTERS: Record<EngineName, () => Promise<Engine>> = {
  chromium: startChromiumEngine,
  firefox() {
    const path = findFirefox();
    return path === undefined ? startWithPlaywright(firefox) : startFirefox(path);
  },
  webkit() {
    const programs = findWebKit();
    return programs === undefined ? startWithPlaywright(webkit) : startWebKit(programs);
  },
};

// Each project of the configuration sets it to one of these.
const engineName = process.env['RIVULET_ENGINE'] as EngineName;

/** Starts the engine of this project. */
export const startEngine = (): Promise<Engine> => STARTERS[engineName]();

const HIDDEN = { playwright: 'keeps every page visible, to itself and to the scripts in it' };

/**
 * What an engine cannot do, and what was measured: the one place. Keys are the titles of scenarios;
 * `playwright` stands for the engines that Playwright builds.
 */
const CANNOT: Record<string, Partial<Record<EngineName | 'playwright', string>>> = {
  'a page that comes back from the back/forward cache has one live request': {
    firefox:
      'keeps no page in the cache while a stream is open: its `pagehide` is not persisted, and without a stream it is',
    playwright: 'turns the cache off',
  },
  'a subscription with nothing to tell comes back from the back/forward cache with its events': {
    firefox: 'as above',
    playwright: 'turns the cache off',
  },
  'a subscription that ended meanwhile comes back from the back/forward cache and resumes': {
    firefox: 'as above',
    playwright: 'turns the cache off',
  },
  'a chunked body that is cut between two chunks is told as a failure': {
    webkit:
      'ends such a body as if it were whole, for `arrayBuffer()` too; only a sentinel or a length proves an end',
  },
  'an answer that may not be repeated lives on when a navigation turns into 204': {
    firefox: 'cuts every request of a page at `beforeunload`, whether the page goes or stays',
    webkit: 'cuts every request of a page at `beforeunload`, whether the page goes or stays',
  },
  'an answer that a navigation cut, and that may not be repeated, says so and is not sent again': {
    chromium: 'cuts no request before the new page is there',
  },
  'an answer that a slow navigation cut does not become failed meanwhile': {
    chromium: 'cuts no request before the new page is there',
  },
  'a tab in the background receives every event by the request it has': HIDDEN,
  'a tab in the background reconnects when its stream breaks': HIDDEN,
  'a tab in the background with pauseWhenHidden holds no request until it is in front': HIDDEN,
  'a burst in a tab without frames is delivered whole, in at most a commit for each 100 ms': HIDDEN,
};

/** Why this engine cannot do what a scenario needs; `undefined` where it can. */
export function whyNot(title: string): string | undefined {
  const { [engineName]: reason, playwright } = CANNOT[title] ?? {};
  return reason ?? (SOURCES[engineName]() === 'playwright' ? playwright : undefined);
}
