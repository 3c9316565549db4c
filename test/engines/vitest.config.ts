import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { engineProject } from './project.ts';

// By default all of both; the runner names the engines that are there.
const engines = (process.env['ENGINES'] ?? 'chromium,firefox,webkit').split(',');
const parts = (process.env['ENGINES_PARTS'] ?? 'scenarios,storybook').split(',');

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    maxWorkers: 2,
    globalSetup: parts.includes('storybook') ? ['test/engines/storybook/setup.ts'] : [],
    projects: engines.map((engine) =>
      engineProject(
        engine,
        parts.map((part) => `test/engines/${part}/*.test.ts`),
      ),
    ),
  },
});
