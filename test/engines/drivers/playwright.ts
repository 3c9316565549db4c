import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserType } from 'playwright';
import type { Engine } from './driver.ts';

/** An engine as Playwright builds it: where the system has none, and no page is ever hidden. */
export async function startWithPlaywright(type: BrowserType): Promise<Engine> {
  const downloads = await mkdtemp(join(tmpdir(), 'rivulet-downloads-'));
  const browser = await type.launch();
  const context = await browser.newContext();
  return {
    downloads,
    async open() {
      const page = await context.newPage();
      page.on('download', (download) => {
        const path = join(downloads, download.suggestedFilename());
        // The scenario that waits for the file fails when it does not arrive.
        void download.saveAs(path).catch(() => {});
      });
      const cannotHide = () => Promise.reject(new Error('Playwright hides no page.'));
      return {
        navigate: async (url) => void (await page.goto(url)),
        // By the page itself: Playwright would wait for a load, and a page of the cache has none.
        back: () => page.evaluate('(setTimeout(() => history.back()), undefined)'),
        evaluate: (expression) => page.evaluate(expression),
        hide: cannotHide,
        show: cannotHide,
        close: () => page.close(),
      };
    },
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true, maxRetries: 20 });
    },
  };
}
