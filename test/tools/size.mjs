/**
 * Measures what each import costs its user: bundled, minified for production and gzipped, with the
 * parser and without React. `--write` also puts the table into README.md.
 *
 *   npm run size
 *   npm run size -- --write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildWhenStale } from './build-when-stale.mjs';

/**
 * @typedef {{ label: string, entry: string, name: string, limit: number }} Budget
 * @typedef {Budget & { bytes: number }} Size
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What may be imported and how many bytes it may cost. `*` is every export of the entry.
 *
 * @type {Budget[]}
 */
const BUDGETS = [
  { label: '`useEventSource`', entry: 'index', name: 'useEventSource', limit: 6_000 },
  { label: '`useStreamingFetch`', entry: 'index', name: 'useStreamingFetch', limit: 6_000 },
  { label: '`useDownload`', entry: 'index', name: 'useDownload', limit: 5_000 },
  { label: 'everything from `rivulet`', entry: 'index', name: '*', limit: 11_000 },
  { label: 'everything from `rivulet/core`', entry: 'core', name: '*', limit: 10_000 },
];

/**
 * The size of one import.
 *
 * @param {string} folder the package, built
 * @param {Budget} budget
 */
async function measureImport(folder, { entry, name }) {
  const names = name === '*' ? '*' : `{ ${name} }`;
  const result = await build({
    stdin: { contents: `export ${names} from './dist/${entry}.js';`, resolveDir: folder },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react'],
    format: 'esm',
    logLevel: 'error',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return result.outputFiles.reduce(
    (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
    0,
  );
}

/**
 * The size of every budgeted import that the package has.
 *
 * @param {string} folder the package, built
 * @returns {Promise<Size[]>}
 */
export async function measure(folder) {
  const sizes = [];
  for (const budget of BUDGETS) {
    const url = pathToFileURL(join(folder, 'dist', `${budget.entry}.js`)).href;
    const exists = budget.name === '*' || budget.name in (await import(url));
    if (exists) sizes.push({ ...budget, bytes: await measureImport(folder, budget) });
  }
  return sizes;
}

/**
 * Kilobytes of 1000 bytes with one decimal.
 *
 * @param {number} bytes
 */
export const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** The part of README.md that this script writes. */
export const README_SECTION = /(?<=<!-- sizes:start -->\n).*?(?=<!-- sizes:end -->)/s;

/**
 * The table of README.md.
 *
 * @param {Size[]} sizes
 */
function markdownTable(sizes) {
  const rows = sizes.map(({ label, bytes }) => `| ${label} | ${kilobytes(bytes)} kB |`);
  return ['', '| import | minified and gzipped |', '|---|---|', ...rows, '', ''].join('\n');
}

/** Prints the table and reports every import over its budget. */
async function main() {
  buildWhenStale();
  const sizes = await measure(root);
  for (const { label, bytes, limit } of sizes) {
    const verdict = bytes > limit ? 'OVER' : 'ok';
    console.log(
      `${label.padEnd(34)} ${kilobytes(bytes).padStart(5)} kB of ${kilobytes(limit)}  ${verdict}`,
    );
  }
  if (process.argv.includes('--write')) {
    const path = join(root, 'README.md');
    const readme = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      readme.replace(README_SECTION, () => markdownTable(sizes)),
    );
  }
  if (sizes.some(({ bytes, limit }) => bytes > limit)) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
