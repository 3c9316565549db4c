import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { serveFiles } from '../../storybook/serve-files.ts';

declare module 'vitest' {
  interface ProvidedContext {
    staticStorybook: { readonly address: string; readonly pages: readonly string[] };
  }
}

/** What engines say of themselves, and no page can prevent. */
const ALLOWED = [
  // Firefox, of every stream from a service worker that is aborted; a page without the library too.
  /^Failed to load '.*'\. A ServiceWorker intercepted the request/,
];

/** Not every engine tells its driver what the console says, so the page notes it itself. */
const RECORDER = `<script>
window.complaints = [];
{
  const allowed = [${ALLOWED.map(String).join()}];
  const complain = (text) => allowed.some((line) => line.test(text)) || complaints.push(text);
  const note = console.error;
  console.error = (...texts) => { complain(texts.join(' ')); note.apply(console, texts); };
  addEventListener('error', ({ message }) => complain('uncaught: ' + message));
  addEventListener('unhandledrejection', ({ reason }) => complain('unhandled: ' + reason));
}
</script>`;

/** Builds the static Storybook once for all engines, or serves the one in `STORYBOOK_FOLDER`. */
export default async function setup(project: TestProject): Promise<() => void> {
  const given = process.env['STORYBOOK_FOLDER'];
  const folder = given ?? mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-engines-storybook-'));
  if (!existsSync(join(folder, 'index.json'))) {
    const manifest = createRequire(import.meta.url).resolve('storybook/package.json');
    const script = join(dirname(manifest), 'dist/bin/dispatcher.js');
    await promisify(execFile)(
      process.execPath,
      [script, 'build', '--disable-telemetry', '--output-dir', folder],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: { ...process.env, NODE_ENV: 'production' },
        maxBuffer: 2 ** 26,
      },
    );
  }
  const frame = join(folder, 'iframe.html');
  const html = readFileSync(frame, 'utf8');
  if (!html.includes(RECORDER)) writeFileSync(frame, html.replace('<head>', `<head>${RECORDER}`));
  const index: { entries: Record<string, { id: string; type: string }> } = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  );
  const { address, close } = await serveFiles(folder, '/docs/rivulet/');
  const pages = Object.values(index.entries)
    .filter(({ type }) => type === 'docs')
    .map(({ id }) => id);
  project.provide('staticStorybook', { address, pages });
  return () => {
    close();
    if (given === undefined) rmSync(folder, { recursive: true });
  };
}
