/**
 * Mounts and unmounts a hook many times in a Node with a DOM, and prints as a line of JSON what the
 * process held before and after, and how much the heap has grown. Run by `leaks.test.ts`.
 *
 *   node --expose-gc mount-in-node.mjs <bundle> <hook> <origin> <count>
 */
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const [bundle = '', hook = '', origin = '', count = ''] = process.argv.slice(2);
const TOGETHER = 50;
const WARM_UP = 200;
const HEAP_TOLERANCE = 2 * 1024 * 1024;
/** The longest that closed sockets may take to be gone and forgotten, in ms. */
const PATIENCE = 20_000;

// Required, since it comes without types.
const { JSDOM } = createRequire(import.meta.url)('jsdom');
const { gc } = globalThis;
if (gc === undefined) throw new Error('Run this with node --expose-gc.');

/** Who listens to the page, by a signal as the library does. */
const pageListeners = new Set();

/**
 * @param {string} type
 * @param {unknown} listener
 */
function addEventListener(type, listener) {
  // React's own, one for the document.
  if (type === 'selectionchange') return;
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

const { window } = new JSDOM('<!doctype html>', { url: origin, pretendToBeVisual: true });
const { document } = window;
Object.assign(document, { addEventListener, removeEventListener });
Object.assign(globalThis, { window, document, addEventListener, removeEventListener });

const { mountHooks } = await import(pathToFileURL(bundle).href);

/** What is held now: handles, timers and sockets by kind, listeners, and answers at the server. */
async function takeTrace() {
  const open = Number(await (await fetch(`${origin}/open`)).text());
  /** @type {Record<string, number>} */
  const resources = {};
  for (const name of process.getActiveResourcesInfo().toSorted()) {
    resources[name] = (resources[name] ?? 0) + 1;
  }
  return { open, listeners: pageListeners.size, resources };
}

/** Bytes in use after a forced collection: the median of three. */
async function measureHeap() {
  const sizes = [];
  for (let round = 0; round < 3; round += 1) {
    await wait(50);
    gc?.();
    sizes.push(process.memoryUsage().heapUsed);
  }
  return sizes.toSorted((one, other) => one - other)[1] ?? 0;
}

// What is made for the first mounts and kept for all others is no leak.
await mountHooks(hook, origin, WARM_UP, TOGETHER);
await wait(1000);
const before = await takeTrace();
const heapBefore = await measureHeap();

let mostListeners = 0;
const watch = setInterval(() => {
  mostListeners = Math.max(mostListeners, pageListeners.size);
}, 1);
await mountHooks(hook, origin, Number(count), TOGETHER);
clearInterval(watch);

const giveUpAt = Date.now() + PATIENCE;
let after = await takeTrace();
let heapGrowth = (await measureHeap()) - heapBefore;
// Closed sockets are gone only some turns later, and what hangs on them some collections later.
while (!(heapGrowth <= HEAP_TOLERANCE && isDeepStrictEqual(after, before))) {
  if (Date.now() > giveUpAt) break;
  after = await takeTrace();
  heapGrowth = (await measureHeap()) - heapBefore;
}
process.stdout.write(JSON.stringify({ before, after, heapGrowth, mostListeners }));
// What was left behind would keep the process alive.
process.exit(0);
