/**
 * Measures what each import costs its user: bundled, minified for production and gzipped, with the
 * parser and without React. An import over its target is taken apart by file. `--write` also puts the
 * table into README.md and its translation.
 *
 *   npm run size
 *   npm run size -- --write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildWhenStale } from './build-when-stale.mjs';

/**
 * `target` is the goal. `limit` is what the import may weigh: about 3 % more than it does, so that
 * growth is noticed and has to be wanted. A limit comes down when the import does.
 *
 * @typedef {object} Budget
 * @property {string} label
 * @property {'index' | 'core'} entry
 * @property {string[]} names what is imported; `*` is everything
 * @property {string[]} [beside] what is imported already: only the rest counts
 * @property {number} target in bytes
 * @property {number} limit in bytes
 *
 * @typedef {Budget & { bytes: number }} Size
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {Budget[]} */
const BUDGETS = [
  {
    label: '`useEventSource`',
    entry: 'index',
    names: ['useEventSource'],
    target: 6_000,
    limit: 17_600,
  },
  {
    label: '`useStreamingFetch`',
    entry: 'index',
    names: ['useStreamingFetch'],
    target: 6_000,
    limit: 17_700,
  },
  {
    label: '`useStreamingFetch` beside `useEventSource`',
    entry: 'index',
    names: ['useStreamingFetch'],
    beside: ['useEventSource'],
    target: 2_000,
    limit: 2_850,
  },
  {
    label: '`useDownload`',
    entry: 'index',
    names: ['useDownload'],
    target: 5_000,
    limit: 16_150,
  },
  {
    label: 'everything from `rivulet`',
    entry: 'index',
    names: ['*'],
    target: 11_000,
    limit: 25_300,
  },
  {
    label: 'everything from `rivulet/core`',
    entry: 'core',
    names: ['*'],
    target: 10_000,
    limit: 24_400,
  },
  {
    label: '`isStreamError` from `rivulet/core`',
    entry: 'core',
    names: ['isStreamError'],
    target: 300,
    limit: 300,
  },
];

/**
 * A production bundle of these names.
 *
 * @param {string} folder of the package
 * @param {string} module inside the folder
 * @param {string[]} names
 */
function bundle(folder, module, names) {
  const what = names.includes('*') ? '*' : `{ ${names.join(', ')} }`;
  return build({
    absWorkingDir: folder,
    stdin: { contents: `export ${what} from './${module}';`, resolveDir: folder },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react'],
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'error',
    metafile: true,
    minify: true,
    target: 'es2022',
    write: false,
  });
}

/**
 * The gzipped size of a bundle.
 *
 * @param {string} folder
 * @param {Budget['entry']} entry
 * @param {string[]} names
 */
async function gzippedBytes(folder, entry, names) {
  const { outputFiles } = await bundle(folder, `dist/${entry}.js`, names);
  return outputFiles.reduce(
    (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
    0,
  );
}

/**
 * The size of every import in the list.
 *
 * @param {string} folder of the package, built
 * @returns {Promise<Size[]>}
 */
export async function measure(folder) {
  return Promise.all(
    BUDGETS.map(async (budget) => {
      const { entry, names, beside = [] } = budget;
      const together = await gzippedBytes(folder, entry, [...beside, ...names]);
      const already = beside.length > 0 ? await gzippedBytes(folder, entry, beside) : 0;
      return { ...budget, bytes: together - already };
    }),
  );
}

/** How many files a breakdown names. */
const BREAKDOWN_FILES = 12;

/**
 * The files that weigh most in an import, in minified bytes before compression.
 *
 * @param {string} folder of the package, with its sources
 * @param {Budget} budget
 * @returns {Promise<{ path: string, bytes: number }[]>} heaviest first
 */
export async function breakdown(folder, { entry, names }) {
  const module = entry === 'index' ? 'src/index.ts' : `src/${entry}/index.ts`;
  const { metafile } = await bundle(folder, module, names);
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([path, { bytesInOutput }]) => ({
      // The parser stands wherever it was installed.
      path: path.replace(/^.*node_modules\//, ''),
      bytes: bytesInOutput,
    }))
    .toSorted((left, right) => right.bytes - left.bytes)
    .slice(0, BREAKDOWN_FILES);
}

/**
 * Kilobytes of 1000 bytes with one decimal.
 *
 * @param {number} bytes
 */
const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** The part of a README that this script writes. */
export const README_SECTION = /(?<=<!-- sizes:start -->\n).*?(?=<!-- sizes:end -->)/s;

/**
 * How each README says it.
 *
 * @type {Record<string, { within: string, over: (count: number, all: number) => string, head: string, label: (label: string) => string }>}
 */
export const README_TEXTS = {
  'README.md': {
    within: 'Every import is within its target.',
    over: (count, all) =>
      `**${count} of ${all} imports miss their target.** A test keeps them from growing unnoticed.`,
    head: '| import | minified and gzipped | target |',
    label: (label) => label,
  },
  'README.zh-CN.md': {
    within: '每一项都在目标之内。',
    over: (count, all) => `**${all} 项中有 ${count} 项未达目标。**有测试防止它们在不知不觉中变大。`,
    head: '| 导入 | 压缩并 gzip 后 | 目标 |',
    label: (label) =>
      label
        .replace(/^everything from (.+)$/, '$1 的全部')
        .replace(/^(.+) beside (.+)$/, '已有 $2 时再加 $1')
        .replace(/^(.+) from (.+)$/, '$2 的 $1'),
  },
};

/**
 * What a README says about sizes.
 *
 * @param {Size[]} sizes
 * @param {string} readme its file
 */
export function readmeSection(sizes, readme = 'README.md') {
  const texts = README_TEXTS[readme];
  if (texts === undefined) throw new Error(`There are no texts for ${readme}.`);
  const over = sizes.filter(({ bytes, target }) => bytes > target).length;
  const verdict = over === 0 ? texts.within : texts.over(over, sizes.length);
  const rows = sizes.map(({ label, bytes, target }) => {
    return `| ${texts.label(label)} | ${kilobytes(bytes)} kB | ${kilobytes(target)} kB |`;
  });
  return ['', verdict, '', texts.head, '|---|---|---|', ...rows, '', ''].join('\n');
}

/** Prints the table and, for every import over its target, where the bytes are. */
async function main() {
  buildWhenStale();
  const sizes = await measure(root);
  console.log(`${' '.repeat(46)}size   target    limit  (kB, minified and gzipped)`);
  for (const { label, bytes, target, limit } of sizes) {
    const cells = [bytes, target, limit].map((number) => kilobytes(number).padStart(6));
    const verdict =
      bytes > limit ? 'over its limit' : bytes > target ? 'misses its target' : 'within its target';
    console.log(`${label.padEnd(44)} ${cells.join('   ')}  ${verdict}`);
  }
  for (const size of sizes) {
    if (size.bytes <= size.target || size.beside !== undefined) continue;
    console.log(`\n${size.label}: the ${BREAKDOWN_FILES} heaviest files, minified bytes`);
    for (const { path, bytes } of await breakdown(root, size)) {
      console.log(`${`${bytes}`.padStart(8)}  ${path}`);
    }
  }
  if (process.argv.includes('--write')) {
    for (const file of Object.keys(README_TEXTS)) {
      const readme = readFileSync(join(root, file), 'utf8');
      const written = readme.replace(README_SECTION, () => readmeSection(sizes, file));
      writeFileSync(join(root, file), written);
    }
  }
  if (sizes.some(({ bytes, limit }) => bytes > limit)) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
