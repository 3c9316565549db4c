import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../tools/soak.mjs', import.meta.url));

/** A busy machine takes its own time to let go of 500 sockets. */
const PATIENT = { timeout: 300_000 };

test(
  '500 subscriptions at once leave no handle, timer, listener, request or memory behind',
  PATIENT,
  async () => {
    const soak = spawn(process.execPath, ['--expose-gc', script, '--events', '2']);
    const exit = once(soak, 'exit');
    const [report, faults] = await Promise.all([text(soak.stdout), text(soak.stderr)]);
    expect(faults).toBe('');
    expect(report).toMatch(/^requests +500$/m);
    expect(await exit).toEqual([0, null]);
  },
);
