/**
 * Installs what only some commands need, from a manifest and a lock of its own in `test/bench` or
 * `test/release`, unless it is there as the lock says.
 *
 *   node test/tools/ensure-installed.mjs release bench
 */
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} path of a lock file */
function lockedVersions(path) {
  try {
    /** @type {{ packages: Record<string, { version?: string, optional?: boolean }> }} */
    const { packages } = JSON.parse(readFileSync(path, 'utf8'));
    return packages;
  } catch {
    return null;
  }
}

/**
 * Whether all that the lock file of a folder names is installed, in its version. What is optional may
 * be for another platform.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
  const wanted = lockedVersions(join(folder, 'package-lock.json'));
  const installed = lockedVersions(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || installed[path]?.version === version,
  );
}

/** @param {string} name of a folder of `test` */
export function ensureInstalled(name) {
  const folder = join(tests, name);
  if (isInstalled(folder)) return;
  console.log(`Installing what stands in test/${name}/package-lock.json.`);
  execSync('npm ci', { cwd: folder, stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of process.argv.slice(2)) ensureInstalled(name);
}
