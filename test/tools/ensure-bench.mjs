import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../bench', import.meta.url));

/** @param {string} path in the project of the benchmarks */
function lockedVersions(path) {
  try {
    /** @type {{ packages: Record<string, { version?: string }> }} */
    const { packages } = JSON.parse(readFileSync(join(bench, path), 'utf8'));
    return packages;
  } catch {
    return null;
  }
}

/** Whether all that the lock file names is installed in its version. */
function isInstalled() {
  const wanted = lockedVersions('package-lock.json');
  const installed = lockedVersions('node_modules/.package-lock.json');
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version }]) => {
    return path === '' || installed[path]?.version === version;
  });
}

/** Installs the contestants of the benchmarks unless they are there as their lock file says. */
export function ensureBench() {
  if (isInstalled()) return;
  execSync(`npm ci --silent --prefix "${bench}"`, { stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBench();
