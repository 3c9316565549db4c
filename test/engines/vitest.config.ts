import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const engines = (process.env['RIVULET_ENGINES'] ?? 'chromium,firefox,webkit').split(',');

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    maxWorkers: 2,
    // Node 20 has a WebSocket behind this flag; later ones have it anyway.
    execArgv: ['--experimental-websocket'],
    globalSetup: ['test/engines/storybook.ts'],
    projects: engines.map((name) => ({
      resolve: {
        alias: [
          {
            find: /^rivulet$/,
            replacement: fileURLToPath(new URL('../../src/index.ts', import.meta.url)),
          },
        ],
      },
      test: {
        name,
        environment: 'node',
        include: ['test/engines/scenarios/*.test.ts'],
        env: { RIVULET_ENGINE: name },
        execArgv: ['--experimental-websocket'],
        // A busy machine is many times slower; a test that hangs may wait for its end.
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
