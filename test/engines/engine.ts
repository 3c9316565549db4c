import { startChromiumEngine } from './drivers/chromium.ts';
import type { Engine, EngineName } from './drivers/driver.ts';
import { startFirefox } from './drivers/firefox.ts';
import { startWebKit } from './drivers/webkit.ts';

const STARTERS: Record<EngineName, () => Promise<Engine>> = {
  chromium: startChromiumEngine,
  firefox: startFirefox,
  webkit: startWebKit,
};

/** The engine that this project runs its scenarios in. */
export const engineName = (process.env['RIVULET_ENGINE'] ?? 'chromium') as EngineName;

export const startEngine = (): Promise<Engine> => STARTERS[engineName]();

/** What an engine cannot do, and why: the one place. Keys are the titles of scenarios. */
const CANNOT: Record<string, Partial<Record<EngineName, string>>> = {
  'a page that comes back from the back/forward cache has one live request': {
    firefox: 'keeps no page in the cache while a stream is open',
    webkit: 'WebKitGTK turns the cache off under automation',
  },
  'a chunked body that is cut between two chunks is told as a failure': {
    webkit: 'ends such a body as if it were whole; only a sentinel or a length proves an end',
  },
};

/** Why this engine cannot do what a scenario needs; `undefined` where it can. */
export const whyNot = (title: string): string | undefined => CANNOT[title]?.[engineName];
