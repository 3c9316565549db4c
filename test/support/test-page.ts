import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright';
import { expect, inject, vi } from 'vitest';
import type { Seen } from '../browser/pages/page-script.tsx';
import { numbersTo } from './numbers.ts';
import type { Route } from './stream-server.ts';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The library: the packed one, where the tests of published names run again. */
function library(): Record<string, string> {
  // Only some projects pack and provide it.
  const packed: { readonly folder: string } | undefined = inject('packed');
  return packed === undefined
    ? { 'rivulet/share': file('src/share/index.ts'), rivulet: file('src/index.ts') }
    : {
        'rivulet/share': join(packed.folder, 'dist/share.js'),
        rivulet: join(packed.folder, 'dist/index.js'),
      };
}

/** A script of `test/browser/pages`, with the library and React in it. */
async function bundle(script: string, mode: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file(`test/browser/pages/${script}`)],
    alias: library(),
    bundle: true,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    format: 'esm',
    jsx: 'automatic',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** A route with a fixed answer. */
export function fixed(contentType: string, text: string): Route {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': contentType }).end(text);
  };
}

/** Routes of a page at `/` that does what it is told to, and of another at `/away`. */
export async function pageRoutes(
  script = 'page-script.tsx',
  mode = 'production',
): Promise<Record<string, Route>> {
  const html = (text: string) => fixed('text/html', `<!doctype html><title>rivulet</title>${text}`);
  return {
    '/': html('<script type="module" src="/page.js"></script>'),
    '/page.js': fixed('text/javascript', await bundle(script, mode)),
    '/away': html('away'),
    '/favicon.ico': fixed('image/x-icon', ''),
  };
}

/** Opens the page of an origin and subscribes. */
export async function openPage(
  context: BrowserContext,
  origin: string,
  ...[url, options]: Parameters<Window['subscribe']>
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.evaluate(([address, given]) => window.subscribe(address, given), [
    url,
    options,
  ] as const);
  return page;
}

/** What the page has seen so far. */
export function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => window.seen);
}

/** Waits until what the page has seen meets the expectations. */
export function expectSeen(page: Page, meets: (seen: Seen) => void): Promise<void> {
  return vi.waitFor(async () => meets(await seenBy(page)), { timeout: 30_000 });
}

/** Waits until the page has received the numbers from 1 to `count`, each once and in order. */
export function expectNumbers(page: Page, count: number): Promise<void> {
  return expectSeen(page, ({ numbers }) => expect(numbers).toEqual(numbersTo(count)));
}
