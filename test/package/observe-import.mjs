/**
 * Run by `import-effects.test.ts` in a Node of its own, inside the project that has the package:
 * imports one entry and prints what is different afterwards, and which globals of an environment
 * were read meanwhile.
 *
 *   node observe-import.mjs rivulet/core
 */

// React is not ours to judge.
await import('react');

const WATCHED = [
  'AbortController',
  'MessageChannel',
  'addEventListener',
  'crypto',
  'document',
  'fetch',
  'location',
  'navigator',
  'performance',
  'queueMicrotask',
  'reportError',
  'requestAnimationFrame',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'window',
];

/** Everything that an import could leave behind. */
const observe = () => ({
  globals: Reflect.ownKeys(globalThis).map(String),
  listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
  resources: process.getActiveResourcesInfo().toSorted(),
});

const hasDom = typeof document !== 'undefined';
/** @type {string[]} */
const reads = [];
for (const name of WATCHED) {
  const { value, get } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      reads.push(name);
      return get === undefined ? value : get.call(globalThis);
    },
  });
}

const before = observe();
const exported = Object.keys(await import(process.argv[2] ?? ''));
const readsOfImport = [...reads];
const after = observe();

console.log(JSON.stringify({ hasDom, exported, reads: readsOfImport, before, after }));
