/**
 * Measures what each import costs its user: bundled, minified for production and gzipped, without
 * React and with everything else, by esbuild and by Vite. Fails where one of them is over the limit.
 *
 *   npm run size
 *   npm run size -- --files     also the heaviest files of each import
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { buildWhenStale } from './build-when-stale.mjs';

/**
 * @typedef {object} Import
 * @property {string} label
 * @property {'index' | 'core' | 'share'} entry
 * @property {string[]} names what is imported; `*` is everything
 * @property {string[]} [beside] what is imported from `rivulet` already: only the rest counts
 * @property {number} most in kB of 1000 bytes
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {Import[]} */
const IMPORTS = [
  { label: 'useEventSource', entry: 'index', names: ['useEventSource'], most: 14.7 },
  { label: 'useStreamingFetch', entry: 'index', names: ['useStreamingFetch'], most: 15.5 },
  { label: 'useDownload', entry: 'index', names: ['useDownload'], most: 15.3 },
  {
    label: 'useStreamingFetch beside useEventSource',
    entry: 'index',
    names: ['useStreamingFetch'],
    beside: ['useEventSource'],
    most: 2.9,
  },
  {
    label: 'inPage beside useEventSource',
    entry: 'share',
    names: ['inPage'],
    beside: ['useEventSource'],
    most: 0.9,
  },
  {
    label: 'acrossTabs beside useEventSource',
    entry: 'share',
    names: ['acrossTabs'],
    beside: ['useEventSource'],
    most: 3.5,
  },
  { label: 'all of rivulet', entry: 'index', names: ['*'], most: 23.7 },
  { label: 'all of rivulet/core', entry: 'core', names: ['*'], most: 23.1 },
];

/** Room for what bundlers and versions of Node do differently. */
const ROOM = 1.03;

const EXTERNAL = ['react', 'react/jsx-runtime'];

/**
 * A module that passes on these names of another.
 *
 * @param {string} module
 * @param {string[]} names
 */
const passOn = (module, names) =>
  `export ${names.includes('*') ? '*' : `{ ${names.join(', ')} }`} from './${module}';`;

/**
 * What esbuild makes of a module.
 *
 * @param {string} contents
 */
const bundleWithEsbuild = (contents) =>
  buildWithEsbuild({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: EXTERNAL,
    format: 'esm',
    jsx: 'automatic',
    metafile: true,
    minify: true,
    target: 'es2022',
    write: false,
  });

/** @type {Record<string, (contents: string) => Promise<string>>} each gives one file back */
const BUNDLERS = {
  async esbuild(contents) {
    const { outputFiles } = await bundleWithEsbuild(contents);
    return outputFiles.map(({ text }) => text).join('');
  },
  /** As in the build of an app; Vite leaves the white space of a library alone. */
  async Vite(contents) {
    const name = join(root, 'measured.js');
    const built = await buildWithVite({
      root,
      configFile: false,
      logLevel: 'silent',
      mode: 'production',
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [
        {
          name: 'measured',
          resolveId: (id) => (id === name ? id : null),
          load: (id) => (id === name ? contents : null),
        },
      ],
      build: {
        modulePreload: false,
        rolldownOptions: {
          input: name,
          external: EXTERNAL,
          preserveEntrySignatures: 'strict',
          output: { format: 'es' },
        },
        target: 'es2022',
        write: false,
      },
    });
    if ('on' in built) throw new Error('Vite watches instead of building.');
    return [built]
      .flat()
      .flatMap(({ output }) => output)
      .map((file) => (file.type === 'chunk' ? file.code : ''))
      .join('');
  },
};

/** @typedef {(contents: string) => Promise<string>} Bundle */

/**
 * The gzipped size of an import in kB.
 *
 * @param {Bundle} bundle
 * @param {Import} what
 */
async function measure(bundle, { entry, names, beside = [] }) {
  const already = beside.length > 0 ? passOn('dist/index.js', beside) : '';
  /** @param {string} contents */
  const bytesOf = async (contents) => gzipSync(await bundle(contents), { level: 9 }).length;
  const together = await bytesOf(already + passOn(`dist/${entry}.js`, names));
  return (together - (already === '' ? 0 : await bytesOf(already))) / 1000;
}

/**
 * The files that weigh most in an import, minified and before compression.
 *
 * @param {Import} what
 */
async function printHeaviest({ label, entry, names }) {
  const module = entry === 'index' ? 'src/index.ts' : `src/${entry}/index.ts`;
  const { metafile } = await bundleWithEsbuild(passOn(module, names));
  const files = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .toSorted(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput);
  console.log(`\n${label}: the heaviest files, minified bytes`);
  for (const [path, { bytesInOutput }] of files.slice(0, 12)) {
    console.log(`${`${bytesInOutput}`.padStart(8)}  ${path}`);
  }
}

buildWhenStale();
const columns = [...Object.keys(BUNDLERS), 'limit'].map((name) => name.padStart(8)).join(' ');
console.log(`${'kB, minified and gzipped'.padEnd(42)} ${columns}`);
for (const what of IMPORTS) {
  const sizes = [];
  for (const bundle of Object.values(BUNDLERS)) sizes.push(await measure(bundle, what));
  const limit = what.most * ROOM;
  const isOver = Math.max(...sizes) > limit;
  const numbers = [...sizes, limit].map((size) => size.toFixed(2).padStart(8)).join(' ');
  console.log(`${what.label.padEnd(42)} ${numbers}${isOver ? '  over the limit' : ''}`);
  if (isOver) process.exitCode = 1;
}
if (process.argv.includes('--files')) for (const what of IMPORTS) await printHeaviest(what);
