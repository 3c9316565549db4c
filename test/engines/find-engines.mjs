import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { firefox, webkit } from 'playwright';
import { findBrowser } from '../tools/find-browser.mjs';

/**
 * Where a program stands on PATH.
 *
 * @param {string[]} names
 */
function onPath(...names) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/**
 * The Firefox of the system, `undefined` when there is none. One in a snap does not count: it sees no
 * profile in the temporary folder.
 */
export const findFirefox = () =>
  onPath('firefox-esr', ...(existsSync('/snap/bin/firefox') ? [] : ['firefox']));

const MINI_BROWSERS = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
);

/** The programs of WebKitGTK, `undefined` when one of them is missing. */
export function findWebKit() {
  const driver = onPath('WebKitWebDriver');
  const display = onPath('Xvfb');
  const browser = MINI_BROWSERS.find((path) => existsSync(path));
  if (driver === undefined || display === undefined || browser === undefined) return undefined;
  return { driver, display, browser };
}

/** @param {import('playwright').BrowserType} type */
const hasOwn = (type) => existsSync(type.executablePath());

/**
 * Where each engine would come from; `undefined` where it is not there. What the system has comes
 * first: it is what users have.
 *
 * @type {Record<'chromium' | 'firefox' | 'webkit', () => 'system' | 'playwright' | undefined>}
 */
export const SOURCES = {
  chromium: () => (findBrowser() === undefined ? undefined : 'system'),
  firefox: () => {
    if (findFirefox() !== undefined) return 'system';
    return hasOwn(firefox) ? 'playwright' : undefined;
  },
  webkit: () => {
    if (findWebKit() !== undefined) return 'system';
    return hasOwn(webkit) ? 'playwright' : undefined;
  },
};
