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

let chromium: RealChromium;
let routes: Record<string, Route>;
let feed: NumberedFeed;
let server: StreamServer;
let page: Page;

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
  await chromium.context.setOffline(false);
  await page?.close();
  await server?.stop();
});

/** Subscribes and receives the first three events. */
async function receiveThree(): Promise<void> {
  page = await openPage(chromium.context, server.origin, '/feed');
  feed.publish(3);
  await expectNumbers(page, 3);
}

/** Freezes the page or thaws it, as the browser does with a tab of the background. */
async function setLifecycle(state: 'frozen' | 'active'): Promise<void> {
  const session = await chromium.context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

const ids = () => server.requests('/feed').map(({ headers }) => headers['last-event-id']);

/** Waits until so many requests were made and one is live, and receives two more events by it. */
async function expectOneLiveRequest(requests: number, received: number): Promise<void> {
  await vi.waitFor(() => expect([ids().length, feed.live()]).toEqual([requests, 1]), {
    timeout: 30_000,
  });
  feed.publish(2);
  await expectNumbers(page, received + 2);
  expect([ids().length, feed.live()]).toEqual([requests, 1]);
}

describe('in Chromium exactly one request is live, and no event is lost', () => {
  test('after the network was gone and the stream seemed to live on', async () => {
    await receiveThree();
    await chromium.context.setOffline(true);
    await expectSeen(page, ({ pageEvents }) => expect(pageEvents).toContain('offline'));
    expect(ids()).toEqual([undefined]);
    await chromium.context.setOffline(false);
    await expectOneLiveRequest(2, 3);
    expect(ids()).toEqual([undefined, '3']);
  });

  test('after the network was gone and the stream broke: nothing is tried until it is back', async () => {
    await receiveThree();
    await chromium.context.setOffline(true);
    feed.cut();
    feed.publish(4);
    await expectSeen(page, ({ statuses }) => expect(statuses.at(-1)).toBe('paused'));
    await chromium.context.setOffline(false);
    await expectOneLiveRequest(2, 7);
    const { errors, statuses } = await seenBy(page);
    expect(errors.map(({ code }) => code)).toEqual(['network']);
    expect(statuses).toEqual(['connecting', 'open', 'waiting', 'paused', 'connecting', 'open']);
  });

  test('after the page was frozen while events came', async () => {
    await receiveThree();
    await setLifecycle('frozen');
    feed.publish(40);
    await setLifecycle('active');
    await expectOneLiveRequest(2, 43);
    expect(Number(ids()[1])).toBeGreaterThanOrEqual(3);
  });

  test('after the page was frozen and nothing came', async () => {
    await receiveThree();
    await setLifecycle('frozen');
    await setLifecycle('active');
    await expectOneLiveRequest(2, 3);
    expect(ids()).toEqual([undefined, '3']);
  });
});
