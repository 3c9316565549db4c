import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './driver.ts';
import { end, startUntil } from './programs.ts';

/** Nothing is asked of the network, and no dialog opens. */
const PREFERENCES = `
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("browser.download.useDownloadDir", true);
user_pref("browser.download.always_ask_before_handling_new_types", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`;

interface Answer {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: unknown;
  readonly message?: string;
}

/** The commands of WebDriver BiDi over one socket. */
async function connect(address: string) {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`No connection to ${address}`));
  });
  socket.onmessage = ({ data }) => {
    const answer: Answer = JSON.parse(String(data));
    if (answer.id === undefined) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  socket.onclose = () => {
    for (const answer of waiting.values()) answer({ type: 'error', message: 'Firefox is gone' });
  };
  return {
    /** The result has the form that the specification gives to this command. */
    send<TResult>(method: string, params: object): Promise<TResult> {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ type, result, message }) => {
          if (type === 'success') resolve(result as TResult);
          else reject(new Error(`${method}: ${message}`));
        });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.close(),
  };
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** The Firefox of the system by WebDriver BiDi, which it speaks itself. */
export async function startFirefox(path: string): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'rivulet-firefox-'));
  const downloads = join(folder, 'downloads');
  await mkdir(downloads);
  const place = `user_pref("browser.download.dir", ${JSON.stringify(downloads)});
user_pref("browser.download.folderList", 2);`;
  await writeFile(join(folder, 'user.js'), PREFERENCES + place);
  const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port=0'];
  const { program, match } = await startUntil(path, args, /BiDi listening on (ws:\/\/\S+)/);
  const { send, close } = await connect(`${match}/session`);
  await send('session.new', { capabilities: {} });
  const openTab = () => send<{ context: string }>('browsingContext.create', { type: 'tab' });
  const closeTab = (context: string) => send('browsingContext.close', { context });
  return {
    downloads,
    async open() {
      const { context } = await openTab();
      let inFront: string | undefined;
      return {
        navigate: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
        back: () => send('browsingContext.traverseHistory', { context, delta: -1 }),
        async evaluate<TValue>(expression: string) {
          const { type, result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
            expression: `(async () => JSON.stringify([await (${expression})]))()`,
            target: { context },
            awaitPromise: true,
          });
          if (type !== 'success') throw new Error(exceptionDetails?.text);
          // What the caller says that the expression gives.
          return JSON.parse(result.value ?? '[]')[0] as TValue;
        },
        async hide() {
          inFront = (await openTab()).context;
          await send('browsingContext.activate', { context: inFront });
        },
        async show() {
          await send('browsingContext.activate', { context });
          if (inFront !== undefined) await closeTab(inFront);
          inFront = undefined;
        },
        async close() {
          if (inFront !== undefined) await closeTab(inFront);
          await closeTab(context);
        },
      };
    },
    async close() {
      close();
      await end(program);
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}
