import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './driver.ts';
import { end, freePort, startUntil } from './programs.ts';

/** The programs of WebKitGTK. */
export interface WebKitPrograms {
  readonly driver: string;
  readonly display: string;
  readonly browser: string;
}

/** WebKitGTK by classic WebDriver. */
export async function startWebKit(found: WebKitPrograms): Promise<Engine> {
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
  // A script whose page goes away while it runs is never answered, and can be asked again.
  await send('POST', `${session}/timeouts`, { script: 10_000, pageLoad: 60_000 });
  // Commands, that for another window too, need one that is open.
  const first = await send<string>('GET', `${session}/window`);
  let current = first;
  let previous: Promise<unknown> = Promise.resolve();
  return {
    // The library that fetches for it knows no other place.
    downloads: home,
    async open() {
      // A window: under automation a second tab is never visible, and gets no frames.
      const { handle } = await send<{ handle: string }>('POST', `${session}/window/new`, {
        type: 'window',
      });
      /** Commands are about the window that was entered last, so they go one after the other. */
      function inWindow<TValue>(method: string, path: string, body?: object): Promise<TValue> {
        const command = previous.then(async () => {
          if (current !== handle) await send('POST', `${session}/window`, { handle });
          current = handle;
          return send<TValue>(method, `${session}${path}`, body);
        });
        previous = command.catch(() => {});
        return command;
      }
      return {
        navigate: (url) => inWindow('POST', '/url', { url }),
        // A script whose page goes while it runs is never answered: this command waits for the way back.
        back: () => inWindow('POST', '/back', {}),
        async evaluate<TValue>(expression: string) {
          const script = `const done = arguments[0];
            (async () => JSON.stringify([await (${expression})]))().then(
              (text) => done({ text }), (error) => done({ error: String(error) }));`;
          const { text, error } = await inWindow<{ text?: string; error?: string }>(
            'POST',
            '/execute/async',
            { script, args: [] },
          );
          if (text === undefined) throw new Error(error);
          // What the caller says that the expression gives.
          return JSON.parse(text)[0] as TValue;
        },
        hide: () => inWindow('POST', '/window/minimize', {}),
        show: () => inWindow('POST', '/window/rect', { x: 0, y: 0, width: 1280, height: 900 }),
        async close() {
          await inWindow('DELETE', '/window');
          await send('POST', `${session}/window`, { handle: first });
          current = first;
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
