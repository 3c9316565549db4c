/** Contestants of Node: each in a process of its own, so that none warms up or litters for another. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('./contest.ts').Runner} Runner
 *
 * @typedef {object} Work what a process is to do
 * @property {string} module URL of the module that has the task
 * @property {string} task name of its export: makes a task of the options
 * @property {unknown} options for the task, plain data
 */

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * Starts a process with a task.
 *
 * @param {Work} work
 */
function start(work) {
  const child = fork(WORKER, [JSON.stringify(work)], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`Its process ended with code ${code}.`);
  });
  // It also ends when it is no longer needed.
  gone.catch(() => {});
  return {
    /**
     * @template {'verify' | 'run'} TMethod
     * @param {TMethod} method
     * @returns {Promise<Awaited<ReturnType<Runner[TMethod]>>>}
     */
    async ask(method) {
      child.send(method);
      const [{ answer, error }] = await Promise.race([once(child, 'message'), gone]);
      if (error !== undefined) throw new Error(error);
      return answer;
    },
    async close() {
      child.disconnect();
      child.kill('SIGKILL');
      await gone.catch(() => {});
    },
  };
}

/**
 * Opens a contestant in a process.
 *
 * @param {Work} work
 * @param {{ isFresh?: boolean }} [options] `isFresh`: a new process for each run, where what counts
 *   is the most memory that it ever had
 * @returns {() => Promise<Runner>}
 */
export function inProcess(work, { isFresh = false } = {}) {
  return async () => {
    /** @type {ReturnType<typeof start> | undefined} */
    let process;
    const close = async () => {
      const last = process;
      process = undefined;
      await last?.close();
    };
    const open = async () => {
      if (isFresh) await close();
      process ??= start(work);
      return process;
    };
    return {
      verify: async () => (await open()).ask('verify'),
      async run() {
        const answer = await (await open()).ask('run');
        if (isFresh) await close();
        return answer;
      },
      close,
    };
  };
}
