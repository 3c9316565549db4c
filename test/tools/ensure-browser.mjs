/**
 * Makes sure that a Chromium is there for the tests: finds one, else installs one with Playwright,
 * else (as root on Linux) with apt. `ENSURE_BROWSER_OFFLINE=1` forbids both installations.
 *
 *   node test/tools/ensure-browser.mjs
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findBrowser } from './find-browser.mjs';

const WAYS_OUT = `No Chromium was found and none could be installed. Any one of these helps:
  1. install Chromium, Chrome or Edge, for example: sudo apt-get install chromium
  2. let Playwright download its own: npx playwright install --with-deps chromium
  3. name one that you have: BROWSER_PATH=/path/to/chrome npm test`;

/**
 * Runs a program with its output shown.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it ended well
 */
function run(command, args) {
  console.log(`> ${command} ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

/** Downloads Playwright's own Chromium. */
function installWithPlaywright() {
  const folder = dirname(createRequire(import.meta.url).resolve('playwright/package.json'));
  return run(process.execPath, [join(folder, 'cli.js'), 'install', 'chromium']);
}

/** Installs the distribution's Chromium, where this process may do so. */
function installWithApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const install = ['install', '--yes', '--no-install-recommends', 'chromium'];
  return run('apt-get', ['update']) && run('apt-get', install);
}

/** Every way to get a browser, in order. */
function ensureBrowser() {
  const present = findBrowser();
  if (present !== undefined || process.env['ENSURE_BROWSER_OFFLINE'] === '1') return present;
  console.log('No Chromium found. Installing one, once.');
  for (const install of [installWithPlaywright, installWithApt]) {
    const installed = install() ? findBrowser() : undefined;
    if (installed !== undefined) return installed;
  }
  return undefined;
}

try {
  const browser = ensureBrowser();
  if (browser === undefined) throw new Error(WAYS_OUT);
  console.log(`Browser: ${browser.path} (${browser.source})`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
