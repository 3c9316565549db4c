import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { describe, expect, inject, test } from 'vitest';

const { folder, project } = inject('packed');

/** Runs a script of the project as the server half of a framework would. */
function runOnTheServer(script: string): Record<string, unknown> {
  const args = ['--conditions=react-server', script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: project }).toString());
}

/**
 * What a bundler for server components does: a module that begins with 'use client' is not
 * bundled for the server, its exports are references. Keeps the names of those modules.
 */
function clientReferences(seen: string[]): Plugin {
  return {
    name: 'client-references',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (!/^(['"])use client\1/.test(readFileSync(path, 'utf8'))) return null;
        seen.push(basename(path));
        const names = Object.keys(await import(pathToFileURL(path).href));
        const references = names.map(
          (name) =>
            `export const ${name} = { $$typeof: Symbol.for('react.client.reference'), $$id: '${basename(path)}#${name}' };`,
        );
        return { contents: references.join('\n') };
      });
    },
  };
}

/** Bundles a server component; returns the code, what it imports, and the client modules. */
async function bundleForTheServer(code: string) {
  const clientModules: string[] = [];
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: project },
    bundle: true,
    conditions: ['react-server'],
    external: ['react'],
    format: 'esm',
    metafile: true,
    plugins: [clientReferences(clientModules)],
    write: false,
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path),
  );
  return { code: outputFiles[0]?.text ?? '', imported, clientModules };
}

/** The packages that a file of the package imports, itself or by what it imports. */
async function packagesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(folder, 'dist', `${entry}.js`)],
    bundle: true,
    metafile: true,
    packages: 'external',
    format: 'esm',
    write: false,
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return [
    ...new Set(imports.filter(({ external }) => external).map(({ path }) => path)),
  ].toSorted();
}

describe('in a server component', () => {
  test('rivulet/core works: guards, errors and streams, with the React of servers', () => {
    const script = fileURLToPath(new URL('use-on-the-server.mjs', import.meta.url));
    copyFileSync(script, join(project, 'use-on-the-server.mjs'));
    expect(runOnTheServer('use-on-the-server.mjs')).toEqual({
      isServerReact: true,
      guards: [true, true, false],
      code: 'http-status',
      text: 'streamed',
      status: 'done',
    });
  });

  test('rivulet/core and rivulet/testing know no React, whatever they share with the hooks', async () => {
    expect(await packagesOf('core')).toEqual([]);
    expect(await packagesOf('testing')).toEqual([]);
    expect(await packagesOf('index')).toEqual(['react', 'react/jsx-runtime']);
  });

  test('the hooks are references to the client, and nothing else of the package is', async () => {
    const { code, imported, clientModules } = await bundleForTheServer(`
      import * as hooks from 'rivulet';
      import { isStreamError } from 'rivulet/core';
      console.log(JSON.stringify({
        ids: Object.fromEntries(Object.entries(hooks).map(([name, value]) => [name, value.$$id])),
        guard: typeof isStreamError,
      }));
    `);
    expect(clientModules).toEqual(['index.js']);
    expect(imported).not.toContain('react');
    writeFileSync(join(project, 'server-component.mjs'), code);
    const { ids, guard } = runOnTheServer('server-component.mjs');
    expect(guard).toBe('function');
    expect(ids).toMatchObject({
      StreamConfig: 'index.js#StreamConfig',
      useDownload: 'index.js#useDownload',
      useEventSource: 'index.js#useEventSource',
      useStreamingFetch: 'index.js#useStreamingFetch',
    });
  });
});
