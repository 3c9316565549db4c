import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { BROWSER_ARGS, findBrowser } from '../../tools/find-browser.mjs';

/**
 * @typedef {object} Stage a browser, and the server that its pages talk to
 * @property {import('playwright').Browser} browser
 * @property {string} origin
 * @property {() => Promise<void>} close
 */

/** `performance.memory` is rounded and cached without it. */
const MEASURING_ARGS = ['--enable-precise-memory-info'];

/** @param {string} path */
const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The page with React and the package as a production build has them. */
async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [fromHere('page.tsx')],
    alias: {
      'rivulet/share': fromHere('../../../dist/share.js'),
      rivulet: fromHere('../../../dist/index.js'),
      // One React for all, that of the peers.
      react: fromHere('../node_modules/react'),
      'react-dom': fromHere('../node_modules/react-dom'),
    },
    bundle: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** @returns {Promise<Stage>} */
async function setUp() {
  const server = fork(fromHere('server.mjs'));
  server.send(await bundlePage());
  const [{ port }] = await once(server, 'message');
  const found = findBrowser();
  const browser = await chromium.launch({
    args: [...BROWSER_ARGS, ...MEASURING_ARGS],
    ...(found && { executablePath: found.path }),
  });
  return {
    browser,
    // A name and no address: the hooks of one page use names below it.
    origin: `http://localhost:${port}`,
    async close() {
      await browser.close();
      server.kill();
    },
  };
}

/** @type {Promise<Stage> | undefined} */
let stage;
let users = 0;

/** The one stage of this process; every call is to be answered by one of {@link leaveStage}. */
export function enterStage() {
  users += 1;
  stage ??= setUp();
  return stage;
}

/** Takes the stage down with its last user. */
export async function leaveStage() {
  users -= 1;
  if (users > 0 || stage === undefined) return;
  const last = stage;
  stage = undefined;
  await (await last).close();
}
