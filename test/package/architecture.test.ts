import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { isAllowed } from './import-rules.ts';
import { filesUnder, nodesIn, parseFolder, root, type SourceFile } from './source-tree.ts';

const sources = parseFolder('src');
const examples = parseFolder('stories/examples');
const code = ['src', 'stories', 'test', '.storybook'].flatMap(parseFolder);

const isHook = ({ path }: SourceFile) => path.startsWith('src/hooks/');

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

/** The name that is called: `f()`, `x.f()` and `new f()` are all `f`. */
function calledName(node: ts.Node): string {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return '';
  const callee = node.expression;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

const hasModifier = (node: ts.Node, kind: ts.SyntaxKind) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind);

describe('the folders', () => {
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

  test('of src have no cycles, types included', () => {
    let left = sources;
    let before = 0;
    // A file that imports nothing that is left is not part of a cycle.
    while (left.length !== before) {
      before = left.length;
      const paths = new Set(left.map(({ path }) => path));
      left = left.filter(({ imports }) => imports.some(({ target }) => paths.has(target)));
    }
    expect(left.map(({ path }) => path)).toEqual([]);
  });

  test('of the examples name only what a user can install', () => {
    const wrong = examples.flatMap((file) =>
      file.imports
        .filter((used) => !isAllowed(file, used))
        .map(({ target }) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
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

  test('gives a reason for each cast', () => {
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
    expect(unexplained.map(({ file, node }) => placeOf(file, node))).toEqual([]);
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
