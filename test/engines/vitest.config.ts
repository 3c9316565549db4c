import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// By default all of both; the runner names the engines that are there.
const engines = (process.env['ENGINES'] ?? 'chromium,firefox,webkit').split(',');
const parts = (process.env['ENGINES_PARTS'] ?? 'scenarios,storybook').split(',');

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    maxWorkers: 2,
    globalSetup: parts.includes('storybook') ? ['test/engines/storybook/setup.ts'] : [],
    projects: engines.map((engine) => ({
      test: {
        name: `engines-${engine}`,
        environment: 'node',
        include: parts.map((part) => `test/engines/${part}/*.test.ts`),
        env: { RIVULET_ENGINE: engine },
        // Node 20 has a WebSocket behind this flag; later ones have it anyway.
        execArgv: ['--experimental-websocket'],
        // A busy machine is many times slower; a test that hangs may wait for its end.
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
