import { expect, test } from 'vitest';
import { createNumberedFeed, type NumberedFeed } from '../../support/numbered-feed.ts';
import { numbersTo } from '../../support/numbers.ts';
import { openEventStream, type Route } from '../../support/stream-server.ts';
import { eventually, type Scene, withStage } from '../stage.ts';

const stage = withStage();

interface FeedScene extends Scene {
  readonly feed: NumberedFeed;
  /** The `Last-Event-ID` of every request. */
  ids(): (string | string[] | undefined)[];
}

/** Subscribes to a feed of numbers, and receives the first three. */
async function receiveThree(options = '{}'): Promise<FeedScene> {
  const feed = createNumberedFeed();
  const scene = await stage.show({ '/feed': feed.route }, `subscribe("/feed", ${options})`);
  await eventually(() => expect(feed.live()).toBe(1));
  feed.publish(3);
  await scene.seen(({ numbers, shown }) => {
    expect(numbers).toEqual([1, 2, 3]);
    expect(shown).toEqual({ '/feed': 'open' });
  });
  const ids = () => scene.server.requests('/feed').map(({ headers }) => headers['last-event-id']);
  return { ...scene, feed, ids };
}

/** Waits until so many requests were made and one is live, and receives two more events by it. */
async function expectOneLiveRequest(
  { feed, ids, seen }: FeedScene,
  requests: number,
  received: number,
): Promise<void> {
  await eventually(() => expect([ids().length, feed.live()]).toEqual([requests, 1]));
  feed.publish(2);
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(received + 2)));
  expect([ids().length, feed.live()]).toEqual([requests, 1]);
}

test('StrictMode sends one request, and unmounting ends it', async () => {
  const { feed, ids, run } = await receiveThree();
  expect(ids()).toHaveLength(1);
  await run('(unmount(), null)');
  await eventually(() => expect(feed.live()).toBe(0));
  expect(ids()).toHaveLength(1);
});

test('close() ends the request, and no other follows', async () => {
  const { feed, ids, run, seen } = await receiveThree();
  await run('(hook.close(), null)');
  await seen(({ shown }) => expect(shown).toEqual({ '/feed': 'aborted' }));
  await eventually(() => expect(feed.live()).toBe(0));
  expect(ids()).toHaveLength(1);
});

test('the server sees the end of a request when its page is closed', async () => {
  const { feed, page } = await receiveThree();
  await page.close();
  await eventually(() => expect(feed.live()).toBe(0));
});

test('another URL ends the request of the first', async () => {
  const first = createNumberedFeed();
  const second = createNumberedFeed();
  const { run, seen } = await stage.show(
    { '/first': first.route, '/second': second.route },
    'subscribe("/first")',
  );
  await eventually(() => expect(first.live()).toBe(1));
  await run('(subscribe("/second"), null)');
  await eventually(() => expect([first.live(), second.live()]).toEqual([0, 1]));
  second.publish(1);
  await seen(({ numbers }) => expect(numbers).toEqual([1]));
});

test('an Activity that is hidden ends the request, and shown again resumes it', async () => {
  const scene = await receiveThree();
  await scene.run('(activity("hidden"), null)');
  await eventually(() => expect(scene.feed.live()).toBe(0));
  scene.feed.publish(2);
  await scene.run('(activity("visible"), null)');
  await expectOneLiveRequest(scene, 2, 5);
  expect(scene.ids()).toEqual([undefined, '3']);
});

test('a connection that drops is resumed after the last event', async () => {
  const scene = await receiveThree();
  scene.feed.cut();
  scene.feed.publish(2);
  await expectOneLiveRequest(scene, 2, 5);
  expect(scene.ids()).toEqual([undefined, '3']);
  // WebKit takes the drop for an end, which for a subscription comes to the same.
  await scene.seen(({ errors }) => expect([[], ['network']]).toContainEqual(errors));
});

test('a connection that ends is resumed after the last event', async () => {
  const scene = await receiveThree();
  scene.feed.end();
  scene.feed.publish(2);
  await expectOneLiveRequest(scene, 2, 5);
  expect(scene.ids()).toEqual([undefined, '3']);
  await scene.seen(({ errors }) => expect(errors).toEqual([]));
});

test('named events reach their own functions, and the latest of each is kept', async () => {
  const events: Route = ({ response }) => {
    openEventStream(response);
    response.write('data: 1\n\nevent: price\ndata: 20\n\nevent: halt\ndata: 0\n\n');
    response.write('event: price\ndata: 21\n\nevent: news\ndata: 4\n\n');
  };
  const { run, seen } = await stage.show(
    { '/feed': events },
    `subscribe("/feed", { events: ["message", "price", "news"],
      on: { price: (price) => { (window.prices ??= []).push(price); } } })`,
  );
  await seen(({ numbers }) => expect(numbers).toEqual([1, 20, 21, 4]));
  expect(await run('prices')).toEqual(['20', '21']);
  await eventually(async () =>
    expect(await run('hook.latest')).toEqual({ message: '1', price: '21', news: '4' }),
  );
});

test('a POST with a body is a subscription too', async () => {
  const { server } = await receiveThree('{ body: { topic: "tides" } }');
  const [request] = server.requests('/feed');
  expect([request?.method, request?.body]).toEqual(['POST', '{"topic":"tides"}']);
});

test('of seven streams to one server six are open, and the seventh waits its turn', async () => {
  const feed = createNumberedFeed();
  const urls = numbersTo(7).map((number) => `/feed?${number}`);
  const { run, seen, server } = await stage.show(
    { '/feed': feed.route },
    `subscribeAll(${JSON.stringify(urls)})`,
  );
  await eventually(() => expect(feed.live()).toBe(6));
  feed.publish(1);
  await seen(({ numbers, shown }) => {
    expect(numbers).toEqual([1, 1, 1, 1, 1, 1]);
    expect(Object.values(shown).toSorted()).toEqual(['connecting', ...Array(6).fill('open')]);
  });
  expect(server.requests('/feed')).toHaveLength(6);
  await run(`(Object.values(hooks).find(({ status }) => status === "open").close(), null)`);
  await eventually(() => expect(server.requests('/feed')).toHaveLength(7));
  await eventually(() => expect(feed.live()).toBe(6));
  await seen(({ numbers, shown }) => {
    expect(numbers).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(Object.values(shown).toSorted()).toEqual(['aborted', ...Array(6).fill('open')]);
  });
});

test('a tab in the background receives every event by the request it has', async () => {
  const { feed, ids, page, run, seen } = await receiveThree();
  await page.hide();
  await eventually(async () => expect(await run('document.visibilityState')).toBe('hidden'));
  for (let round = 0; round < 20; round += 1) feed.publish(50);
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(1003)));
  await eventually(async () => expect(await run('document.body.textContent')).toBe('1003 1003'));
  expect(await run('document.visibilityState')).toBe('hidden');
  await page.show();
  feed.publish(1);
  await seen(({ numbers, statuses }) => {
    expect(numbers).toEqual(numbersTo(1004));
    expect(statuses).toEqual(['connecting', 'open']);
  });
  expect(ids()).toEqual([undefined]);
});

test('a tab in the background reconnects when its stream breaks', async () => {
  const scene = await receiveThree();
  await scene.page.hide();
  await eventually(async () => expect(await scene.run('document.hidden')).toBe(true));
  scene.feed.cut();
  scene.feed.publish(2);
  await expectOneLiveRequest(scene, 2, 5);
  expect(await scene.run('document.hidden')).toBe(true);
  expect(scene.ids()).toEqual([undefined, '3']);
});

test('a tab in the background with pauseWhenHidden holds no request until it is in front', async () => {
  const scene = await receiveThree('{ pauseWhenHidden: true }');
  await scene.page.hide();
  await scene.seen(({ shown }) => expect(shown).toEqual({ '/feed': 'paused' }));
  await eventually(() => expect(scene.feed.live()).toBe(0));
  scene.feed.publish(4);
  await scene.page.show();
  await expectOneLiveRequest(scene, 2, 7);
  expect(scene.ids()).toEqual([undefined, '3']);
  await scene.seen(({ statuses, errors }) => {
    expect(statuses).toEqual(['connecting', 'open', 'paused', 'connecting', 'open']);
    expect(errors).toEqual([]);
  });
});

/** Goes to another page of the site and back, and makes sure that the page is the same. */
async function leaveAndComeBack(
  { page, server, run, seen }: FeedScene,
  meanwhile: () => void,
): Promise<void> {
  await page.navigate(`${server.origin}/away`);
  meanwhile();
  await page.back();
  await eventually(async () => expect(await run('"log" in window')).toBe(true));
  await seen(({ pageEvents }) => expect(pageEvents).toContain('pageshow persisted'));
}

test('a page that comes back from the back/forward cache has one live request', async () => {
  const scene = await receiveThree();
  await leaveAndComeBack(scene, () => scene.feed.publish(10));
  await scene.seen(({ numbers }) => expect(numbers).toEqual(numbersTo(13)));
  await eventually(() => expect(scene.feed.live()).toBe(1));
  scene.feed.publish(2);
  await scene.seen(({ numbers, errors }) => {
    expect(numbers).toEqual(numbersTo(15));
    expect(errors).toEqual([]);
  });
  expect(scene.feed.live()).toBe(1);
});

test('a subscription with nothing to tell comes back from the back/forward cache with its events', async () => {
  const scene = await receiveThree();
  await leaveAndComeBack(scene, () => {});
  await expectOneLiveRequest(scene, 2, 3);
  expect(scene.ids()).toEqual([undefined, '3']);
  await scene.seen(({ errors }) => expect(errors).toEqual([]));
});

test('a subscription that ended meanwhile comes back from the back/forward cache and resumes', async () => {
  const scene = await receiveThree();
  await leaveAndComeBack(scene, () => {
    scene.feed.publish(2);
    scene.feed.end();
    scene.feed.publish(2);
  });
  await eventually(() => expect(scene.feed.live()).toBe(1));
  await scene.seen(({ numbers }) => expect(numbers).toEqual(numbersTo(7)));
});

test('a reload is silent', async () => {
  const { ids, page, run, server } = await receiveThree();
  await page.navigate(`${server.origin}/`);
  await eventually(async () => expect(await run('typeof log')).toBe('object'));
  expect(await run('sessionStorage.getItem("errors")')).toBeNull();
  expect(ids()).toHaveLength(1);
});
