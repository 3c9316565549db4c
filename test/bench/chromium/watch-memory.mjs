import { readFileSync } from 'node:fs';

const INTERVAL_MS = 20;

/**
 * What a process holds in memory, in bytes; `NaN` where the system does not tell.
 *
 * @param {number} process
 */
function residentBytes(process) {
  try {
    const [, kibibytes] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8')) ?? [];
    return 1024 * Number(kibibytes);
  } catch {
    return Number.NaN;
  }
}

/**
 * Watches the memory of the processes that run the pages of a browser. The pages that are not at work
 * change nothing.
 *
 * @param {import('playwright').Browser} browser
 * @param {() => Promise<void>} work what they do meanwhile
 * @returns {Promise<number>} by how many bytes it grew at most
 */
export async function watchMemory(browser, work) {
  const devTools = await browser.newBrowserCDPSession();
  const { processInfo } = await devTools.send('SystemInfo.getProcessInfo');
  await devTools.detach();
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const total = () => pages.reduce((sum, id) => sum + residentBytes(id), 0);
  const before = total();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, total());
  }, INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, total()) - before;
}
