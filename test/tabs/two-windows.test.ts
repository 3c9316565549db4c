import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chromium, driveChromium, type Tab } from './drive-chromium.ts';
import { type EventServer, startEventServer } from './event-server.ts';

let server: EventServer;
let chromium: Chromium;
let tabs: Tab[];

beforeAll(async () => {
  server = await startEventServer();
  chromium = await driveChromium();
  server.emit(1);
  tabs = [];
  for (let index = 0; index < 2; index += 1) {
    const tab = await chromium.open(`${server.url}/page`, true);
    await until(
      async () => (await tab.evaluate('window.tab?.source.getSnapshot().lastEventId ?? ""')) !== '',
    );
    tabs.push(tab);
  }
});
afterAll(async () => {
  await chromium.close();
  await server.close();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('This did not come about within 30 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const haveAll = (among: readonly Tab[]) =>
  until(async () => {
    const newest = await Promise.all(among.map((tab) => tab.evaluate<number>('tab.got.at(-1)')));
    return newest.every((number) => number === server.emitted);
  });

const expectOnce = async () => {
  for (const tab of tabs) {
    const got = await tab.evaluate<number[]>('tab.got');
    expect(got).toEqual(got.map((_, index) => (got[0] ?? 0) + index));
  }
};

test('a message of 5 MB reaches every tab', async () => {
  server.emitLarge(5_000_000);
  await haveAll(tabs);
  const lengths = await Promise.all(
    tabs.map((tab) => tab.evaluate('tab.source.getSnapshot().data.length')),
  );
  expect(lengths).toEqual([5_000_000, 5_000_000]);
});

test('`reconnect()` in either tab is one new request', async () => {
  for (const tab of tabs) {
    const { requests } = server;
    await tab.evaluate('tab.source.reconnect()');
    await until(async () => server.requests === requests + 1 && server.live() === 1);
    server.emit(1);
    await haveAll(tabs);
  }
  await expectOnce();
});

interface Process {
  readonly id: number;
  readonly type: string;
  readonly cpuTime: number;
}

/** The renderer of a tab: the one that works while the tab is busy. */
async function processOf(tab: Tab): Promise<number> {
  const list = async () => {
    // The protocol says what this call answers.
    const { processInfo } = (await chromium.send('SystemInfo.getProcessInfo')) as {
      processInfo: Process[];
    };
    return processInfo.filter(({ type }) => type === 'renderer');
  };
  const before = new Map((await list()).map(({ id, cpuTime }) => [id, cpuTime]));
  // So much work, and not so much time: on a busy machine that would be no work at all.
  const work = 'for (let step = 0; step < 5e8; step += 1) sum += step;';
  await tab.evaluate(`void (() => { let sum = 0; ${work} globalThis.worked = sum; })()`);
  const worked = (await list()).map(({ id, cpuTime }) => ({
    id,
    ms: cpuTime - (before.get(id) ?? cpuTime),
  }));
  const [busiest] = worked.toSorted((one, two) => two.ms - one.ms);
  if (busiest === undefined) throw new Error('There is no renderer.');
  return busiest.id;
}

test('a leader whose process is stopped is replaced, and gets every event once when it runs again', async () => {
  const processes: number[] = [];
  for (const tab of tabs) processes.push(await processOf(tab));
  expect(new Set(processes).size).toBe(2);
  // Whoever leads: both are stopped by turns.
  for (const [index, pid] of processes.entries()) {
    const other = tabs[1 - index];
    if (other === undefined) throw new Error('There are two tabs.');
    const ticking = setInterval(() => server.emit(1), 50);
    await other.evaluate('void (tab.longestSilence = 0)');
    process.kill(pid, 'SIGSTOP');
    try {
      // Longer than it takes to notice.
      const { emitted } = server;
      await until(async () => (await other.evaluate<number>('tab.got.at(-1)')) > emitted + 100);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    console.log(`silence while it was stopped: ${await other.evaluate('tab.longestSilence')} ms`);
    clearInterval(ticking);
    await haveAll(tabs);
    await expectOnce();
    await until(async () => server.live() === 1);
  }
});

test('a leader that is busy for 8 s is replaced, and gets every event once', async () => {
  const visible = await Promise.all(tabs.map((tab) => tab.evaluate('document.visibilityState')));
  expect(visible).toEqual(['visible', 'visible']);
  // Whoever leads: both are busy by turns.
  for (const [index, tab] of tabs.entries()) {
    const busy = tab.evaluate(
      'void (() => { const end = Date.now() + 8000; while (Date.now() < end); })()',
    );
    const other = tabs[1 - index];
    if (other === undefined) throw new Error('There are two tabs.');
    const ticking = setInterval(() => server.emit(1), 50);
    await other.evaluate('void (tab.longestSilence = 0)');
    await busy;
    console.log(`silence of the other tab: ${await other.evaluate('tab.longestSilence')} ms`);
    clearInterval(ticking);
    await haveAll(tabs);
    await expectOnce();
    await until(async () => server.live() === 1);
  }
});
