import { expect, test, vi } from 'vitest';
import { numbersTo } from '../../support/event-burst.ts';
import { createNumberedFeed } from '../../support/numbered-feed.ts';
import { expectOpen, numberedEvents, openEventStream } from '../../support/stream-server.ts';
import { whyNot } from '../engine.ts';
import { WAIT, withStage } from '../stage.ts';

const stage = withStage();

test('StrictMode sends one request, and unmounting ends it', async () => {
  const feed = createNumberedFeed();
  const { server, seen, run } = await stage.show({ '/feed': feed.route }, 'subscribe("/feed")');
  await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  feed.publish(3);
  await seen(({ numbers, statuses }) => {
    expect(numbers).toEqual([1, 2, 3]);
    expect(statuses.at(-1)).toBe('open');
  });
  expect(server.requests('/feed')).toHaveLength(1);
  await run('(unmount(), null)');
  await vi.waitFor(() => expect(feed.live()).toBe(0), WAIT);
});

test('a connection that drops is resumed after the last event', async () => {
  const feed = createNumberedFeed();
  const { server, seen } = await stage.show({ '/feed': feed.route }, 'subscribe("/feed")');
  await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  feed.publish(3);
  await seen(({ numbers }) => expect(numbers).toEqual([1, 2, 3]));
  feed.cut();
  feed.publish(2);
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(5)));
  const ids = server.requests('/feed').map(({ headers }) => headers['last-event-id']);
  expect([ids[0], ids.at(-1)]).toEqual([undefined, '3']);
});

test('a POST with a body is a subscription too', async () => {
  const feed = createNumberedFeed();
  const { server, seen } = await stage.show(
    { '/feed': feed.route },
    'subscribe("/feed", { body: { topic: "tides" } })',
  );
  await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  feed.publish(1);
  await seen(({ numbers }) => expect(numbers).toEqual([1]));
  const [request] = server.requests('/feed');
  expect([request?.method, request?.body]).toEqual(['POST', '{"topic":"tides"}']);
});

test('a burst of 2,000 events is delivered whole in few commits', async () => {
  const { seen } = await stage.show(
    {
      '/burst': ({ response }) => {
        openEventStream(response);
        response.write(numberedEvents(1, 2000));
      },
    },
    'subscribe("/burst")',
  );
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(2000)));
  await seen(({ commits }) => expect(commits).toBeLessThan(500));
});

test('a page that comes back from the back/forward cache has one live request', async ({
  skip,
  task,
}) => {
  const reason = whyNot(task.name);
  skip(reason !== undefined, reason);
  const feed = createNumberedFeed();
  const { server, seen, page, run } = await stage.show(
    { '/feed': feed.route },
    'subscribe("/feed")',
  );
  await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  feed.publish(3);
  await seen(({ numbers }) => expect(numbers).toEqual([1, 2, 3]));
  await page.navigate(`${server.origin}/away`);
  await run('(setTimeout(() => history.back()), null)');
  await vi.waitFor(async () => expect(await run('"log" in window')).toBe(true), WAIT);
  await seen(({ pageEvents }) => expect(pageEvents).toContain('pageshow persisted'));
  await expectOpen(server, 1);
  feed.publish(2);
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(5)));
});

test('a reload is silent', async () => {
  const feed = createNumberedFeed();
  const { server, seen, page, run } = await stage.show(
    { '/feed': feed.route },
    'subscribe("/feed")',
  );
  await vi.waitFor(() => expect(feed.live()).toBe(1), WAIT);
  feed.publish(1);
  await seen(({ numbers }) => expect(numbers).toEqual([1]));
  await page.navigate(`${server.origin}/`);
  expect(await run('sessionStorage.getItem("errors")')).toBeNull();
  expect(server.requests('/feed')).toHaveLength(1);
});
