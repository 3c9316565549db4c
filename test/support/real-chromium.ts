import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';

/** A Chromium as users have it. */
export interface RealChromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * Starts a Chromium of its own, without what Playwright changes: in a browser that Playwright starts
 * no page is ever hidden or frozen, and the back/forward cache is off.
 */
export async function startChromium(): Promise<RealChromium> {
  const found = findBrowser();
  if (found === undefined) throw new Error('No Chromium: node test/tools/ensure-browser.mjs');
  const profile = mkdtempSync(join(tmpdir(), 'rivulet-chromium-'));
  const args = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const program = spawn(found.path, [...args, ...BROWSER_ARGS, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const browser = await connect(await addressOf(program));
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('Chromium has no profile.');
  return {
    context,
    async close() {
      const exited = new Promise((resolve) => program.once('exit', resolve));
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close');
      await exited;
      // Its child processes may write a little longer.
      await rm(profile, { recursive: true, maxRetries: 20 });
    },
  };
}

const ATTEMPTS = 3;

/** A browser that is asked while it opens its first page may never answer; asked again, it does. */
async function connect(address: string, attempt = 1): Promise<Browser> {
  try {
    return await chromium.connectOverCDP(address, { noDefaults: true, timeout: 15_000 });
  } catch (error) {
    if (attempt === ATTEMPTS) throw error;
    return connect(address, attempt + 1);
  }
}

/** Where a starting Chromium can be driven from; it says so on its standard error. */
function addressOf({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    stderr?.on('data', (chunk) => {
      output += chunk;
      const [address] = /ws:\/\/\S+/.exec(output) ?? [];
      if (address !== undefined) resolve(address);
    });
    stderr?.once('end', () => reject(new Error(`Chromium did not start:\n${output}`)));
  });
}
