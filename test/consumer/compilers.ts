import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
/** Where versions other than that of the repository are installed. */
const inRelease = createRequire(new URL('../release/package.json', import.meta.url));

/** The compilers that users have, from the oldest supported to the newest. */
export const COMPILERS: [version: string, script: string][] = [
  ['5.5', inRelease.resolve('typescript-5-5/bin/tsc')],
  ['5.9', inRelease.resolve('typescript-5-9/bin/tsc')],
  ['6.0', require.resolve('typescript/bin/tsc')],
  ['7.0', inRelease.resolve('typescript-7/package.json').replace('package.json', 'bin/tsc')],
];

/** What every folder of a consumer compiles with; it says by itself how modules are resolved. */
export const STRICT = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  jsx: 'react-jsx',
  types: [],
  noEmit: true,
  skipLibCheck: false,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

/** Everything that a compiler prints, whether it succeeds or not. */
export function compile(script: string, folder: string, ...args: string[]): string {
  try {
    const given = [script, '--pretty', 'false', ...args];
    return execFileSync(process.execPath, given, { cwd: folder, stdio: 'pipe' }).toString();
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${error.stdout}` : `${error}`;
  }
}
