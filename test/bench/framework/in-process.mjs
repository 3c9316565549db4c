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
 * Opens a contestant in a process.
 *
 * @param {Work} work
 * @returns {() => Promise<Runner>}
 */
export function inProcess(work) {
  return async () => {
    const child = fork(WORKER, [JSON.stringify(work)], { execArgv: ['--expose-gc'] });
    /**
     * @param {'verify' | 'run'} method
     * @returns {Promise<any>}
     */
    const ask = async (method) => {
      const abort = new AbortController();
      const gone = once(child, 'exit', { signal: abort.signal }).then(([code]) => {
        throw new Error(`Its process ended with code ${code}.`);
      });
      const answered = once(child, 'message', { signal: abort.signal });
      try {
        child.send(method);
        const [{ answer, error }] = await Promise.race([answered, gone]);
        if (error !== undefined) throw new Error(error);
        return answer;
      } finally {
        // Neither of the two that lost the race is to be heard of again.
        void answered.catch(() => {});
        void gone.catch(() => {});
        abort.abort();
      }
    };
    return {
      verify: () => ask('verify'),
      run: () => ask('run'),
      async close() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      },
    };
  };
}
