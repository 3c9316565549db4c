import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

/** Command names under which Chromium and its relatives stand on PATH. */
const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'msedge',
];

/** Arguments every start of the browser gets: it may run as root, and it calls nobody. */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The usual installation places of each operating system.
 *
 * @returns {string[]}
 */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    const roots = [
      process.env['PROGRAMFILES'],
      process.env['PROGRAMFILES(X86)'],
      process.env['LOCALAPPDATA'],
    ].filter((root) => root !== undefined);
    return roots.flatMap((root) => [
      join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(root, 'Chromium', 'Application', 'chrome.exe'),
      join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  }
  return ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'];
}

/**
 * Whether the program answers `--version`, that is, whether it can start at all.
 *
 * @param {string} path
 */
function answersVersion(path) {
  // chrome.exe opens a window instead of answering.
  if (process.platform === 'win32') return true;
  try {
    execFileSync(path, ['--version'], { stdio: 'pipe', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a Chromium without installing anything: the environment, then PATH and the usual places,
 * then Playwright's own copy.
 *
 * @returns {{ path: string, source: string } | undefined} `undefined` when there is none
 * @throws when `BROWSER_PATH` or `CHROME_PATH` names a program that does not start
 */
export function findBrowser() {
  for (const name of ['BROWSER_PATH', 'CHROME_PATH']) {
    const path = process.env[name];
    if (!path) continue;
    if (!existsSync(path) || !answersVersion(path)) {
      throw new Error(
        `${name} is "${path}", which does not answer --version. Correct or unset it.`,
      );
    }
    return { path, source: name };
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) =>
    COMMANDS.map((command) => join(folder, command + suffix)),
  );
  for (const path of [...onPath, ...usualPlaces()]) {
    if (existsSync(path) && answersVersion(path)) return { path, source: 'system' };
  }
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own) && answersVersion(own))
    return { path: own, source: 'playwright' };
  return undefined;
}
