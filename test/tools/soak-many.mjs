/**
 * Many subscriptions at once, each an event per second, then closed: handles, timers, listeners and
 * requests must be exactly as before, and the heap within 2 MB. Prints what it found, and ends with
 * exit code 1 if something was left behind.
 */
import { getEventListeners, once, setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { buildWhenStale } from './build-when-stale.mjs';
import { collectGarbage, pageListeners, startServer } from './soak-support.mjs';

/**
 * @typedef {object} Trace what a process holds
 * @property {Record<string, number>} resources handles, timers and requests by kind
 * @property {{ page: number, signal: number, process: number }} listeners by where they listen
 * @property {number} open responses in progress at the server
 */

const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '500' },
    events: { type: 'string', default: '60' },
  },
});
const subscriptions = Number(values.subscriptions);
const events = Number(values.events);
const HEAP_TOLERANCE = 2 * 1024 * 1024;
/** The longest that closed sockets may take to be gone and forgotten, in ms. */
const PATIENCE = 60_000;

buildWhenStale();
const { createEventSource } = await import('rivulet/core');
const { server, origin } = await startServer('soak-server.mjs');

/** @returns {Promise<{ requests: number, open: number }>} what the server counted */
async function askServer() {
  server.send('counts');
  const [counts] = await once(server, 'message');
  return counts;
}

/**
 * @param {readonly string[]} names
 * @returns {Record<string, number>}
 */
function countByName(names) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Trace>}
 */
async function takeTrace(signal) {
  const { open } = await askServer();
  return {
    resources: countByName(process.getActiveResourcesInfo()),
    listeners: {
      page: pageListeners.size,
      signal: getEventListeners(signal, 'abort').length,
      process: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    },
    open,
  };
}

/** Bytes in use after a forced collection: the median of three. */
async function measureHeap() {
  const sizes = [];
  for (let round = 0; round < 3; round += 1) {
    await wait(200);
    collectGarbage();
    sizes.push(process.memoryUsage().heapUsed);
  }
  return sizes.toSorted((one, other) => one - other)[1] ?? 0;
}

/**
 * Opens subscriptions, waits until each has its events, and closes them: one half one by one, the
 * other by their signal.
 *
 * @param {number} count
 * @param {number} eventsEach
 * @param {AbortController} abort
 * @returns {Promise<Trace>} what they held while all were open
 */
async function run(count, eventsEach, abort) {
  setMaxListeners(0, abort.signal);
  const sources = Array.from({ length: count }, (_, index) => {
    const source = createEventSource(`${origin}/${index}`, { signal: abort.signal });
    const finished = new Promise((resolve, reject) => {
      source.subscribe(() => {
        const { lastEventId, attempt, error } = source.getSnapshot();
        if (attempt > 1) reject(new Error('A subscription had to reconnect.', { cause: error }));
        if (Number(lastEventId) >= eventsEach) resolve(undefined);
      });
    });
    source.start();
    return { source, finished };
  });
  await Promise.all(sources.map(({ finished }) => finished));
  const meanwhile = await takeTrace(abort.signal);
  for (const { source } of sources.slice(0, count / 2)) source.close();
  abort.abort();
  return meanwhile;
}

/**
 * Measures until it finds what was there before, for closed sockets are gone only some turns later,
 * and what hangs on them some collections later.
 *
 * @param {Trace} before
 * @param {number} heapBefore
 * @param {AbortSignal} signal
 * @returns {Promise<{ after: Trace, heapGrowth: number }>} the last measurement, found or not
 */
async function measureAgain(before, heapBefore, signal) {
  const giveUpAt = Date.now() + PATIENCE;
  for (;;) {
    const after = await takeTrace(signal);
    const heapGrowth = (await measureHeap()) - heapBefore;
    const isLikeBefore = heapGrowth <= HEAP_TOLERANCE && isDeepStrictEqual(after, before);
    if (isLikeBefore || Date.now() > giveUpAt) return { after, heapGrowth };
  }
}

// Said first, so that the output is among what is held before.
console.log(`subscriptions  ${subscriptions}, ${events} events each`);
const abort = new AbortController();
const before = await takeTrace(abort.signal);
// What Node makes for its first requests, and keeps for later ones, is no growth of the heap.
await run(subscriptions, 1, new AbortController());
await wait(1000);

const heapBefore = await measureHeap();
const requestsBefore = (await askServer()).requests;
const meanwhile = await run(subscriptions, events, abort);
const { after, heapGrowth } = await measureAgain(before, heapBefore, abort.signal);
const requests = (await askServer()).requests - requestsBefore;
server.disconnect();

console.log(`requests       ${requests}`);
console.log(`before         ${JSON.stringify(before)}`);
console.log(`meanwhile      ${JSON.stringify(meanwhile)}`);
console.log(`after          ${JSON.stringify(after)}`);
console.log(`heap           ${(heapGrowth / 1024 / 1024).toFixed(2)} MB more`);

const faults = [
  ...(requests !== subscriptions ? ['The number of requests is not that of subscriptions.'] : []),
  ...(meanwhile.open !== subscriptions ? ['The server had not one response for each.'] : []),
  ...(meanwhile.listeners.page === 0 ? ['Listeners were not counted.'] : []),
  ...(!isDeepStrictEqual(after, before) ? ['Something was left behind.'] : []),
  ...(heapGrowth > HEAP_TOLERANCE ? ['The heap has grown.'] : []),
];
for (const fault of faults) console.error(fault);
// What was left behind would keep the process alive.
process.exit(faults.length === 0 ? 0 : 1);
