/**
 * The benchmarks beside the peers, which are not part of the tests: a machine that is busy makes
 * them say little. Without a name all of them run and the result file is written.
 *
 *   npm run bench
 *   npm run bench -- parse react
 *   npm run bench -- growth --rounds 15
 *   npm run bench -- --quick                       small and once: does everything run and agree?
 *   npm run bench -- --output found.json           writes the results there
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWhenStale } from '../tools/build-when-stale.mjs';
import { ensureInstalled } from '../tools/ensure-installed.mjs';

/** Each suite and the modules that hold its contests. */
const SUITES = {
  parse: ['parse'],
  react: ['react', 'tabs'],
  memory: ['memory'],
  growth: ['growth', 'growth-in-chromium'],
  download: ['download', 'download-in-chromium'],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    output: { type: 'string' },
  },
});

const known = Object.keys(SUITES);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}
ensureInstalled('bench');
buildWhenStale();

const { compare } = await import('./framework/compare.mjs');
const { printFinding, printSummary } = await import('./framework/report.mjs');
const { writeResults } = await import('./framework/results.mjs');

const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 7));
const isWhole = positionals.length === 0;
const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const output = values.output ?? (isWhole && !quick ? RESULTS : undefined);

/** @type {import('./framework/contest.ts').Finding[]} */
const findings = [];
for (const [suite, modules] of Object.entries(SUITES)) {
  if (!isWhole && !positionals.includes(suite)) continue;
  for (const module of modules) {
    const { contests } = await import(`./contests/${module}.mjs`);
    for (const contest of await contests({ quick })) {
      const finding = await compare(suite, contest, { rounds, warmsUp: !quick });
      printFinding(finding);
      findings.push(finding);
    }
  }
}
printSummary(findings);
if (output !== undefined) writeResults(output, quick, findings);
