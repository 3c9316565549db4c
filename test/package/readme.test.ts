// @vitest-environment jsdom
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { type ComponentType, createElement } from 'react';
import type * as Testing from 'rivulet/testing';
import ts from 'typescript';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { root } from './source-tree.ts';

const { folder, project } = inject('packed');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The blocks that are files, by the name after their language. */
const files = [...readme.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(
  ([, file = '', code = '']) => ({ file, code }),
);

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    jsx: 'react-jsx',
    types: [],
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
  },
  include: ['.'],
};

/**
 * The examples, as sources and as modules, in the project that has the packed package. What stands in
 * `node_modules` is loaded by Node itself, and so together with one React and one Vitest.
 */
const examples = join(project, 'node_modules/readme-examples');
mkdirSync(examples, { recursive: true });
writeFileSync(join(examples, 'package.json'), JSON.stringify({ type: 'module' }));
writeFileSync(join(examples, 'tsconfig.json'), JSON.stringify(TSCONFIG));
for (const { file, code } of files) {
  writeFileSync(join(examples, file), code);
  if (!/\.tsx?$/.test(file)) continue;
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      jsx: ts.JsxEmit.ReactJSX,
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const runnable = outputText.replace(/from '(\.\/\w+)'/g, "from '$1.js'");
  writeFileSync(join(examples, file.replace(/\.tsx?$/, '.js')), runnable);
}

const load = (name: string): Promise<Record<string, unknown>> =>
  import(join(examples, `${name}.js`));

const testing: typeof Testing = await import(join(folder, 'dist/testing.js'));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the code of README.md', () => {
  test('compiles under strict against the packed package', () => {
    expect(files.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['server.mjs', 'App.tsx', 'chat.tsx', 'report.tsx', 'clock.ts']),
    );
    const compile = () =>
      execFileSync(
        process.execPath,
        [join(project, 'node_modules/typescript/bin/tsc'), '-p', '.'],
        {
          cwd: examples,
          stdio: 'pipe',
        },
      );
    expect(compile).not.toThrow();
  });
});

describe('the streamed answer of README.md', async () => {
  const { Chat } = await load('chat');
  const ask = async () => {
    const streams: ReturnType<typeof testing.createMockStream>[] = [];
    const mock = testing.createMockFetch(() => {
      const stream = testing.createMockStream();
      streams.push(stream);
      return stream;
    });
    vi.stubGlobal('fetch', mock.fetch);
    render(createElement(Chat as ComponentType<{ question: string }>, { question: 'Why?' }));
    fireEvent.click(screen.getByText('Ask'));
    await vi.waitFor(() => expect(screen.getByText('Stop')).toHaveProperty('disabled', false));
    return { mock, stream: streams[0] };
  };

  test('posts the question as JSON and shows the tokens that come, up to the sentinel', async () => {
    const { mock, stream } = await ask();
    expect(mock.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"messages":[{"role":"user","content":"Why?"}]}'],
    ]);
    stream?.send('{"text":"Be"}');
    stream?.send('{"text":"cause."}');
    stream?.send('[DONE]');
    expect(await screen.findByText('Because.')).toBeDefined();
    await vi.waitFor(() => expect(screen.getByText('Stop')).toHaveProperty('disabled', true));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('keeps its text and says so when it is cut short', async () => {
    const { stream } = await ask();
    stream?.send('{"text":"Be"}');
    stream?.close();
    expect((await screen.findByRole('alert')).textContent).not.toBe('');
    expect(screen.getByText('Be')).toBeDefined();
  });

  test('keeps its text when it is stopped', async () => {
    const { mock, stream } = await ask();
    stream?.send('{"text":"Be"}');
    await screen.findByText('Be');
    fireEvent.click(screen.getByText('Stop'));
    await vi.waitFor(() => expect(mock.requests[0]?.isAborted).toBe(true));
    expect(screen.getByText('Be')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the download of README.md', async () => {
  const { Report } = await load('report');

  test('shows how far it is, and saves the file under its name', async () => {
    const stream = testing.createMockStream({
      headers: { 'content-type': 'text/csv', 'content-length': '8' },
    });
    const mock = testing.createMockFetch(() => stream);
    vi.stubGlobal('fetch', mock.fetch);
    render(createElement(Report as ComponentType));
    expect(mock.requests).toEqual([]);
    fireEvent.click(screen.getByText('Download'));
    stream.write('a,b\n');
    const bar = screen.getByRole('progressbar');
    await vi.waitFor(() => expect(bar).toHaveProperty('value', 0.5));
    expect(screen.getByText('Save')).toHaveProperty('disabled', true);
    stream.write('1,2\n');
    stream.close();
    await vi.waitFor(() => expect(screen.getByText('Save')).toHaveProperty('disabled', false));
    expect(bar).toHaveProperty('value', 1);
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:of-the-test' }));
    fireEvent.click(screen.getByText('Save'));
    expect(saved).toEqual(['report.csv']);
  });

  test('says that the file was cut, and offers to begin again', async () => {
    const stream = testing.createMockStream({
      headers: { 'content-type': 'text/csv', 'content-length': '8' },
    });
    const mock = testing.createMockFetch(() => stream);
    vi.stubGlobal('fetch', mock.fetch);
    render(createElement(Report as ComponentType));
    fireEvent.click(screen.getByText('Download'));
    stream.write('a,b\n');
    stream.close();
    expect((await screen.findByRole('alert')).textContent).toContain('4 of 8 bytes');
    expect(screen.getByText('Download')).toHaveProperty('disabled', false);
  });
});

describe('the iterator of README.md', () => {
  test('prints every event, and how the stream ended', async () => {
    const stream = testing.createMockStream();
    const mock = testing.createMockFetch(() => stream);
    vi.stubGlobal('fetch', mock.fetch);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    stream.send({ id: 1, data: '12:00' });
    stream.send({ id: 2, data: '12:01' });
    stream.send({ event: 'end', data: '' });
    await load('clock');
    expect(log.mock.calls).toEqual([['1', '12:00'], ['2', '12:01'], ['done']]);
    expect(mock.inProgress).toBe(0);
  });
});
