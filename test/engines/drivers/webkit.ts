import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './driver.ts';
import { end, freePort, onPath, startUntil } from './programs.ts';

const MINI_BROWSERS = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
);

/** The programs of WebKitGTK, `undefined` when one of them is missing. */
export function findWebKit() {
  const driver = onPath('WebKitWebDriver');
  const display = onPath('Xvfb');
  const browser = MINI_BROWSERS.find((path) => existsSync(path));
  if (driver === undefined || display === undefined || browser === undefined) return undefined;
  return { driver, display, browser };
}

/** WebKitGTK by classic WebDriver. */
export async function startWebKit(): Promise<Engine> {
  const found = findWebKit();
  if (found === undefined) throw new Error('No WebKitWebDriver, Xvfb or MiniBrowser.');
  const home = await mkdtemp(join(tmpdir(), 'rivulet-webkit-'));
  const display = await startUntil(
    found.display,
    ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    /^(\d+)\n/m,
  );
  const port = await freePort();
  const driver = await startUntil(
    // The driver says nothing when it listens, so that its first byte cannot be waited for.
    '/bin/sh',
    ['-c', 'echo started; exec "$0" "$@"', found.driver, `--port=${port}`, '--host=127.0.0.1'],
    /(started)/,
    // What it downloads lands in its home.
    { DISPLAY: `:${display.match}`, HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
  );

  /** The value has the form that the specification gives to this command. */
  async function send<TValue>(method: string, path: string, body?: object): Promise<TValue> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value as TValue;
  }

  async function untilListening(attempts: number): Promise<void> {
    try {
      await send('GET', '/status');
    } catch (error) {
      if (attempts === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await untilListening(attempts - 1);
    }
  }

  await untilListening(300);
  const { sessionId } = await send<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': { binary: found.browser, args: ['--automation'] },
      },
    },
  });
  const session = `/session/${sessionId}`;
  await send('POST', `${session}/timeouts`, { script: 120_000, pageLoad: 120_000 });
  return {
    async open() {
      const { handle } = await send<{ handle: string }>('POST', `${session}/window/new`, {
        type: 'tab',
      });
      const enter = () => send('POST', `${session}/window`, { handle });
      await enter();
      return {
        async navigate(url) {
          await enter();
          await send('POST', `${session}/url`, { url });
        },
        async evaluate<TValue>(expression: string) {
          const script = `const done = arguments[0];
            (async () => JSON.stringify([await (${expression})]))().then(
              (text) => done({ text }), (error) => done({ error: String(error) }));`;
          const { text, error } = await send<{ text?: string; error?: string }>(
            'POST',
            `${session}/execute/async`,
            { script, args: [] },
          );
          if (text === undefined) throw new Error(error);
          // What the caller says that the expression gives.
          return JSON.parse(text)[0] as TValue;
        },
        async close() {
          await enter();
          const left = await send<string[]>('DELETE', `${session}/window`);
          const [other] = left;
          if (other !== undefined) await send('POST', `${session}/window`, { handle: other });
        },
      };
    },
    async close() {
      await send('DELETE', session).catch(() => {});
      await end(driver.program);
      await end(display.program);
      await rm(home, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}
