// @vitest-environment jsdom
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { type ComponentType, createElement } from 'react';
import type * as Testing from 'rivulet/testing';
import ts from 'typescript';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { nodesIn, parse, root } from './source-tree.ts';

const { folder, project } = inject('packed');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface CodeBlock {
  readonly language: string;
  /** The name of the file that it is; none for commands. */
  readonly file: string | undefined;
  readonly code: string;
}

const blocks: CodeBlock[] = [...readme.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
  ([, language = '', file = '', code = '']) => ({ language, file: file || undefined, code }),
);
const files = blocks.flatMap(({ file, code }) => (file === undefined ? [] : [{ file, code }]));

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

describe('every code block of README.md', () => {
  test('is a file with a name, or a command', () => {
    expect(files.length).toBeGreaterThan(0);
    const nameless = blocks.filter(({ language, file }) => file === undefined && language !== 'sh');
    expect(nameless.map(({ code }) => code)).toEqual([]);
  });

  test('compiles under strict against the packed package', () => {
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

describe('the subscription of README.md', async () => {
  // The example of a test is a test: it runs here.
  await load('notifications.test');

  test('says what is wrong while there is nothing to show', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const mock = testing.createMockFetch(() => new Response('Maintenance', { status: 404 }));
    vi.stubGlobal('fetch', mock.fetch);
    const { Notifications } = await load('notifications');
    render(createElement(Notifications as ComponentType));
    expect(await screen.findByText(/status 404.*Maintenance/)).toBeDefined();
    expect(console.warn).toHaveBeenCalledExactlyOnceWith('http-status');
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
    render(createElement(Chat as ComponentType<{ prompt: string }>, { prompt: 'Why?' }));
    fireEvent.click(screen.getByText('Ask'));
    await vi.waitFor(() => expect(screen.getByText('Stop')).toHaveProperty('disabled', false));
    return { mock, stream: streams[0] };
  };

  test('posts the prompt as JSON and shows what comes, up to the sentinel', async () => {
    const { mock, stream } = await ask();
    expect(mock.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"prompt":"Why?"}'],
    ]);
    stream?.send('Be');
    stream?.send('cause.');
    stream?.send('[DONE]');
    expect(await screen.findByText('Because.')).toBeDefined();
    await vi.waitFor(() => expect(screen.getByText('Stop')).toHaveProperty('disabled', true));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('keeps its text and says so when it is cut short', async () => {
    const { stream } = await ask();
    stream?.send('Be');
    stream?.close();
    expect((await screen.findByRole('alert')).textContent).toContain('endWhen');
    expect(screen.getByText('Be')).toBeDefined();
  });

  test('keeps its text when it is stopped', async () => {
    const { mock, stream } = await ask();
    stream?.send('Be');
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

describe('README.md', () => {
  test('has cause and cure for each error code there is, in the order of the type', () => {
    const { ast } = parse('src/core/errors.ts');
    const codes = nodesIn(ast)
      .filter(ts.isTypeAliasDeclaration)
      .filter(({ name }) => name.text === 'StreamErrorCode')
      .flatMap((node) => nodesIn(node).filter(ts.isStringLiteral))
      .map(({ text }) => text);
    const table = [...readme.matchAll(/^\| `([a-z-]+)` \| \S.*? \| \S.*? \|$/gm)];
    expect(codes).toContain('network');
    expect(table.map(([, code]) => code)).toEqual(codes);
  });

  test('names every hook', async () => {
    const entry = await import(join(folder, 'dist/index.js'));
    const hooks = Object.keys(entry).filter((name) => /^use[A-Z]/.test(name));
    const table = [...readme.matchAll(/^\| `(use\w+)` \| [^|]+ \|$/gm)].map(([, name]) => name);
    expect(table.toSorted()).toEqual(hooks.toSorted());
  });
});
