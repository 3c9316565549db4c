/**
 * Makes sure that an nginx is there for the tests that put one in front of a server: finds one, else
 * (as root on Linux) installs the distribution's with apt. Without one those tests are skipped.
 *
 *   node test/tools/ensure-nginx.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findNginx } from './find-nginx.mjs';

/** What Debian asks before it starts the service of a package that it installs. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Runs a program with its output shown.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it ended well
 */
function run(command, ...args) {
  console.log(`> ${command} ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

/** Installs nginx without starting it: nobody asked for a server on port 80. */
function install() {
  const keepsServicesOff = !existsSync(SERVICE_POLICY);
  if (keepsServicesOff) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const options = ['--yes', '--no-install-recommends'];
    return run('apt-get', 'update') && run('apt-get', 'install', ...options, 'nginx');
  } finally {
    if (keepsServicesOff) rmSync(SERVICE_POLICY);
  }
}

/** Why nothing can be installed; `undefined` where it can. */
function obstacle() {
  if (process.env['NGINX_PATH']) return 'NGINX_PATH names none that starts';
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0;
  return mayInstall ? undefined : 'only root on Linux may';
}

let path = findNginx();
const reason = path === undefined ? obstacle() : undefined;
if (path === undefined && reason === undefined && install()) path = findNginx();
console.log(
  path === undefined
    ? `No nginx was found, and none was installed (${reason ?? 'apt-get failed'}). ` +
        'The tests that need one are skipped. Install nginx, or name one with NGINX_PATH.'
    : `nginx: ${path}`,
);
