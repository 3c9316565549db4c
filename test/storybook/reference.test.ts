import ts from 'typescript';
import { describe, expect, inject, test } from 'vitest';
import { root } from '../package/source-tree.ts';
import { aloneAt, outcomeOf, pages, withBrowser } from './open-page.ts';

const { published } = inject('storybooks');
const visit = withBrowser();

/** Every form in which a hook takes options and gives a result. */
const FORMS = `
import type * as rivulet from 'rivulet';
type Schema = rivulet.StandardSchema<number>;
type Parser = () => number;
export interface Forms {
  useEventSource: [
    rivulet.EventSourceOptions<{ a: number }, number>,
    rivulet.EventSourceOptions<{ a: string }, number>,
    rivulet.EventSourceInferredOptions<Schema, number>,
    rivulet.EventSourceInferredOptions<Parser, number>,
    rivulet.EventSourceResult<{ a: number }, number>,
  ];
  useStreamingFetch: [
    rivulet.StreamingFetchOptions<number, number>,
    rivulet.StreamingFetchOptions<string, number>,
    rivulet.StreamingFetchOptions<rivulet.Bytes, number>,
    rivulet.StreamingFetchInferredOptions<Schema, number>,
    rivulet.StreamingFetchInferredOptions<'bytes', number>,
    rivulet.StreamingFetchResult<number, number>,
    rivulet.RequestOverrides,
  ];
  useDownload: [
    rivulet.DownloadOptions<'json'>,
    rivulet.DownloadToSinkOptions,
    rivulet.DownloadResult<'bytes'>,
    rivulet.RequestOverrides,
  ];
  StreamConfig: [rivulet.StreamConfigProps];
  Errors: [Omit<rivulet.StreamError, keyof Error>];
}
`;

/** Makes a program of the sources and one file that exists only here. */
function programOf(name: string, text: string): ts.Program {
  const { config } = ts.readConfigFile(`${root}/test/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, `${root}/test`);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, ...others) =>
    path === name
      ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      : getSourceFile(path, ...others);
  return ts.createProgram([name], options, host);
}

/** The names of all fields of all forms, by the title of the page that should name them. */
function fieldNames(): Map<string, Set<string>> {
  const name = `${root}/test/storybook/forms.ts`;
  const program = programOf(name, FORMS);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(name);
  const module = file && checker.getSymbolAtLocation(file);
  const [forms] = module ? checker.getExportsOfModule(module) : [];
  if (forms === undefined) throw new Error('The forms did not compile.');
  const pageForms = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(forms));
  return new Map(
    pageForms.map((page) => {
      const tuple = checker.getTypeOfSymbol(page);
      const members = checker.getTypeArguments(tuple as ts.TypeReference);
      const names = members
        .flatMap((member) => (member.isUnion() ? member.types : [member]))
        .flatMap((member) => checker.getPropertiesOfType(member))
        .map((property) => property.getName())
        // A symbol that only carries a type is nothing to give.
        .filter((property) => !property.startsWith('__@'));
      return [page.getName(), new Set(names)];
    }),
  );
}

describe('the page of a hook', () => {
  const names = fieldNames();

  test.for([...names.keys()])('names every option and field, with a text: %s', async (title) => {
    const entry = pages.find((page) => page.title.replace('Reference/', '') === title);
    expect(entry).toBeDefined();
    if (entry === undefined) return;
    const rows = await visit(published, aloneAt(entry), async ({ page }) => {
      await outcomeOf(page);
      await page.locator('table.reference').first().waitFor();
      return page.locator('table.reference tbody tr').evaluateAll((all) =>
        all.map((row) => ({
          name: row.querySelector('th code')?.textContent,
          type: row.querySelector('[data-type]')?.textContent,
          text: row.querySelector('td')?.textContent,
        })),
      );
    });
    const named = new Map(rows.map((row) => [row.name, row]));
    const wanted = [...(names.get(title) ?? [])];
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.filter((name) => !named.has(name))).toEqual([]);
    expect(wanted.filter((name) => !/\w/.test(named.get(name)?.type ?? ''))).toEqual([]);
    expect(wanted.filter((name) => !/\w{3}/.test(named.get(name)?.text ?? ''))).toEqual([]);
  });

  test('says what the source says', async () => {
    const entry = { id: 'useeventsource--docs', type: 'docs' } as const;
    await visit(published, `iframe.html?id=${entry.id}&viewMode=docs`, async ({ page }) => {
      const row = page.getByRole('row', { name: /^pauseWhenHidden/ });
      expect(await row.getByRole('cell').innerText()).toBe(
        'Pause while the page is hidden, if the request may be repeated. Default false.',
      );
    });
  });
});

test('the page of the errors explains every code', async () => {
  await visit(
    published,
    'iframe.html?id=reference-errors--docs&viewMode=docs',
    async ({ page }) => {
      await outcomeOf(page);
      const rows = await page
        .getByRole('table', { name: 'Error codes' })
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
      const text = ts.sys.readFile(`${root}/src/core/errors.ts`) ?? '';
      const [, union = ''] = /type StreamErrorCode =([^]*?);\n\n/.exec(text) ?? [];
      const codes = [...union.matchAll(/^ {2}\| '([\w-]+)'/gm)].map(([, code]) => code);
      expect(codes.length).toBeGreaterThan(20);
      expect(rows.map(([code]) => code)).toEqual(codes);
      expect(rows.filter(([, meaning]) => !/\w{3}/.test(meaning ?? ''))).toEqual([]);
    },
  );
});
