import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { Engine } from '../drivers/driver.ts';
import { startEngine } from '../engine.ts';
import { WAIT } from '../stage.ts';

const { address, pages } = inject('staticStorybook');

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());

/** What Storybook told its addons last, `null` before. */
const last = (event: string) =>
  `(globalThis.__STORYBOOK_ADDONS_CHANNEL__?.last('${event}')?.[0] ?? null)`;

/** Opens a page, waits for an expression to hold, and gives what the console was told. */
async function complaintsOf(path: string, isReady: string): Promise<readonly string[]> {
  const page = await engine.open();
  try {
    await page.navigate(`${address}iframe.html?id=${encodeURI(path)}`);
    await vi.waitFor(async () => expect(await page.evaluate(isReady)).toBe(true), WAIT);
    return await page.evaluate<string[]>('complaints');
  } finally {
    await page.close();
  }
}

test.each(pages)('the page %s opens without an error', async (id) => {
  const isRendered = `globalThis.__STORYBOOK_ADDONS_CHANNEL__?.last('docsRendered') !== undefined`;
  expect(await complaintsOf(`${id}&viewMode=docs`, isRendered)).toEqual([]);
});

test.each([
  'useeventsource--named-events',
  'usestreamingfetch--chat-story',
  'usedownload-in-production--dropped',
])('the play of %s streams from the service worker', async (id) => {
  expect(await complaintsOf(id, `${last('storyFinished')}?.status === 'success'`)).toEqual([]);
});
