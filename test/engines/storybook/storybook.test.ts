import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Engine } from '../drivers/driver.ts';
import { startEngine } from '../engine.ts';
import { eventually } from '../stage.ts';

const { address, pages } = inject('staticStorybook');

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());

/** Gives how a page or a story came out, `null` while that is open. Runs in the page. */
const OUTCOME = `(() => {
  const last = (event) => globalThis.__STORYBOOK_ADDONS_CHANNEL__?.last(event)?.[0];
  const thrown = last('playFunctionThrewException') ?? last('storyThrewException');
  if (thrown !== undefined) return thrown.message;
  if (last('docsRendered') !== undefined) return 'success';
  return last('storyFinished')?.status ?? null;
})()`;

/** Opens a page, waits until it is there or broken, and gives what was said meanwhile. */
async function visit(path: string, look = 'null') {
  const page = await engine.open();
  try {
    await page.navigate(`${address}iframe.html?id=${encodeURI(path)}`);
    const outcome = await eventually(async () => {
      const seen = await page.evaluate<string | null>(OUTCOME);
      expect(seen).not.toBeNull();
      return seen;
    });
    const complaints = await page.evaluate<string[]>('complaints');
    return { outcome, complaints, seen: await page.evaluate<unknown>(look) };
  } finally {
    await page.close();
  }
}

test.each(pages)('the page %s opens without an error', async (id) => {
  expect(await visit(`${id}&viewMode=docs`)).toMatchObject({ outcome: 'success', complaints: [] });
});

/** How far the text of a status stands above or below the text before it. Runs in the page. */
const STATUS_OFFSET = `(() => {
  const status = document.querySelector('.example output');
  const topOf = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect().top;
  };
  return Math.abs(topOf(status) - topOf(status.previousSibling));
})()`;

test('the play of useeventsource--named-events streams, and its status stands on its line', async () => {
  const { seen, ...others } = await visit('useeventsource--named-events', STATUS_OFFSET);
  expect(others).toEqual({ outcome: 'success', complaints: [] });
  expect(seen).toBeLessThan(2);
});

test.each(['usestreamingfetch--chat-story', 'usedownload-in-production--dropped'])(
  'the play of %s streams from the service worker',
  async (id) => {
    expect(await visit(id)).toMatchObject({ outcome: 'success', complaints: [] });
  },
);
