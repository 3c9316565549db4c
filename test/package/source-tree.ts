import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

export const root: string = join(import.meta.dirname, '../..');

/** One import or re-export of a module. */
export interface ModuleImport {
  /** A path from the root of the repository when it is relative, else the name of the package. */
  target: string;
  /** Whether it leaves no trace in the JavaScript. */
  isTypeOnly: boolean;
}

/** One parsed source file. */
export interface SourceFile {
  /** From the root of the repository, with slashes. */
  path: string;
  text: string;
  lineCount: number;
  ast: ts.SourceFile;
  imports: ModuleImport[];
}

/** The paths of all files under a folder, from the root of the repository, with slashes. What is installed does not count. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'))
    .toSorted();
}

/** Every node under a node, itself included, in the order of the text. */
export function nodesIn(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [node];
  ts.forEachChild(node, (child) => void nodes.push(...nodesIn(child)));
  return nodes;
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = importClause.namedBindings;
  if (importClause.name !== undefined || bindings === undefined) return false;
  return ts.isNamedImports(bindings) && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isTypeOnlyExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly || exportClause === undefined || !ts.isNamedExports(exportClause)) {
    return isTypeOnly;
  }
  return exportClause.elements.every((element) => element.isTypeOnly);
}

function readImports(path: string, ast: ts.SourceFile): ModuleImport[] {
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? join(dirname(path), specifier).split(sep).join('/') : specifier;
  const imports: ModuleImport[] = [];
  for (const node of nodesIn(ast)) {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const target = resolve(node.moduleSpecifier.text);
      imports.push({ target, isTypeOnly: isTypeOnlyImport(node) });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      const target = resolve(node.moduleSpecifier.getText(ast).slice(1, -1));
      imports.push({ target, isTypeOnly: isTypeOnlyExport(node) });
    } else if (ts.isImportTypeNode(node)) {
      const target = resolve(node.argument.getText(ast).slice(1, -1));
      imports.push({ target, isTypeOnly: true });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const specifier = node.arguments[0]?.getText(ast) ?? '';
      imports.push({ target: resolve(specifier.slice(1, -1)), isTypeOnly: false });
    }
  }
  return imports;
}

/** Parses one file. The text can be given, for a file that does not exist. */
export function parse(path: string, text = readFileSync(join(root, path), 'utf8')): SourceFile {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineCount = text.trimEnd().split('\n').length;
  return { path, text, lineCount, ast, imports: readImports(path, ast) };
}

/** Parses every TypeScript file under a folder. */
export function parseFolder(folder: string): SourceFile[] {
  return filesUnder(folder)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => parse(path));
}
