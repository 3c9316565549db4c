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

/** What the compiler says about files that exist only here, under the rules of the stories. */
function complaintsAbout(files: ReadonlyMap<string, string>): string[] {
  const { config: rules } = ts.readConfigFile(join(root, 'stories/tsconfig.json'), ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(rules, ts.sys, join(root, 'stories'));
  const lenient = { ...parsed.options, noUnusedLocals: false, verbatimModuleSyntax: false };
  const host = ts.createCompilerHost(lenient);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, ...others) => {
    const code = files.get(path);
    return code === undefined
      ? getSourceFile(path, ...others)
      : ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  };
  const compiled = ts.createProgram([...files.keys()], lenient, host);
  return [...files.keys()].flatMap((path) => {
    const source = compiled.getSourceFile(path);
    return [
      ...compiled.getSyntacticDiagnostics(source),
      ...compiled.getSemanticDiagnostics(source),
    ].map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
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

/** The code of every `@example` in the comments of what is published, under the name of that. */
function examples(): Map<string, string> {
  const found = new Map<string, string>();
  for (const symbol of ENTRIES.flatMap(exportsOf)) {
    for (const { name, text } of symbol.getJsDocTags(checker)) {
      if (name === 'example') found.set(symbol.name, ts.displayPartsToString(text));
    }
  }
  return found;
}

/** Where an example is compiled: a folder of the stories, whose rules are those of an application. */
const exampleFile = (name: string) => join(root, `stories/example-of-${name}.tsx`);

/** What an example needs to be a file: the published names that it uses, from where they are. */
function withImports(code: string): string {
  const imports = [['react', ['ReactNode', 'useState']] as const, ...published()].map(
    ([entry, names]) => {
      const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
      return `import { ${used.join(', ')} } from '${entry}';`;
    },
  );
  return `${imports.join(' ')}\n${code}\nexport {};\n`;
}

/** The exports of the entries, each under the first entry that has it. */
function published(): [entry: string, names: readonly string[]][] {
  const known = new Set<string>();
  return ENTRIES.map((entry) => {
    const names = exportsOf(entry)
      .map(({ name }) => name)
      .filter((name) => !known.has(name));
    for (const name of names) known.add(name);
    return [
      entry.replace(/^src\/(index|(\w+)\/index)\.ts$/, (_, all, folder) =>
        all === 'index' ? 'rivulet' : `rivulet/${folder}`,
      ),
      names,
    ];
  });
}

describe('every example in a doc comment', () => {
  test('compiles as it stands, beside the imports of what it uses', () => {
    const codes = examples();
    const files = new Map(
      [...codes].map(([name, code]) => [exampleFile(name), withImports(code)] as const),
    );
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining(['useEventSource', 'createMockStream', 'acrossTabs', 'each']),
    );
    expect(complaintsAbout(files)).toEqual([]);
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
