/** The result file: what was found, with which versions of what. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findBrowser } from '../../tools/find-browser.mjs';

/**
 * @typedef {import('./contest.ts').Finding} Finding
 * @typedef {import('./contest.ts').Results} Results
 */

/** @param {string} path from here */
function readJson(path) {
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'));
}

/** The contestants' packages, and ours, at the versions that are installed. */
function packageVersions() {
  const { name, version } = readJson('../../../package.json');
  return { [name]: version, ...readJson('../package.json').dependencies };
}

/** What the browser says of itself, `null` where there is none. */
function chromiumVersion() {
  const found = findBrowser();
  if (found === undefined) return null;
  const answer = execFileSync(found.path, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(answer)?.[0] ?? null;
}

/**
 * Writes what was found, always in the same form.
 *
 * @param {string} path
 * @param {boolean} quick
 * @param {readonly Finding[]} findings
 */
export function writeResults(path, quick, findings) {
  const usesChromium = findings.some(({ runtime }) => runtime === 'Chromium');
  /** @type {Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    quick,
    node: process.versions.node,
    chromium: usesChromium ? chromiumVersion() : null,
    processors: cpus().length,
    packages: packageVersions(),
    findings,
  };
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}
