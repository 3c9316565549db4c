import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Gate, openGate } from '../../support/gate.ts';
import {
  type CorsAnswers,
  createNumberedFeed,
  type NumberedFeed,
} from '../../support/numbered-feed.ts';
import { type RealChromium, startChromium } from '../../support/real-chromium.ts';
import { type StreamServer, startStreamServer } from '../../support/stream-server.ts';
import {
  expectNumbers,
  expectSeen,
  openPage,
  pageRoutes,
  seenBy,
} from '../../support/test-page.ts';

const ALLOWED: CorsAnswers = { origin: '*', allowHeaders: 'last-event-id' };
const REFUSED: CorsAnswers = { origin: '*' };

let chromium: RealChromium;
let pageServer: StreamServer;
let feed: NumberedFeed;
let feedServer: StreamServer;
let gate: Gate | undefined;
let page: Page;

beforeAll(async () => {
  pageServer = await startStreamServer(await pageRoutes());
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium?.close();
  await pageServer?.stop();
});
afterEach(async () => {
  await page?.close();
  await feedServer?.stop();
  await gate?.shut();
  gate = undefined;
});

/** Serves a feed on a port of its own. */
async function serveFeed(cors: CorsAnswers): Promise<void> {
  feed = createNumberedFeed(cors);
  feedServer = await startStreamServer({ '/feed': feed.route });
}

/** Subscribes from the other port and receives the first three events. */
async function receiveThree(...[options]: [Parameters<Window['subscribe']>[1]?]): Promise<void> {
  const { origin } = gate ?? feedServer;
  page = await openPage(chromium.context, pageServer.origin, `${origin}/feed`, options);
  feed.publish(3);
  await expectNumbers(page, 3);
}

const requests = () => feedServer.requests('/feed');
const methods = () => requests().map(({ method }) => method);
const ids = () => requests().map(({ headers }) => headers['last-event-id']);

describe('a subscription to another origin', () => {
  test('asks for no preflight at first, and resumes a broken stream with Last-Event-ID', async () => {
    await serveFeed(ALLOWED);
    await receiveThree();
    expect(methods()).toEqual(['GET']);
    feed.cut();
    feed.publish(2);
    await expectNumbers(page, 5);
    expect(methods()).toEqual(['GET', 'OPTIONS', 'GET']);
    expect(requests()[1]?.headers['access-control-request-headers']).toBe('last-event-id');
    expect(ids()).toEqual([undefined, undefined, '3']);
    const { errors, origins } = await seenBy(page);
    expect(errors.map(({ code }) => code)).toEqual(['network']);
    expect(new Set(origins)).toEqual(new Set([feedServer.origin]));
  });

  test('resumes by query without any preflight', async () => {
    await serveFeed(REFUSED);
    await receiveThree({ resume: { query: 'last_event_id' } });
    feed.cut();
    feed.publish(2);
    await expectNumbers(page, 5);
    expect(methods()).toEqual(['GET', 'GET']);
    expect(ids()).toEqual([undefined, undefined]);
    expect(requests().map(({ url }) => url)).toEqual(['/feed', '/feed?last_event_id=3']);
  });

  test('goes on without the id where the preflight is refused, and says so once', async () => {
    await serveFeed(REFUSED);
    await receiveThree();
    feed.end();
    // Without an id the server begins at 1 again. What it sent to the probe was not delivered.
    const repeated = [1, 2, 3, 1, 2, 3];
    await expectSeen(page, ({ numbers }) => expect(numbers).toEqual(repeated));
    expect(methods()).toEqual(['GET', 'OPTIONS', 'GET', 'OPTIONS', 'GET']);
    await vi.waitFor(() => expect(feed.live()).toBe(1));

    feed.end();
    await expectSeen(page, ({ numbers }) => expect(numbers).toEqual([...repeated, 1, 2, 3]));
    expect(methods()).toEqual(['GET', 'OPTIONS', 'GET', 'OPTIONS', 'GET', 'GET']);
    const { errors } = await seenBy(page);
    const blocked = errors.filter(({ code }) => code === 'resume-blocked');
    expect(blocked).toHaveLength(1);
    expect(blocked[0]?.message).toBe('The server refuses the header Last-Event-ID.');
  });

  test.each([3, 4])('loses nothing to a server that was down for %i attempts', async (attempts) => {
    await serveFeed(ALLOWED);
    gate = await openGate(feedServer.origin);
    await receiveThree();
    await gate.shut();
    feed.publish(2);
    await expectSeen(page, ({ errors }) => expect(errors.length).toBeGreaterThan(attempts));
    await gate.reopen();
    await expectNumbers(page, 5);
    feed.publish(2);
    await expectNumbers(page, 7);
    const { errors } = await seenBy(page);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['network']));
    expect(ids().at(-1)).toBe('3');
    await vi.waitFor(() => expect(feed.live()).toBe(1));
  });
});

describe('cookies of another origin', () => {
  test.each([
    ['credentials: include', { credentials: 'include' }, 'visitor=7'],
    ['withCredentials', { withCredentials: true }, 'visitor=7'],
    ['neither', {}, undefined],
  ] as const)('with %s', async (_, options, cookie) => {
    // Cookies belong to the host, whatever the port.
    await chromium.context.addCookies([{ name: 'visitor', value: '7', url: pageServer.origin }]);
    await serveFeed({ origin: pageServer.origin });
    await receiveThree(options);
    expect(methods()).toEqual(['GET']);
    expect(requests()[0]?.headers.cookie).toBe(cookie);
  });
});
