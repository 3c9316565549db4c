import { enterStage, leaveStage } from './stage.mjs';

/**
 * @typedef {object} OpenPage
 * @property {import('playwright').Page} page
 * @property {import('playwright').Browser} browser
 * @property {string} origin of the server
 * @property {<TResult>(work: () => Promise<TResult>) => Promise<{
 *   result: TResult,
 *   costs: { cpu: number, script: number, layout: number },
 * }>} measure what it costs the main thread, in ms, to do something
 * @property {() => Promise<void>} renew lets go of everything that the page has
 * @property {() => Promise<void>} close
 */

/** A page that has not answered by then is hung: one contestant must not hold up the others. */
const PATIENCE_MS = 40_000;
/** What of Chromium's metrics counts, and under which name. */
const METRICS = { cpu: 'TaskDuration', script: 'ScriptDuration', layout: 'LayoutDuration' };

/**
 * @template TResult
 * @param {Promise<TResult>} task
 * @returns {Promise<TResult>}
 */
async function within(task) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    const error = new Error(`The page hung for ${PATIENCE_MS / 1000} s.`);
    timer = setTimeout(reject, PATIENCE_MS, error);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}

/**
 * A page in a process of its own.
 *
 * @returns {Promise<OpenPage>}
 */
export async function openPage() {
  const { browser, origin } = await enterStage();
  const context = await browser.newContext({ acceptDownloads: false });
  const page = await context.newPage();
  async function renew() {
    await page.goto(origin);
    await page.waitForFunction(() => window.bench !== undefined);
  }
  await renew();
  const devTools = await context.newCDPSession(page);
  // Time of the processor: what else the machine does is not in it.
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });

  /** How busy the main thread was so far, in ms. */
  async function busy() {
    const { metrics } = await devTools.send('Performance.getMetrics');
    const total = (/** @type {string} */ metric) =>
      1000 * (metrics.find(({ name }) => name === metric)?.value ?? Number.NaN);
    return {
      cpu: total(METRICS.cpu),
      script: total(METRICS.script),
      layout: total(METRICS.layout),
    };
  }

  /** @type {OpenPage['measure']} */
  async function measure(work) {
    await page.bringToFront();
    await devTools.send('HeapProfiler.collectGarbage');
    const before = await busy();
    const result = await work();
    const after = await busy();
    return {
      result,
      costs: {
        cpu: after.cpu - before.cpu,
        script: after.script - before.script,
        layout: after.layout - before.layout,
      },
    };
  }

  return {
    page,
    browser,
    origin,
    measure: (work) => within(measure(work)),
    renew,
    async close() {
      await within(context.close()).finally(leaveStage);
    },
  };
}
