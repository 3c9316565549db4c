/**
 * The benchmarks, which are not part of the tests: a machine that is busy makes them say little.
 *
 *   npm run bench -- growth
 *   npm run bench -- growth --rounds 15
 */
import { parseArgs } from 'node:util';
import { buildWhenStale } from '../tools/build-when-stale.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' } },
});

const BENCHMARKS = ['growth'];
const [name = ''] = positionals;

if (!BENCHMARKS.includes(name)) {
  console.error(`Which benchmark? npm run bench -- ${BENCHMARKS.join(' | ')}`);
  process.exitCode = 2;
} else {
  buildWhenStale();
  const { main } = await import(`./${name}.mjs`);
  await main({ rounds: Number(values.rounds) });
}
