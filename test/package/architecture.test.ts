import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { isAllowed } from './import-rules.ts';
import { filesUnder, nodesIn, parse, parseFolder, root, type SourceFile } from './source-tree.ts';

const sources = parseFolder('src');
const examples = parseFolder('stories/examples');
const code = ['src', 'stories', 'test', '.storybook'].flatMap(parseFolder);

const isHook = ({ path }: SourceFile) => path.startsWith('src/hooks/');
const isOrchestrator = ({ path }: SourceFile) => /\/(create|manage)-[^/]+\.ts$/.test(path);

/** Where a node begins: `path:line`. */
function placeOf({ path, ast }: SourceFile, node: ts.Node): string {
  return `${path}:${ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1}`;
}

/** The places of all nodes that match. */
function placesOf(files: SourceFile[], matches: (node: ts.Node) => boolean): string[] {
  return files.flatMap((file) =>
    nodesIn(file.ast)
      .filter(matches)
      .map((node) => placeOf(file, node)),
  );
}

/** The places of all lines that match. */
function linesWith(files: { path: string; text: string }[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

function lineSpan({ ast }: SourceFile, node: ts.Node): number {
  const lineAt = (position: number) => ast.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.end) - lineAt(node.getStart(ast)) + 1;
}

/** The name that is called: `f()`, `x.f()` and `new f()` are all `f`. */
function calledName(node: ts.Node): string {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return '';
  const callee = node.expression;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

const hasModifier = (node: ts.Node, kind: ts.SyntaxKind) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind);

describe('the folders', () => {
  test('are src, stories, test and dot-folders, and no others', () => {
    const generated = ['node_modules', 'dist', 'storybook-static', 'coverage'];
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    expect(folders.filter((name) => !generated.includes(name))).toEqual(['src', 'stories', 'test']);
  });

  test('stand among the single files of the top level that are named here', () => {
    const files = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^\.env|\.(log|tgz)$|^\.DS_Store$/.test(entry.name))
      .map(({ name }) => name);
    expect(files.toSorted()).toEqual([
      '.editorconfig',
      '.gitattributes',
      '.gitignore',
      '.npmrc',
      '.oxlintrc.json',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'SECURITY.md',
      'biome.json',
      'knip.json',
      'package-lock.json',
      'package.json',
      'tsconfig.json',
      'tsup.config.ts',
      'vitest.config.ts',
    ]);
  });

  test('hold files named in kebab-case', () => {
    const names = ['src', 'stories', 'test']
      .flatMap(filesUnder)
      .filter((path) => basename(path) !== '.npmrc');
    const kebab = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*[./])*[a-z0-9]+$/;
    expect(names.filter((name) => !kebab.test(name))).toEqual([]);
  });
});

describe('the imports', () => {
  test('of src point one way, along the way the data goes', () => {
    const wrong = sources.flatMap((file) =>
      file.imports
        .filter((used) => !isAllowed(file, used))
        .map(({ target }) => `${file.path} imports ${target}`),
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('of the examples name only what a user can install', () => {
    const wrong = examples.flatMap((file) =>
      file.imports
        .filter((used) => !isAllowed(file, used))
        .map(({ target }) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['src/core/framing/sse.ts', "import { read } from '../reading/stream-reader.ts'", true],
    ['src/core/framing/sse.ts', "import type { Status } from '../types.ts'", true],
    ['src/core/framing/sse.ts', "import { createParser } from 'eventsource-parser'", true],
    ['src/core/framing/lines.ts', "import { createParser } from 'eventsource-parser'", false],
    [
      'src/core/reading/stream-reader.ts',
      "import type { Framing } from '../framing/sse.ts'",
      false,
    ],
    ['src/core/types.ts', "import type { Framing } from './framing/sse.ts'", false],
    ['src/core/state/store.ts', "import { useState } from 'react'", false],
    ['src/core/state/store.ts', "import { useLatest } from '../../hooks/use-latest.ts'", false],
    ['src/core/state/store.ts', "export type { X } from '../../testing/index.ts'", false],
    ['src/core/download/create-download.ts', "import { x } from '../event-source/y.ts'", false],
    ['src/core/download/create-download.ts', "import { x } from '../state/store.ts'", true],
    ['src/core/download/create-download.ts', "import { x } from '../index.ts'", false],
    ['src/hooks/use-download.ts', "import { createDownload } from '../core/index.ts'", true],
    ['src/hooks/use-download.ts', "import { flushSync } from 'react-dom'", false],
    ['src/hooks/use-download.ts', "import { useDownload } from '../index.ts'", false],
    ['src/testing/mock-fetch.ts', "import type { FetchLike } from '../core/types.ts'", true],
    ['src/testing/mock-fetch.ts', "import { type FetchLike } from '../core/types.ts'", true],
    ['src/testing/mock-fetch.ts', "import { StreamError } from '../core/errors.ts'", true],
    ['src/testing/mock-fetch.ts', "import { createStore } from '../core/state/store.ts'", false],
    ['src/testing/mock-fetch.ts', "import { vi } from 'vitest'", false],
    ['stories/examples/feed.tsx', "import { useEventSource } from 'rivulet'", true],
    ['stories/examples/feed.tsx', "import { useEventSource } from '../../src/index.ts'", false],
    ['stories/examples/feed.tsx', "const lazy = import('lodash')", false],
  ])('are judged: %s: %s', (path, text, expected) => {
    const file = parse(path, text);
    expect(file.imports).toHaveLength(1);
    expect(file.imports.every((used) => isAllowed(file, used))).toBe(expected);
  });
});

describe('the sizes', () => {
  test('of files stay under 300 lines, orchestrators under 200, hooks under 120', () => {
    const limitOf = (file: SourceFile) => (isHook(file) ? 120 : isOrchestrator(file) ? 200 : 300);
    const long = sources.filter((file) => file.lineCount > limitOf(file));
    expect(long.map(({ path, lineCount }) => `${path}: ${lineCount} lines`)).toEqual([]);
  });

  test('of functions stay under 60 lines of their own, but for the factory of an orchestrator', () => {
    // A factory holds its state in a closure, so its functions stand inside it: each is counted alone.
    const innerFunctions = (node: ts.Node): ts.Node[] => {
      const found: ts.Node[] = [];
      ts.forEachChild(node, (child) => {
        found.push(...(ts.isFunctionLike(child) ? [child] : innerFunctions(child)));
      });
      return found;
    };
    const ownLines = (file: SourceFile, node: ts.Node) =>
      innerFunctions(node).reduce(
        (lines, inner) => lines - Math.max(0, lineSpan(file, inner) - 1),
        lineSpan(file, node),
      );
    const isFactory = (file: SourceFile, node: ts.Node) =>
      isOrchestrator(file) &&
      ts.isFunctionDeclaration(node) &&
      node.parent === file.ast &&
      /^(create|manage)/.test(node.name?.text ?? '');
    const long = sources.flatMap((file) =>
      nodesIn(file.ast)
        .filter((node) => ts.isFunctionLike(node) && !isFactory(file, node))
        .filter((node) => ownLines(file, node) > 60)
        .map((node) => `${placeOf(file, node)}: ${ownLines(file, node)} lines`),
    );
    expect(long).toEqual([]);
  });
});

describe('the hooks', () => {
  test('meet React at one call of useSyncExternalStore', () => {
    const calls = placesOf(sources, (node) => calledName(node) === 'useSyncExternalStore');
    expect(calls.map((place) => place.replace(/:\d+$/, ''))).toEqual([
      'src/hooks/use-controller.ts',
    ]);
  });

  test('start no request, no timer and no reader of their own', () => {
    const forbidden =
      /^(fetch|AbortController|getReader|set(Timeout|Interval|Immediate)|request\w+)$/;
    const hooks = sources.filter(isHook);
    expect(hooks.length).toBeGreaterThan(0);
    expect(placesOf(hooks, (node) => forbidden.test(calledName(node)))).toEqual([]);
  });
});

describe('the code', () => {
  test('uses no any', () => {
    expect(placesOf(sources, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });

  test('suppresses no finding of a tool', () => {
    const pattern = /@ts-(ignore|expect-error|nocheck)|(eslint|oxlint)-disable|biome-(ignore)/;
    const checked = code.filter(({ path }) => !/\.test-d\.tsx?$/.test(path));
    expect(linesWith(checked, pattern)).toEqual([]);
  });

  test('casts at most 5 times in 1000 lines, and says why each time', () => {
    const casts = sources.flatMap((file) =>
      nodesIn(file.ast)
        .filter((node) => ts.isAsExpression(node) || ts.isTypeAssertionExpression(node))
        .filter((node) => !ts.isConstTypeReference(node.type))
        .map((node) => ({ file, node })),
    );
    const unexplained = casts.filter(({ file, node }) => {
      const line = file.ast.getLineAndCharacterOfPosition(node.type.getStart(file.ast)).line;
      return !file.text
        .split('\n')
        .slice(Math.max(0, line - 1), line + 1)
        .join('\n')
        .includes('//');
    });
    const lineCount = sources.reduce((sum, file) => sum + file.lineCount, 0);
    expect(unexplained.map(({ file, node }) => placeOf(file, node))).toEqual([]);
    expect(casts.length).toBeLessThanOrEqual((5 * lineCount) / 1000);
  });

  test('exports by name, and passes exports on only in the entries', () => {
    const isUnnamed = (node: ts.Node) =>
      ts.isExportAssignment(node) ||
      hasModifier(node, ts.SyntaxKind.DefaultKeyword) === true ||
      (ts.isExportDeclaration(node) &&
        !(node.exportClause && ts.isNamedExports(node.exportClause)));
    expect(placesOf(sources, isUnnamed)).toEqual([]);
    const passing = placesOf(
      sources,
      (node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined,
    );
    expect(passing.filter((place) => !/\/index\.ts:\d+$/.test(place))).toEqual([]);
  });

  test('carries no path of a machine and no address of a registry', () => {
    const text = /^\.(tsx?|mjs|js|json|md|mdx|css|html|yml)$/;
    const files = [
      'src',
      'stories',
      'test',
      '.storybook',
      '.ci',
      '.github',
      '.changeset',
      '.vscode',
    ]
      .flatMap(filesUnder)
      .concat(readdirSync(root).filter((name) => statSync(join(root, name)).isFile()))
      .filter((path) => text.test(extname(path)))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
    expect(linesWith(files, /(^|[^\w.])\/(work|tmp|root|farm|home|Users)\//)).toEqual([]);
    expect(linesWith(files, /registry\.npmjs|npm\.pkg\.github/)).toEqual([]);
  });
});
