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
 * An EventTarget of Node would not do: it forgets to remove listeners by their signal when garbage
 * was collected before the signal aborts.
 *
 * @param {string} _type
 * @param {unknown} listener
 * @param {{ signal: AbortSignal }} options
 */
function addEventListener(_type, listener, { signal }) {
  pageListeners.add(listener);
  signal.addEventListener('abort', () => pageListeners.delete(listener), { once: true });
}
Object.assign(globalThis, { addEventListener });

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
