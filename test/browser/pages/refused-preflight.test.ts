import type { ConsoleMessage, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type CorsAnswers,
  createNumberedFeed,
  type NumberedFeed,
} from '../../support/numbered-feed.ts';
import { type RealChromium, startChromium } from '../../support/real-chromium.ts';
import { type StreamServer, startStreamServer } from '../../support/stream-server.ts';
import { expectNumbers, expectSeen, openPage, pageRoutes } from '../../support/test-page.ts';

/*
 * The broken server that only a browser meets: CORS on the answer and not on the preflight. The page
 * is one of development, and its console is read. The guide "Troubleshooting" tells the same.
 */

let chromium: RealChromium;
let pageServer: StreamServer;
let feed: NumberedFeed;
let feedServer: StreamServer;
let page: Page | undefined;
let said: string[] = [];

function hear(message: ConsoleMessage): void {
  if (message.text().startsWith('rivulet:')) said.push(message.text());
}

beforeAll(async () => {
  pageServer = await startStreamServer(await pageRoutes('page-script.tsx', 'development'));
  chromium = await startChromium();
  chromium.context.on('console', hear);
});
afterAll(async () => {
  await chromium?.close();
  await pageServer?.stop();
});
afterEach(async () => {
  await page?.close();
  await feedServer?.stop();
  said = [];
});

async function subscribe(
  cors: CorsAnswers | undefined,
  options: Parameters<Window['subscribe']>[1],
): Promise<Page> {
  feed = createNumberedFeed(cors);
  feedServer = await startStreamServer({ '/feed': feed.route });
  page = await openPage(chromium.context, pageServer.origin, `${feedServer.origin}/feed`, options);
  return page;
}

const methods = () => feedServer.requests('/feed').map(({ method }) => method);

describe('CORS on the answer and not on the preflight', () => {
  test('a request with a header never leaves, and the hint names what is missing', async () => {
    const opened = await subscribe(
      { origin: '*' },
      { headers: { Authorization: 'Bearer 1' }, retry: false },
    );
    await expectSeen(opened, ({ statuses }) => expect(statuses.at(-1)).toBe('failed'));
    await expectSeen(opened, ({ errors }) =>
      expect(errors).toEqual([
        { code: 'network', message: 'The request failed: Failed to fetch.' },
      ]),
    );
    expect(methods()).toEqual(['OPTIONS']);
    expect(said).toEqual([
      `rivulet: the cross-origin request to ${feedServer.origin}/feed failed before an answer. If the ` +
        'server is up: this request needs a preflight, so OPTIONS must be answered with ' +
        '`Access-Control-Allow-Origin` and `Access-Control-Allow-Headers: authorization`.',
    ]);
  });

  test('without headers of its own it opens, and stumbles when it resumes', async () => {
    const opened = await subscribe({ origin: '*' }, {});
    feed.publish(3);
    await expectNumbers(opened, 3);
    expect(said).toEqual([]);
    feed.end();
    await expectSeen(opened, ({ errors }) =>
      expect(errors.map(({ code }) => code)).toContain('resume-blocked'),
    );
    expect(said[0]).toBe(
      `rivulet: the cross-origin request to ${feedServer.origin}/feed failed before an answer. If the ` +
        'server is up: this request needs a preflight, so OPTIONS must be answered with ' +
        '`Access-Control-Allow-Origin` and `Access-Control-Allow-Headers: last-event-id`.',
    );
  });
});

test('no CORS at all: the answer comes, and the page may not read it', async () => {
  const opened = await subscribe(undefined, { retry: false });
  await expectSeen(opened, ({ errors }) =>
    expect(errors.map(({ code }) => code)).toEqual(['network']),
  );
  expect(methods()).toEqual(['GET']);
  expect(said).toEqual([
    `rivulet: the cross-origin request to ${feedServer.origin}/feed failed before an answer. If the ` +
      'server is up, `Access-Control-Allow-Origin` is missing from its answer (and, with credentials, ' +
      '`Access-Control-Allow-Credentials: true`).',
  ]);
});
