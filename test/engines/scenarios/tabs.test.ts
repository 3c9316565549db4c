import { expect, test } from 'vitest';
import { createNumberedFeed, type NumberedFeed } from '../../support/numbered-feed.ts';
import { eventually, type Tab, withStage } from '../stage.ts';

/*
 * Several pages of one browser, with one connection for all of them. The silence that a change causes
 * is printed and held loosely: a busy machine is many times slower.
 */

const stage = withStage();

const SUBSCRIBE = 'subscribeWithTabs("/feed")';
const TABS = 4;

interface Group {
  readonly feed: NumberedFeed;
  readonly tabs: Tab[];
  publish(count: number): void;
  /** Publishes, and waits until every one of these tabs has all since it joined, each event once. */
  expectComplete(among?: readonly Tab[]): Promise<void>;
  /** The tab that has the connection. */
  leader(): Promise<Tab>;
  join(tab: Tab): Promise<void>;
}

/** Opens tabs that share, one after the other. */
async function openGroup(): Promise<Group> {
  const feed = createNumberedFeed();
  let published = 0;
  const publish = (count: number) => {
    published += count;
    feed.publish(count);
  };
  publish(1);
  const scene = await stage.show({ '/feed': feed.route }, SUBSCRIBE);
  const tabs: Tab[] = [scene];

  const join = async (tab: Tab) => {
    await tab.seen(({ shown }) => expect(shown).toEqual({ '/feed': 'open' }));
    await eventually(async () => expect(await tab.run('hook.lastEventId')).not.toBe(''));
  };
  const expectComplete = async (among: readonly Tab[] = tabs) => {
    publish(2);
    const last = published;
    for (const tab of among) {
      await tab.seen(({ numbers }) => {
        const [first = 0] = numbers;
        expect(numbers.at(-1)).toBeGreaterThanOrEqual(last);
        expect(numbers).toEqual(Array.from(numbers, (_, index) => first + index));
      });
    }
    await eventually(() => expect(feed.live()).toBe(1));
  };
  await join(scene);
  while (tabs.length < TABS) {
    const tab = await scene.openTab(SUBSCRIBE);
    await join(tab);
    tabs.push(tab);
  }
  await expectComplete();
  return {
    feed,
    tabs,
    publish,
    expectComplete,
    join,
    async leader() {
      const count = (tab: Tab) => tab.run<number>('log.chunks');
      const before = await Promise.all(tabs.map(count));
      await expectComplete();
      const after = await Promise.all(tabs.map(count));
      const index = after.findIndex((chunks, place) => chunks > (before[place] ?? 0));
      const leader = tabs[index];
      if (leader === undefined) throw new Error('No tab leads.');
      return leader;
    },
  };
}

/** Publishes all the while that something happens to the leader; gives the other tabs. */
async function changeLeader(
  { feed, tabs, publish, leader, expectComplete }: Group,
  what: string,
  happens: (leader: Tab) => Promise<void>,
): Promise<Tab[]> {
  const leading = await leader();
  const others = tabs.filter((tab) => tab !== leading);
  for (const tab of others) await tab.run('void (log.longestSilence = 0)');
  const ticking = setInterval(() => publish(1), 50);
  try {
    await happens(leading);
    await expectComplete(others);
  } finally {
    clearInterval(ticking);
  }
  const silences = await Promise.all(others.map((tab) => tab.run<number>('log.longestSilence')));
  console.log(`${what}: silent for at most ${Math.round(Math.max(...silences))} ms`);
  expect(feed.live()).toBe(1);
  return others;
}

test('tabs have one connection, and all of them are live', async () => {
  const { feed, tabs } = await openGroup();
  expect(feed.live()).toBe(1);
  expect(tabs).toHaveLength(TABS);
});

test('when the leading tab is closed, the others lose nothing and get nothing twice', async () => {
  const group = await openGroup();
  const others = await changeLeader(group, 'closed', (leader) => leader.page.close());
  expect(others).toHaveLength(TABS - 1);
});

test('when the leading tab is reloaded, the others go on, and it joins them again', async () => {
  const group = await openGroup();
  await changeLeader(group, 'reloaded', async (leader) => {
    await leader.run('(setTimeout(() => location.reload()), null)');
    await eventually(async () => expect(await leader.run('log.numbers')).toEqual([]));
    await leader.call(SUBSCRIBE);
    await leader.seen(({ shown }) => expect(shown).toEqual({ '/feed': 'open' }));
  });
  await group.expectComplete();
  expect(group.feed.live()).toBe(1);
});

test('when the leading tab goes to another page and back, nobody loses anything', async () => {
  const group = await openGroup();
  let left: Tab | undefined;
  await changeLeader(group, 'left', async (leader) => {
    left = leader;
    const { origin } = new URL(await leader.run<string>('location.href'));
    await leader.page.navigate(`${origin}/away`);
  });
  if (left === undefined) throw new Error('No tab was left.');
  await left.page.back();
  await eventually(async () => expect(await left?.run('typeof log')).toBe('object'));
  // From the back/forward cache it goes on; otherwise it is a new page.
  const isNew = await left.run<boolean>('log.numbers.length === 0');
  if (isNew) await left.call(SUBSCRIBE);
  await left.seen(({ shown }) => expect(shown).toEqual({ '/feed': 'open' }));
  await group.expectComplete();
  expect(group.feed.live()).toBe(1);
});
