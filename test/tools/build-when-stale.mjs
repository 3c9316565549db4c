import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * When each file under a folder was last written.
 *
 * @param {string} folder
 */
function timesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
}

/** Builds `dist` unless it is newer than everything it is made from. */
export function buildWhenStale() {
  const isBuilt = existsSync(join(root, 'dist/testing.d.ts'));
  const built = isBuilt ? Math.min(...timesIn(join(root, 'dist'))) : 0;
  const inputs = ['package.json', 'tsconfig.json', 'tsup.config.ts'].map(
    (name) => statSync(join(root, name)).mtimeMs,
  );
  if (built > Math.max(...inputs, ...timesIn(join(root, 'src')))) return;
  execSync('npm run --silent build', { cwd: root, stdio: 'inherit' });
}
