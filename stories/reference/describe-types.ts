import { fileURLToPath } from 'node:url';
import type { Export, Field, Reference } from 'virtual:reference';
import ts from 'typescript';
import { signatureText, unite } from './type-text.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const DESCRIBED = path('./described-types.ts');
const ERRORS = path('../../src/core/errors.ts');
const ENTRIES = {
  rivulet: path('../../src/index.ts'),
  'rivulet/core': path('../../src/core/index.ts'),
  'rivulet/testing': path('../../src/testing/index.ts'),
};

const FORMAT =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType |
  ts.TypeFormatFlags.WriteArrowStyleSignature;

/** A program of the entries and the described types, under the rules of the sources. */
function createProgram(): ts.Program {
  const config = ts.readConfigFile(path('../../tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, path('../..'));
  return ts.createProgram([DESCRIBED, ...Object.values(ENTRIES)], options);
}

function sourceFile(program: ts.Program, name: string): ts.SourceFile {
  const file = program.getSourceFile(name);
  if (file === undefined) throw new Error(`There is no ${name}.`);
  return file;
}

function exportsOf(program: ts.Program, name: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(sourceFile(program, name));
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

/** All fields of a type; of a union those of its members, each once. */
function fieldsOf(checker: ts.TypeChecker, type: ts.Type): Field[] {
  const found = new Map<string, ts.Symbol[]>();
  for (const member of type.isUnion() ? type.types : [type]) {
    for (const property of checker.getPropertiesOfType(member)) {
      const name = property.getName();
      // The checker's names of symbols such as the iterator begin so.
      if (!name.startsWith('__')) found.set(name, [...(found.get(name) ?? []), property]);
    }
  }
  return [...found].map(([name, properties]) => {
    const isOptional = properties.some(({ flags }) => (flags & ts.SymbolFlags.Optional) !== 0);
    const texts = properties.map((property) =>
      ts.displayPartsToString(property.getDocumentationComment(checker)).trim(),
    );
    const types = properties.map((property) =>
      checker.typeToString(checker.getTypeOfSymbol(property), undefined, FORMAT),
    );
    return {
      name,
      type: unite(types, isOptional),
      isRequired: !isOptional,
      text: texts.find((text) => text !== '') ?? '',
    };
  });
}

/** The doc comment of a declaration, and its tags. */
function docOf(declaration: ts.Declaration): { text: string; tags: readonly ts.JSDocTag[] } {
  const doc = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc).at(-1);
  return { text: ts.getTextOfJSDocComment(doc?.comment) ?? '', tags: doc?.tags ?? [] };
}

const textOf = ({ comment }: ts.JSDocTag) => ts.getTextOfJSDocComment(comment) ?? '';

/** One export: of overloads, the longest doc comment is the one that says it all. */
function describeExport(checker: ts.TypeChecker, exported: ts.Symbol): Export {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const name = exported.getName();
  const docs = (symbol.declarations ?? []).map(docOf);
  const longest = Math.max(...docs.map(({ text }) => text.length));
  const doc = docs.find(({ text }) => text.length === longest);
  const tags = doc?.tags ?? [];
  const type = checker.getTypeOfSymbol(symbol);
  const hasFields = (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) !== 0;
  return {
    name,
    text: doc?.text ?? '',
    signatures: [
      ...new Set(
        type
          .getCallSignatures()
          .map((signature) =>
            signatureText(name, checker.signatureToString(signature, undefined, FORMAT)),
          ),
      ),
    ],
    parameters: tags
      .filter(ts.isJSDocParameterTag)
      .map((tag) => ({ name: tag.name.getText(), text: textOf(tag) })),
    examples: tags.filter(({ tagName }) => tagName.text === 'example').map(textOf),
    fields: hasFields ? fieldsOf(checker, checker.getDeclaredTypeOfSymbol(symbol)) : [],
  };
}

/** The members of the union of error codes, with the comment before each. */
function describeErrorCodes(file: ts.SourceFile): Reference['errorCodes'] {
  const codes = file.statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === 'StreamErrorCode');
  if (codes === undefined || !ts.isUnionTypeNode(codes.type)) {
    throw new Error('StreamErrorCode is not a union.');
  }
  let end = codes.type.pos;
  return codes.type.types.map((member) => {
    const before = file.text.slice(end, member.getStart(file));
    end = member.end;
    const text = before.replace(/^[^/]*\/\*\*|\*\/[^/]*$|^\s*\*(?!\/)/gm, '');
    return { name: member.getText(file).slice(1, -1), text: text.replace(/\s+/g, ' ').trim() };
  });
}

/** Describes the public types and functions by their declarations and doc comments. */
export function describeTypes(): { reference: Reference; files: readonly string[] } {
  const program = createProgram();
  const checker = program.getTypeChecker();
  const [described] = exportsOf(program, DESCRIBED);
  if (described === undefined) throw new Error('Nothing is to be described.');
  const tables = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(described));
  return {
    reference: {
      fields: Object.fromEntries(
        tables.map((table) => [table.getName(), fieldsOf(checker, checker.getTypeOfSymbol(table))]),
      ),
      exports: Object.fromEntries(
        Object.entries(ENTRIES).map(([name, file]) => [
          name,
          exportsOf(program, file).map((symbol) => describeExport(checker, symbol)),
        ]),
      ),
      errorCodes: describeErrorCodes(sourceFile(program, ERRORS)),
    },
    files: program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter((fileName) => !fileName.includes('/node_modules/')),
  };
}
