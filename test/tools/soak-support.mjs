/** What the soaks share: a page whose listeners can be counted, a server, and the garbage collector. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const { gc } = globalThis;
if (gc === undefined) throw new Error('Run this with node --expose-gc.');

export const collectGarbage = gc;

/** Who listens to the page. Node has none, so the soak brings one: then they can be counted. */
export const pageListeners = new Set();

/**
 * @param {string} type
 * @param {unknown} listener
 */
function addEventListener(type, listener) {
  pageListeners.add({ type, listener });
}

/**
 * @param {string} type
 * @param {unknown} listener
 */
function removeEventListener(type, listener) {
  for (const entry of pageListeners) {
    if (entry.type === type && entry.listener === listener) pageListeners.delete(entry);
  }
}
Object.assign(globalThis, { addEventListener, removeEventListener });

/**
 * Starts a server in a process of its own.
 *
 * @param {string} script beside this file
 */
export async function startServer(script) {
  const server = fork(fileURLToPath(new URL(script, import.meta.url)));
  const [{ port }] = await once(server, 'message');
  return { server, origin: `http://127.0.0.1:${port}` };
}
