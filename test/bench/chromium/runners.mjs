/** How contestants run in Chromium: each in a page of its own. */
import { openPage } from './open-page.mjs';
import { watchMemory } from './watch-memory.mjs';

/**
 * @typedef {import('../framework/contest.ts').Answer} Answer
 * @typedef {import('../framework/contest.ts').Costs} Costs
 * @typedef {import('../framework/contest.ts').Runner} Runner
 *
 * @typedef {object} Stream tokens for a component to show
 * @property {string} contestant
 * @property {number} tokens
 * @property {number} [rate] tokens per second; default: as fast as they are taken
 * @property {number} [connections] over how many they are spread, default 1
 * @property {readonly ('heap' | 'frames')[]} [watch] what else is looked at, in a run of its own each
 *
 * @typedef {object} Crowd
 * @property {string} crowd
 * @property {number} subscribers
 */

/** Enough to see everything go wrong that can, and to compile what is to be measured. */
const TOKENS_TO_VERIFY = 2000;
const BYTES_TO_VERIFY = 16 * 1024 * 1024;
const TICK_INTERVAL_MS = 50;
const TICKS = 20;

/**
 * @param {readonly Answer[]} answers
 * @returns {Answer} the one that is to be complained about, if any is
 */
function worst([first, ...others]) {
  if (first === undefined) throw new Error('Nothing ran.');
  return others.reduce(
    (bad, answer) => (answer.received < bad.received || answer.fault ? answer : bad),
    first,
  );
}

/**
 * A contestant that shows tokens. Its commits are those of the run in which frames were counted, if any.
 *
 * @param {Stream} stream
 */
export function inPage({ contestant, tokens, rate = 0, connections = 1, watch = [] }) {
  /** @returns {Promise<Runner>} */
  return async () => {
    const { page, origin, measure, close } = await openPage();

    /**
     * @param {number} count
     * @param {'heap' | 'frames' | 'nothing'} watched
     */
    async function show(count, watched) {
      const task = {
        contestant,
        url: `${origin}/tokens?count=${count / connections}&rate=${rate / connections}`,
        tokens: count,
        paragraphs: connections,
        watch: watched,
      };
      const { result, costs } = await measure(() => {
        return page.evaluate((asked) => window.bench.runAnswer(asked), task);
      });
      const verdict = await page.evaluate((asked) => window.bench.judgeAnswer(asked), task);
      await page.evaluate(() => window.bench.clear());
      return { answer: { expected: count, ...verdict }, seen: result, costs };
    }

    return {
      async verify() {
        const { answer } = await show(Math.min(tokens, TOKENS_TO_VERIFY), 'nothing');
        return answer;
      },
      async run() {
        const { answer, seen, costs } = await show(tokens, 'nothing');
        const answers = [answer];
        /** @type {Record<string, number>} */
        const all = { ...costs, commits: seen.commits };
        if (rate > 0) {
          const response = await fetch(`${origin}/pace`);
          all['pace'] = Number(await response.text());
        }
        for (const watched of watch) {
          const again = await show(tokens, watched);
          answers.push(again.answer);
          if (watched === 'heap') all['heap'] = again.seen.heap;
          else Object.assign(all, { commits: again.seen.commits, frames: again.seen.frames });
        }
        return { ...worst(answers), costs: all };
      },
      close,
    };
  };
}

/**
 * Many components that follow one connection.
 *
 * @param {Crowd} crowd
 */
export function inCrowd({ crowd, subscribers }) {
  /** @returns {Promise<Runner>} */
  return async () => {
    const { page, origin, measure, close } = await openPage();
    async function run() {
      const url = `${origin}/ticks?count=${TICKS}&intervalMs=${TICK_INTERVAL_MS}`;
      const task = { crowd, subscribers, ticks: TICKS, url };
      const { result, costs } = await measure(() => {
        return page.evaluate((asked) => window.bench.runCrowd(asked), task);
      });
      await page.evaluate(() => window.bench.clear());
      const { commits, ...answer } = result;
      return { ...answer, costs: { ...costs, commits } };
    }
    return { verify: run, run, close };
  };
}

/** Time for all tabs to join before the first event. */
const JOIN_MS = 3000;

/**
 * Several tabs that listen to one stream, of which one that does not have the connection is measured.
 *
 * @param {{ tabs: number, events: number, rate: number, shares: boolean }} task
 */
export function inTabs({ tabs, events, rate, shares }) {
  /** @returns {Promise<Runner>} */
  return async () => {
    const { page, origin, measure, close } = await openPage();
    const context = page.context();
    /** @type {import('playwright').Page[]} */
    const others = [];
    while (others.length < tabs - 1) {
      const other = await context.newPage();
      await other.goto(origin);
      await other.waitForFunction(() => window.bench !== undefined);
      others.push(other);
    }
    async function run() {
      const task = { url: `${origin}/tokens?count=${events}&rate=${rate}&wait=${JOIN_MS}`, shares };
      // The measured one comes last: the first has the connection.
      for (const tab of [...others, page]) {
        await tab.evaluate((asked) => window.bench.runTab(asked), task);
      }
      const { result, costs } = await measure(() => page.evaluate(() => window.tabOutcome));
      for (const tab of [...others, page]) await tab.evaluate(() => window.bench.clear());
      const { received, hasConnection, fault } = result;
      const isWrong = hasConnection === shares;
      return {
        expected: events,
        received,
        fault: isWrong ? 'The wrong tab had the connection.' : fault,
        costs,
      };
    }
    return { verify: run, run, close };
  };
}

/**
 * A download with its progress shown.
 *
 * @param {{ downloader: string, bytes: number }} download
 */
export function downloading({ downloader, bytes }) {
  /** @returns {Promise<Runner>} */
  return async () => {
    const { page, browser, origin, measure, renew, close } = await openPage();

    /** @param {number} size */
    async function load(size) {
      const task = { downloader, url: `${origin}/bytes?size=${size}` };
      const download = () => page.evaluate((asked) => window.bench.runDownload(asked), task);
      const { result: memory, costs } = await measure(() => watchMemory(browser, download));
      const verdict = await page.evaluate(() => window.bench.judgeDownload());
      // A page has room for two gigabytes of Blobs, and a Blob stays while anything has it.
      await renew();
      const { cpu, script } = costs;
      return { expected: size, ...verdict, costs: { cpu, script, memory } };
    }

    return {
      verify: () => load(Math.min(bytes, BYTES_TO_VERIFY)),
      run: () => load(bytes),
      close,
    };
  };
}
