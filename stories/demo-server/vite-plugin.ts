import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { build } from 'esbuild';
import type { Plugin } from 'vite';
import { createDemoApp } from './app.ts';

/** File name of the service worker in the static build, beside the pages. */
const WORKER_FILE = 'demo-server.js';

const workerSource = fileURLToPath(new URL('./service-worker.ts', import.meta.url));

/**
 * The demo server in Storybook: real HTTP from the development server (and in Vitest), a service
 * worker in the static build, which has no server.
 */
export function demoServer(): Plugin {
  return {
    name: 'demo-server',
    configureServer({ middlewares }) {
      const listener = getRequestListener(createDemoApp().app.fetch, {
        overrideGlobalObjects: false,
      });
      middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/api/')) {
          next();
          return;
        }
        // `storybook dev` compresses whatever does not say how it is encoded, and drops its length.
        response.setHeader('Content-Encoding', 'identity');
        void listener(request, response);
      });
    },
    async generateBundle() {
      const { outputFiles } = await build({
        entryPoints: [workerSource],
        bundle: true,
        format: 'iife',
        minify: true,
        target: 'es2022',
        write: false,
      });
      for (const { text } of outputFiles) {
        this.emitFile({ type: 'asset', fileName: WORKER_FILE, source: text });
      }
    },
  };
}
