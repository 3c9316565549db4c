import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'vitest';

/** How a command ended. */
export interface Ran {
  readonly succeeded: boolean;
  /** All that it printed. */
  readonly output: string;
}

/** What a failed command printed; nothing if it succeeded. */
export const failureOf = ({ succeeded, output }: Ran): string => (succeeded ? '' : output);

/** A command that hangs counts as failed. */
const PATIENCE_MS = 300_000;

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Runs a program to its end. The Node of these tests comes first in its `PATH`. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Ran> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
  const options = {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    maxBuffer: 2 ** 26,
    timeout: PATIENCE_MS,
  };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ succeeded: error === null, output: `${stdout}${stderr}${error?.message ?? ''}` }),
    );
  });
}

/** What npm says if the registry cannot be reached, or has nothing for this machine. */
const CANNOT_BE_HAD =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EBADPLATFORM|E50\d)\b/;

/**
 * Installs packages by npm into an empty folder of its own: `null` once they are there, else why they
 * cannot be had on this machine. Any other failure is one.
 */
export async function install(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  manifest: object = {},
): Promise<string | null> {
  mkdirSync(folder, { recursive: true });
  const content = { private: true, type: 'module', ...manifest, dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content, null, 2));
  const { succeeded, output } = await run('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: folder,
  });
  if (succeeded) return null;
  const [reason] = CANNOT_BE_HAD.exec(output) ?? [];
  if (reason !== undefined) return `npm install ended with ${reason}`;
  throw new Error(`npm install failed:\n${output}`);
}

/**
 * Skips a test whose environment cannot be had on this machine. The reporter shows the reason of a
 * skipped test only in a file that also has failed ones, so it is said here too.
 */
export function needs(context: TestContext, obstacle: string | null): void {
  if (obstacle === null) return;
  process.stderr.write(`Not run: "${context.task.name}": ${obstacle}.\n`);
  context.skip(true, obstacle);
}
