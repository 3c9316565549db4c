/**
 * One subscription for ten minutes: 200 events per second, a drop every 20 seconds. No event may be
 * lost, repeated or out of order; heap, listeners and timers must stay flat. Prints what it found,
 * and ends with exit code 1 if something grew or was lost.
 */
import { getEventListeners, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildWhenStale } from './build-when-stale.mjs';
import { collectGarbage, pageListeners, startServer } from './soak-support.mjs';

const { values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' } },
});
const seconds = Number(values.seconds);
const SAMPLES = 30;
const HEAP_TOLERANCE = 1024 * 1024;

buildWhenStale();
const { createEventSource } = await import('rivulet/core');
const { server, origin } = await startServer('soak-long-server.mjs');

/** @returns {Promise<{ requests: number, drops: number }>} */
async function askServer() {
  server.send('counts');
  const [counts] = await once(server, 'message');
  return counts;
}

/** Numbers that were expected and were not the next to come. */
let misplaced = 0;
let first = 0;
let newest = 0;
const abort = new AbortController();
const source = createEventSource(origin, {
  signal: abort.signal,
  idleTimeoutMs: 10_000,
  onMessage({ data, lastEventId }) {
    const number = Number(lastEventId);
    if (first === 0) first = number;
    else if (number !== newest + 1) misplaced += 1;
    if (data !== `event ${number} of a stream that goes on`) misplaced += 1;
    newest = number;
  },
});
source.subscribe(() => source.getSnapshot());

/** Waits until the stream is open, and takes stock. */
async function takeSample() {
  while (source.getSnapshot().status !== 'open') await wait(50);
  collectGarbage();
  await wait(20);
  collectGarbage();
  return {
    heap: process.memoryUsage().heapUsed,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    listeners: pageListeners.size + getEventListeners(abort.signal, 'abort').length,
  };
}

/** @param {number[]} numbers */
const median = (numbers) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

console.log(`one subscription for ${seconds} s`);
source.start();
// What the first connections make and keep is no growth.
await wait(Math.min(5000, (1000 * seconds) / 10));
/** @type {Awaited<ReturnType<typeof takeSample>>[]} */
const samples = [];
for (let sample = 0; sample < SAMPLES; sample += 1) {
  await wait((1000 * seconds) / SAMPLES);
  samples.push(await takeSample());
}
const { requests, drops } = await askServer();
const { attempt } = source.getSnapshot();
source.close();
server.disconnect();

const third = SAMPLES / 3;
const heaps = samples.map(({ heap }) => heap);
const growth = median(heaps.slice(-third)) - median(heaps.slice(0, third));
const [early, late] = [samples.slice(0, third), samples.slice(-third)];
/** @param {'timers' | 'listeners'} what */
const most = (what) => ({
  early: Math.max(...early.map((sample) => sample[what])),
  late: Math.max(...late.map((sample) => sample[what])),
});
const [timers, listeners] = [most('timers'), most('listeners')];

console.log(`events      ${newest - first + 1}, ${misplaced} lost, repeated or changed`);
console.log(`requests    ${requests}, ${drops} drops`);
console.log(`heap        ${(growth / 1024).toFixed(0)} kB more at the end`);
console.log(`timers      at most ${timers.early} at first, ${timers.late} at the end`);
console.log(`listeners   at most ${listeners.early} at first, ${listeners.late} at the end`);

const faults = [
  ...(newest - first < 150 * seconds ? ['Too few events came.'] : []),
  ...(misplaced > 0 ? ['Events were lost, repeated or changed.'] : []),
  ...(seconds > 30 && drops === 0 ? ['The server never dropped the connection.'] : []),
  ...(requests !== drops + 1 ? ['There was not one request for each drop.'] : []),
  ...(attempt !== requests ? ['The subscription counts other requests than the server.'] : []),
  ...(growth > HEAP_TOLERANCE ? ['The heap has grown.'] : []),
  ...(listeners.early === 0 ? ['Listeners were not counted.'] : []),
  ...(listeners.late > listeners.early ? ['Listeners have been left behind.'] : []),
  ...(timers.late > timers.early ? ['Timers have been left behind.'] : []),
];
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
