import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import type { Entry } from './storybooks.ts';

const { entries } = inject('storybooks');

export const stories: readonly Entry[] = entries.filter(({ type }) => type === 'story');

export const pages: readonly Entry[] = entries.filter(({ type }) => type === 'docs');

/** How a story or a page came out, as Storybook tells it. */
export interface Outcome {
  readonly status: string;
  /** The reports of its addons, such as that of the accessibility checks. */
  readonly reports: readonly { readonly type: string; readonly status: string }[];
  /** What its play function threw. */
  readonly thrown: string | null;
}

/** A page under observation. */
interface ObservedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and uncaught errors. */
  readonly complaints: string[];
  /** Why requests of the demo server failed, as the browser itself tells the console. */
  readonly failures: Set<string>;
  /** Requests that leave the address. */
  readonly strangers: string[];
}

/** What the browser, and no script, says of a request that failed. */
const FAILURE = /^Failed to load resource: (?:the server responded with a status of (\d+)|(\S+)$)/;

/** Writes down what a page complains of and whom it asks. */
function observe(page: Page, address: string): ObservedPage {
  const observed = { page, complaints: [], failures: new Set<string>(), strangers: [] };
  const { complaints, failures, strangers }: ObservedPage = observed;
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('crash', () => complaints.push('The page crashed.'));
  page.on('console', (message) => {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const [, status, reason] = FAILURE.exec(message.text()) ?? [];
    const failure = status ?? reason;
    const isOfDemoServer = message.location().url.startsWith(`${address}api/`);
    if (failure !== undefined && isOfDemoServer) failures.add(failure);
    else complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(address)) strangers.push(url);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(address).host) strangers.push(socket.url());
  });
  return observed;
}

/** What Storybook tells its addons, as far as it is of interest here. */
interface Channel {
  last(event: 'docsRendered' | 'storyMissing'): unknown[] | undefined;
  last(
    event: 'storyFinished',
  ): [{ readonly status: string; readonly reporters: Outcome['reports'] }] | undefined;
  last(event: 'playFunctionThrewException' | 'storyThrewException'): [Error] | undefined;
  emit(event: 'selectStory', selection: { storyId: string; viewMode: string }): void;
}

declare global {
  var __STORYBOOK_ADDONS_CHANNEL__: Channel | undefined;
}

/** Runs in the page: how its story or page came out, `null` while that is open. */
function readOutcome(): Outcome | null {
  const channel = globalThis.__STORYBOOK_ADDONS_CHANNEL__;
  if (channel === undefined) return null;
  if (channel.last('docsRendered')) return { status: 'success', reports: [], thrown: null };
  if (channel.last('storyMissing')) return { status: 'missing', reports: [], thrown: null };
  const [finished] = channel.last('storyFinished') ?? [];
  if (finished === undefined) return null;
  const [error] =
    channel.last('playFunctionThrewException') ?? channel.last('storyThrewException') ?? [];
  return {
    status: finished.status,
    reports: finished.reporters.map(({ type, status }) => ({ type, status })),
    thrown: error?.message.slice(0, 500) ?? null,
  };
}

/** Waits until a story was played or a page rendered, and says how that ended. */
export async function outcomeOf(page: Page): Promise<Outcome> {
  const handle = await page.waitForFunction(readOutcome, undefined, { timeout: 100_000 });
  const outcome = await handle.jsonValue();
  if (outcome === null) throw new Error('The outcome went away.');
  return outcome;
}

/** Opens a page of a Storybook for as long as `look` takes. */
type Visit = <TSeen>(
  address: string,
  path: string,
  look: (observed: ObservedPage) => Promise<TSeen>,
) => Promise<TSeen>;

/** The path of a story or page alone, without Storybook around it. */
export const aloneAt = ({ id, type }: Entry): string => `iframe.html?id=${id}&viewMode=${type}`;

/**
 * One browser for the tests of a file. A visitor has six connections to a server, so one of them
 * looks at one page at a time; the next test finds what the visitor has in the cache.
 */
export function withBrowser(options: BrowserContextOptions = {}): Visit {
  const idle: BrowserContext[] = [];
  let browser: Browser;
  beforeAll(async () => {
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
  });
  afterAll(() => browser.close());
  return async (address, path, look) => {
    const visitor = idle.pop() ?? (await browser.newContext(options));
    const page = await visitor.newPage();
    // What is slow on a busy machine is not broken; the time limit of the test is the limit.
    page.setDefaultTimeout(100_000);
    const observed = observe(page, address);
    try {
      await page.goto(address + path);
      return await look(observed);
    } finally {
      await page.close();
      idle.push(visitor);
    }
  };
}
