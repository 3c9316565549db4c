/**
 * `npm run test:release`: what `npm test` leaves out. The tests on the published tarball and on React
 * 18.3, every story in both Storybooks, leaks, consumers, other compilers, runtimes, package managers,
 * test runners and frameworks, nginx. What only this needs is installed in `test/release` and
 * `test/bench`, or where it is heavy in a temporary folder.
 *
 *   node test/tools/run-release.mjs
 */
import { runChecks } from './run-checks.mjs';

const installed = ['a browser', 'build'];

await runChecks(
  [
    { name: 'a browser', command: ['node', 'test/tools/ensure-browser.mjs'] },
    { name: 'nginx', command: ['node', 'test/tools/ensure-nginx.mjs'] },
    {
      name: 'installation',
      command: ['node', 'test/tools/ensure-installed.mjs', 'release', 'bench'],
    },
    { name: 'build', command: ['tsup'] },
    { name: 'tests: the Storybooks', projects: ['storybook'], after: installed },
    { name: 'tests: many more runs', projects: ['properties'] },
    { name: 'tests: tabs', projects: ['tabs'], after: ['a browser'] },
    { name: 'tests: leaks', projects: ['leaks'], after: installed },
    { name: 'tests: consumers', projects: ['consumer'], after: [...installed, 'installation'] },
    { name: 'tests: environments', projects: ['environments'], after: installed },
    {
      name: 'tests: the tarball',
      projects: ['published', 'published-hooks', 'published-hooks-on-server', 'published-node'],
      after: installed,
    },
    {
      name: 'tests: the tarball in Chromium',
      projects: ['published-pages', 'published-scenarios'],
      after: installed,
    },
    {
      name: 'tests: React 18.3',
      projects: ['react-18.3', 'react-18.3-on-server'],
      after: ['installation'],
    },
    { name: 'tests: nginx', projects: ['nginx'], after: ['nginx'] },
    { name: 'types: benchmarks', command: ['tsc', '-b', 'test/bench'], after: ['installation'] },
  ],
  'test/release/vitest.config.ts',
);
