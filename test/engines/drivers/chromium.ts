import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startChromium } from '../../support/real-chromium.ts';
import type { Engine } from './driver.ts';

/** Chromium by its DevTools protocol, as users have it: with its back/forward cache. */
export async function startChromiumEngine(): Promise<Engine> {
  const downloads = await mkdtemp(join(tmpdir(), 'rivulet-downloads-'));
  const { context, close } = await startChromium();
  const session = await context.browser()?.newBrowserCDPSession();
  await session?.send('Browser.setDownloadBehavior', {
    behavior: 'allow',
    downloadPath: downloads,
  });
  return {
    downloads,
    async open() {
      const page = await context.newPage();
      let inFront: Page | undefined;
      return {
        navigate: async (url) => void (await page.goto(url)),
        // By the page itself: Playwright would wait for a load, and a page of the cache has none.
        back: () => page.evaluate('(setTimeout(() => history.back()), undefined)'),
        evaluate: (expression) => page.evaluate(expression),
        async hide() {
          inFront = await context.newPage();
          await inFront.bringToFront();
        },
        async show() {
          await page.bringToFront();
          await inFront?.close();
          inFront = undefined;
        },
        async close() {
          await inFront?.close();
          await page.close();
        },
      };
    },
    async close() {
      await close();
      await rm(downloads, { recursive: true, maxRetries: 20 });
    },
  };
}
