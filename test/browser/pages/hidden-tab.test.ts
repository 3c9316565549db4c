import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createNumberedFeed, type NumberedFeed } from '../../support/numbered-feed.ts';
import { type RealChromium, startChromium } from '../../support/real-chromium.ts';
import { type Route, type StreamServer, startStreamServer } from '../../support/stream-server.ts';
import {
  expectNumbers,
  expectSeen,
  openPage,
  pageRoutes,
  seenBy,
} from '../../support/test-page.ts';

const WAIT = { timeout: 30_000 };

let chromium: RealChromium;
let routes: Record<string, Route>;
let feed: NumberedFeed;
let server: StreamServer;
let page: Page;
let otherTab: Page | undefined;

beforeAll(async () => {
  routes = await pageRoutes();
  chromium = await startChromium();
});
afterAll(() => chromium?.close());
beforeEach(async () => {
  feed = createNumberedFeed();
  server = await startStreamServer({ ...routes, '/feed': feed.route });
});
afterEach(async () => {
  await page?.close();
  await otherTab?.close();
  otherTab = undefined;
  await server?.stop();
});

const visibility = () => page.evaluate(() => document.visibilityState);
const shown = () => page.evaluate(() => document.body.innerText);
const ids = () => server.requests('/feed').map(({ headers }) => headers['last-event-id']);

/** Subscribes, receives the first three events and puts another tab in front. */
async function hideAfterThree(...[options]: [Parameters<Window['subscribe']>[1]?]): Promise<void> {
  page = await openPage(chromium.context, server.origin, '/feed', options);
  feed.publish(3);
  await expectNumbers(page, 3);
  otherTab = await chromium.context.newPage();
  await otherTab.bringToFront();
  await vi.waitFor(async () => expect(await visibility()).toBe('hidden'), WAIT);
}

describe('decision 8: a tab behind another', () => {
  test('receives and shows every event by the request it has', async () => {
    await hideAfterThree();
    for (let round = 0; round < 20; round += 1) feed.publish(50);
    await expectNumbers(page, 1003);
    await vi.waitFor(async () => expect(await shown()).toBe('open 1003'), WAIT);
    expect(await visibility()).toBe('hidden');
    await page.bringToFront();
    feed.publish(1);
    await expectNumbers(page, 1004);
    expect(ids()).toEqual([undefined]);
    expect((await seenBy(page)).statuses).toEqual(['connecting', 'open']);
  });

  test('reconnects when its stream breaks', async () => {
    await hideAfterThree();
    feed.cut();
    feed.publish(2);
    await expectNumbers(page, 5);
    expect(await visibility()).toBe('hidden');
    expect(ids()).toEqual([undefined, '3']);
    await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  });

  test('holds no request with pauseWhenHidden, and resumes when it is in front again', async () => {
    await hideAfterThree({ pauseWhenHidden: true });
    await expectSeen(page, ({ statuses }) => expect(statuses.at(-1)).toBe('paused'));
    await vi.waitFor(() => expect(feed.live()).toBe(0), WAIT);
    feed.publish(4);
    await page.bringToFront();
    await expectNumbers(page, 7);
    expect(ids()).toEqual([undefined, '3']);
    const { statuses, errors } = await seenBy(page);
    expect(statuses).toEqual(['connecting', 'open', 'paused', 'connecting', 'open']);
    expect(errors).toEqual([]);
    await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  });
});

describe('the server sees the end of a request', () => {
  test.each([
    ['the component is unmounted', () => page.evaluate(() => window.unmount())],
    ['the tab is closed', () => page.close()],
  ])('when %s', async (_, leave) => {
    page = await openPage(chromium.context, server.origin, '/feed');
    feed.publish(3);
    await expectNumbers(page, 3);
    expect(feed.live()).toBe(1);
    await leave();
    await vi.waitFor(() => expect(feed.live()).toBe(0), WAIT);
    expect(ids()).toEqual([undefined]);
  });
});
