import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs';

/*
 * Chromium by its own protocol over a pipe. Playwright emulates focus, which keeps pages from being
 * frozen or hidden, and switches the back/forward cache off.
 */

/** A tab of the browser. */
export interface Tab {
  readonly targetId: string;
  send(method: string, params?: object): Promise<unknown>;
  /** The value of an expression, `undefined` where the page does not answer. */
  evaluate<TValue>(expression: string): Promise<TValue>;
  close(): Promise<void>;
}

export interface Chromium {
  readonly process: ChildProcess;
  send(method: string, params?: object): Promise<unknown>;
  /** Opens a tab, in a window of its own if asked: pages of two windows are visible together. */
  open(url: string, newWindow?: boolean): Promise<Tab>;
  close(): Promise<void>;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Starts a Chromium with a profile of its own. */
export async function driveChromium(): Promise<Chromium> {
  const found = findBrowser();
  if (found === undefined) throw new Error('No Chromium: node test/tools/ensure-browser.mjs');
  const profile = mkdtempSync(join(tmpdir(), 'rivulet-tabs-'));
  const args = ['--headless=new', '--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const program = spawn(found.path, [...args, ...BROWSER_ARGS, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  // What was asked for as `pipe` is there.
  const input = program.stdio[3] as Writable;
  const output = program.stdio[4] as Readable;
  const waiting = new Map<
    number,
    { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let lastId = 0;
  let received = '';

  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const parts = (received + text).split('\0');
    received = parts.pop() ?? '';
    for (const part of parts) {
      const reply: Reply = JSON.parse(part);
      const caller = waiting.get(reply.id ?? 0);
      if (caller === undefined) continue;
      waiting.delete(reply.id ?? 0);
      if (reply.error === undefined) caller.resolve(reply.result);
      else caller.reject(new Error(reply.error.message));
    }
  });
  input.on('error', () => {});

  function call(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
  }

  return {
    process: program,
    send: call,
    async open(url, newWindow = false) {
      // The protocol says what these calls answer.
      const { targetId } = (await call('Target.createTarget', { url, newWindow })) as {
        targetId: string;
      };
      const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as {
        sessionId: string;
      };
      const send = (method: string, params?: object) => call(method, params, sessionId);
      return {
        targetId,
        send,
        async evaluate<TValue>(expression: string) {
          const answer = (await send('Runtime.evaluate', {
            expression,
            awaitPromise: true,
            returnByValue: true,
          })) as { result: { value: TValue }; exceptionDetails?: { text: string } };
          if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
          return answer.result.value;
        },
        async close() {
          await call('Target.closeTarget', { targetId });
        },
      };
    },
    async close() {
      const exited = new Promise((resolve) => program.once('exit', resolve));
      await call('Browser.close').catch(() => {});
      await exited;
      await rm(profile, { recursive: true, maxRetries: 20, force: true });
    },
  };
}
