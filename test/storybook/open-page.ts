import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';
import type { Entry } from './storybooks.ts';

/** All stories and pages. */
export const { entries } = inject('storybooks');

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
export interface ObservedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and uncaught errors. */
  readonly complaints: string[];
  /** HTTP statuses that the browser reports to the console by itself, with the address asked. */
  readonly refusals: string[];
  /** Requests that leave the address. */
  readonly strangers: string[];
}

const REFUSAL = /^Failed to load resource: the server responded with a status of (\d+)/;

/** Writes down what a page complains of and whom it asks. */
export function observe(page: Page, address: string): ObservedPage {
  const observed: ObservedPage = { page, complaints: [], refusals: [], strangers: [] };
  const { host } = new URL(address);
  page.on('pageerror', (error) => observed.complaints.push(`uncaught: ${error.message}`));
  page.on('crash', () => observed.complaints.push('The page crashed.'));
  page.on('console', (message) => {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const [, status] = REFUSAL.exec(message.text()) ?? [];
    const { url } = message.location();
    if (status === undefined) observed.complaints.push(`${message.type()}: ${message.text()}`);
    else observed.refusals.push(`${status} ${url.slice(address.length)}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(address)) observed.strangers.push(url);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) observed.strangers.push(socket.url());
  });
  return observed;
}

/** Whether the story or page of an address is finished, and how. Runs in the page. */
function outcomeInPage(): Outcome | null {
  // What Storybook tells its addons, as far as it is of interest here.
  const { __STORYBOOK_ADDONS_CHANNEL__: channel } = globalThis as {
    __STORYBOOK_ADDONS_CHANNEL__?: { last(event: string): unknown[] | undefined };
  };
  if (channel === undefined) return null;
  if (channel.last('docsRendered')) return { status: 'success', reports: [], thrown: null };
  const missing = channel.last('storyMissing');
  if (missing) return { status: 'missing', reports: [], thrown: null };
  const [finished] = channel.last('storyFinished') ?? [];
  if (finished === undefined) return null;
  const { status, reporters } = finished as { status: string; reporters: Outcome['reports'] };
  const [thrown] = channel.last('playFunctionThrewException') ??
    channel.last('storyThrewException') ?? [undefined];
  return {
    status,
    reports: reporters.map((report) => ({ type: report.type, status: report.status })),
    thrown: thrown === undefined ? null : String((thrown as Error).message),
  };
}

/** Waits until a story was played or a page rendered, and says how that ended. */
export async function outcomeOf(page: Page): Promise<Outcome> {
  const handle = await page.waitForFunction(outcomeInPage, undefined, { timeout: 100_000 });
  const outcome = await handle.jsonValue();
  if (outcome === null) throw new Error('The outcome went away.');
  return outcome;
}

/** How to open the stories and pages of a Storybook. */
export interface Opener {
  /** Shows one story or page alone, without Storybook around it. */
  (address: string, entry: Entry, options?: BrowserContextOptions): Promise<ObservedPage>;
  /** A page that shows nothing yet. */
  blank(address: string, options?: BrowserContextOptions): Promise<ObservedPage>;
}

/**
 * One browser for the tests of a file. Every page gets a context of its own, as each visitor has:
 * six connections to a server and a service worker.
 */
export function useBrowser(): Opener {
  let browser: Browser;
  beforeAll(async () => {
    const found = findBrowser();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(found && { executablePath: found.path }),
    });
  });
  afterAll(() => browser.close());
  const blank = async (address: string, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext(options);
    return observe(await context.newPage(), address);
  };
  const open = async (address: string, { id, type }: Entry, options?: BrowserContextOptions) => {
    const observed = await blank(address, options);
    await observed.page.goto(`${address}iframe.html?id=${id}&viewMode=${type}`);
    return observed;
  };
  return Object.assign(open, { blank });
}
