import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { filesUnder, root } from './source-tree.ts';

/** A block of code in a guide. */
interface Snippet {
  /** Where it stands: `path:line`. */
  readonly place: string;
  /** The file that it is taken for, beside its guide. */
  readonly file: string;
  readonly code: string;
  /** Whether its types are checked: not those of a fragment, nor of code before a migration. */
  readonly isChecked: boolean;
}

const CODE_BLOCK = /^```(tsx?)([^\n]*)\n(.*?)^```$/gms;

/** What a whole file begins with; anything else is a fragment, of which only the syntax is checked. */
const WHOLE_FILE = /^(import |export |'use client'|\/\*\*)/;

/** The blocks of TypeScript in a text. */
function snippetsIn(path: string, text: string): Snippet[] {
  return [...text.matchAll(CODE_BLOCK)].map((match) => {
    const [, extension = '', info = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const file = join(root, dirname(path), `snippet-${line}-of-${path.split('/').at(-1)}`);
    const isChecked = WHOLE_FILE.test(code) && info.trim() !== 'before';
    return { place: `${path}:${line}`, file: `${file}.${extension}`, code, isChecked };
  });
}

/** What the snippets use of packages that are not installed here. */
const OTHER_PACKAGES = join(root, 'stories/guide/other-packages.d.ts');

const guides = filesUnder('stories')
  .filter((path) => path.endsWith('.mdx'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const snippets = guides.flatMap(({ path, text }) => snippetsIn(path, text));

/** The options of the stories, with the types of a server. */
const { config } = ts.readConfigFile(join(root, 'stories/tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'stories'));

/** What the compiler says about snippets: their types, or where those are unknown their syntax. */
function complaintsAbout(checked: readonly Snippet[]): string[] {
  const byFile = new Map(checked.map((snippet) => [snippet.file, snippet]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const codeOf = (file: string) => byFile.get(file)?.code;
  host.fileExists = (file) => byFile.has(file) || fileExists(file);
  host.readFile = (file) => codeOf(file) ?? readFile(file);
  const { getSourceFile } = host;
  host.getSourceFile = (file, languageVersion) => {
    const code = codeOf(file);
    return code === undefined
      ? getSourceFile(file, languageVersion)
      : ts.createSourceFile(file, code, languageVersion, true);
  };
  const program = ts.createProgram([OTHER_PACKAGES, ...byFile.keys()], options, host);
  return checked.flatMap((snippet) => {
    const source = program.getSourceFile(snippet.file);
    const syntax = program.getSyntacticDiagnostics(source);
    const meaning = snippet.isChecked ? program.getSemanticDiagnostics(source) : [];
    return [...syntax, ...meaning].map(({ messageText, start = 0 }) => {
      const line = snippet.code.slice(0, start).split('\n').length;
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      return `${snippet.place}, line ${line}: ${message}`;
    });
  });
}

const complaints = complaintsAbout(snippets);

describe('the code in the pages of the Storybook', () => {
  test('is there, in most guides', () => {
    const pages = new Set(snippets.map(({ place }) => place.replace(/:\d+$/, '')));
    expect([...pages].filter((path) => path.startsWith('stories/guide/')).length).toBeGreaterThan(
      5,
    );
  });

  test('compiles against the library, under the strictest options', () => {
    expect(complaints).toEqual([]);
  });

  test('is left unchecked only where it does not name the library', () => {
    const unchecked = snippets.filter(({ isChecked }) => !isChecked);
    const own = unchecked.filter(({ code }) => /from 'rivulet/.test(code));
    expect(own.map(({ place }) => place)).toEqual([]);
  });
});

test('the guide to errors has cause and cure for every code', () => {
  const type = readFileSync(join(root, 'src/core/errors.ts'), 'utf8');
  const codes = [...type.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code);
  const guide = guides.find(({ path }) => path.endsWith('guide/errors.mdx'))?.text ?? '';
  const rows = [...guide.matchAll(/^ {4}\['`([a-z-]+)`', .+, .+\],$/gm)].map(([, code]) => code);
  expect(codes).toContain('network');
  expect(rows.toSorted()).toEqual(codes.toSorted());
});
