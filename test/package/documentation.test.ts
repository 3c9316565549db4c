import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from './source-tree.ts';

const ENTRIES = ['index', 'core/index', 'share/index', 'testing/index']
  .map((entry) => `src/${entry}.ts`)
  .filter((path) => existsSync(join(root, path)));

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(
  ENTRIES.map((path) => join(root, path)),
  options,
);
const checker = program.getTypeChecker();

/** The exports of an entry, each as the symbol of its declaration. */
function exportsOf(entry: string): ts.Symbol[] {
  const file = program.getSourceFile(join(root, entry));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is not a module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    );
}

function commentOf(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker));
}

function typeParametersOf(symbol: ts.Symbol): ts.NodeArray<ts.TypeParameterDeclaration>[] {
  const declarations: readonly ts.Node[] = symbol.declarations ?? [];
  return declarations.flatMap((node) => {
    const isGeneric =
      ts.isFunctionDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isClassDeclaration(node);
    return isGeneric && node.typeParameters ? [node.typeParameters] : [];
  });
}

describe.each(ENTRIES)('every export of %s', (entry) => {
  const symbols = exportsOf(entry);

  test('has a doc comment', () => {
    expect(symbols.length).toBeGreaterThan(0);
    expect(symbols.filter((symbol) => commentOf(symbol) === '').map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('has at most two type parameters, with names that say what they are', () => {
    const wrong = symbols.filter((symbol) =>
      typeParametersOf(symbol).some(
        (parameters) =>
          parameters.length > 2 || parameters.some(({ name }) => !/^T[A-Z]\w+$/.test(name.text)),
      ),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('every hook', () => {
  test('has an example in its doc comment', () => {
    const hooks = exportsOf('src/index.ts').filter(({ name }) => /^use[A-Z]/.test(name));
    const withoutExample = hooks.filter(
      (hook) => !hook.getJsDocTags(checker).some(({ name }) => name === 'example'),
    );
    expect(hooks.length).toBeGreaterThan(0);
    expect(withoutExample.map(({ name }) => name)).toEqual([]);
  });
});
