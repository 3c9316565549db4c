/**
 * `npm test`: everything that must hold before a change is merged. What it leaves to
 * `npm run test:release` is the same on other versions, and what takes long.
 *
 *   node test/tools/run-all.mjs
 */
import { runChecks } from './run-checks.mjs';

/** Slowest first, so that none of them is waited for alone at the end. */
await runChecks([
  { name: 'a browser', command: ['node', 'test/tools/ensure-browser.mjs'] },
  {
    name: 'tests: plays of the hook stories',
    projects: ['plays'],
    args: ['stories/use-'],
    after: ['a browser'],
  },
  { name: 'tests: real servers', projects: ['node'], args: ['--maxWorkers=2'] },
  { name: 'build', command: ['tsup'] },
  { name: 'types', command: ['tsc', '-b', '.', 'test', 'stories', 'stories/server-examples'] },
  {
    name: 'tests: core and hooks',
    projects: ['unit', 'hooks', 'hooks-on-server', 'react-18.0', 'react-18.0-on-server'],
  },
  { name: 'tests: the package', projects: ['package'], after: ['build'] },
  {
    name: 'tests: Chromium',
    projects: ['pages', 'engines-chromium'],
    after: ['a browser'],
  },
  { name: 'tests: the repository', projects: ['repository'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'format', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'size', command: ['node', 'test/tools/size.mjs'], after: ['build'] },
]);
