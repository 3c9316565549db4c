import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where nginx stands when its folder is not on PATH, as that of system programs often is not. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Finds an nginx that starts: the environment (`NGINX_PATH`), then PATH and the usual places.
 *
 * @returns {string | undefined} `undefined` when there is none
 */
export function findNginx() {
  const named = process.env['NGINX_PATH'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...USUAL_FOLDERS];
  const places = named ? [named] : folders.map((folder) => join(folder, 'nginx'));
  return places.find((path) => existsSync(path) && spawnSync(path, ['-v']).status === 0);
}
