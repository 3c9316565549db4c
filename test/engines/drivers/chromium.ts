import { startChromium } from '../../support/real-chromium.ts';
import type { Engine } from './driver.ts';

/** Chromium by its DevTools protocol, as users have it: with its back/forward cache. */
export async function startChromiumEngine(): Promise<Engine> {
  const { context, close } = await startChromium();
  return {
    async open() {
      const page = await context.newPage();
      return {
        navigate: async (url) => void (await page.goto(url)),
        evaluate: (expression) => page.evaluate(expression),
        close: () => page.close(),
      };
    },
    close,
  };
}
