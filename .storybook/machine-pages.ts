import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { Plugin } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const HOMEPAGE = 'https://www.npmjs.com/package/rivulet';

/** An item of a registry as shadcn reads it (ui.shadcn.com/schema/registry-item.json). */
export interface RegistryItem {
  readonly $schema: string;
  readonly name: string;
  readonly type: 'registry:component' | 'registry:lib';
  readonly title: string;
  readonly description: string;
  readonly dependencies: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly type: 'registry:component' | 'registry:lib';
    readonly content: string;
  }[];
}

/** A registry as shadcn reads it (ui.shadcn.com/schema/registry.json): its items without their code. */
export interface Registry {
  readonly $schema: string;
  readonly name: string;
  readonly homepage: string;
  readonly items: readonly object[];
}

/** The text of a comment, without its stars. */
function commentText(comment: string): string {
  return comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/:$/, '.');
}

function itemOf(path: string): RegistryItem {
  const content = read(path);
  const name = basename(path).replace(/\.tsx?$/, '');
  const isComponent = path.endsWith('.tsx');
  const type = isComponent ? 'registry:component' : 'registry:lib';
  // A component says what it does before its function, a library at its top.
  const comments = isComponent
    ? [...content.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport function/g)].at(-1)
    : /\/\*\*((?:(?!\*\/)[^])*?)(?:\n \*\n|\*\/)/.exec(content);
  const title = name
    .replaceAll('-', ' ')
    .replace(/^(?:llm|ndjson)\b/, (word) => word.toUpperCase());
  return {
    $schema: 'https://ui.shadcn.com/schema/registry-item.json',
    name,
    type,
    title: title.charAt(0).toUpperCase() + title.slice(1),
    description: commentText(comments?.[1] ?? title),
    dependencies: ['rivulet'],
    files: [{ path, type, content }],
  };
}

/** An item for every example: what `npx shadcn add <this site>/r/<name>.json` copies into an app. */
export function registryItems(): RegistryItem[] {
  return readdirSync(join(root, 'stories/examples'))
    .toSorted()
    .map((name) => itemOf(`stories/examples/${name}`));
}

/** The list of all items. */
export function registry(): Registry {
  return {
    $schema: 'https://ui.shadcn.com/schema/registry.json',
    name: 'rivulet',
    homepage: HOMEPAGE,
    items: registryItems().map(({ name, type, title, description, dependencies, files }) => ({
      name,
      type,
      title,
      description,
      dependencies,
      files: files.map((file) => ({ path: file.path, type: file.type })),
    })),
  };
}

/** A page of the documentation as Markdown. */
export interface TextPage {
  /** As in the address of the page, such as `guides-choosing`. */
  readonly id: string;
  readonly title: string;
  /** Its first sentence or two. */
  readonly summary: string;
  readonly text: string;
}

/** Storybook's way from a title to an id. */
const idOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** A `<FactTable>` as a Markdown table. */
function tableOf(head: string, rows: string): string {
  const literal = (text: string): string[] & string[][] => runInNewContext(`(${text})`);
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const titles: string[] = literal(head);
  const cells: string[][] = literal(rows);
  return [line(titles), line(titles.map(() => '---')), ...cells.map(line)].join('\n');
}

/** A page written in MDX as plain Markdown: tables and files in full, live stories left out. */
function toMarkdown(path: string): string {
  const source = read(path);
  const files = new Map(
    [...source.matchAll(/^import (\w+) from '(.+)\?raw';$/gm)].map(([, name = '', from = '']) => [
      name,
      read(join(dirname(path), from)),
    ]),
  );
  return source
    .slice(source.indexOf('<Meta '))
    .replace(/^<(?:Meta|Canvas)\b[^>]*\/>\n*/gm, '')
    .replace(
      /^<AddCommand name="([\w-]+)" \/>$/gm,
      '```sh\nnpx shadcn@latest add <this site>/r/$1.json\n```',
    )
    .replace(
      /^<FactTable\n\s+label="[^"]*"\n\s+head=\{([^]*?)\}\n\s+rows=\{([^]*?\n  \])\}\n\/>/gm,
      (_, head: string, rows: string) => tableOf(head, rows),
    )
    .replace(
      /^<Source(?:File)? code=\{(\w+)\} language="(\w+)" \/>/gm,
      (_, name: string, language: string) => `\`\`\`${language}\n${files.get(name) ?? ''}\`\`\``,
    )
    .replace(/\]\(\?path=\/docs\/((?:guides-|introduction)[^)]*)--docs\)/g, '](./$1.md)')
    .replace(/\[([^\]]*)\]\(\?path=[^)]*\)/g, '$1')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function titleOf(path: string): string {
  const source = read(path);
  const stories = /^import \* as Stories from '\.\/(.+)';$/m.exec(source)?.[1];
  const text = stories === undefined ? source : read(join(dirname(path), stories));
  const title = /<Meta title="([^"]+)"/.exec(source)?.[1] ?? /title: '([^']+)'/.exec(text)?.[1];
  if (title === undefined) throw new Error(`${path} has no title.`);
  return title;
}

/** The introduction and the guides. */
export function textPages(): TextPage[] {
  const guides = readdirSync(join(root, 'stories/guide'))
    .filter((name) => name.endsWith('.mdx'))
    .map((name) => `stories/guide/${name}`);
  return ['stories/introduction.mdx', ...guides.toSorted()].map((path) => {
    const text = toMarkdown(path);
    const [heading = '', ...paragraphs] = text.split('\n\n');
    const first = paragraphs.find(
      (paragraph) => /^[A-Z`]/.test(paragraph) && !paragraph.startsWith('English'),
    );
    const summary = (first ?? '')
      .replace(/\s+/g, ' ')
      .split(/(?<=[.?!:]) (?=[A-Z])/)
      .slice(0, 2);
    return {
      id: idOf(titleOf(path)),
      title: heading.replace(/^# /, ''),
      summary: summary.join(' ').replace(/:$/, '.'),
      text,
    };
  });
}

/** The types with their comments, which are the reference of all options and fields. */
const TYPE_FILES = [
  'src/core/types.ts',
  'src/core/event-source/types.ts',
  'src/core/streaming-fetch/types.ts',
  'src/core/download/types.ts',
  'src/core/errors.ts',
];

/** `llms.txt` (llmstxt.org): what there is to read, and where. */
export function llmsText(): string {
  const links = textPages().map(
    ({ id, title, summary }) => `- [${title}](llms/${id}.md): ${summary}`,
  );
  return `# Rivulet

> React hooks for data that arrives bit by bit: Server-Sent Events (\`useEventSource\`), streamed fetch
> such as LLM tokens and NDJSON (\`useStreamingFetch\`), and downloads with progress (\`useDownload\`).
> Install with \`npm install rivulet\`. React 18 or newer, ESM, typed, no dependencies.

- [Everything in one file](llms-full.txt): the README, all pages below, the examples and the types
- [Examples to copy](registry.json): \`npx shadcn@latest add <this site>/r/chat.json\`

## Pages

${links.join('\n')}
`;
}

/** `llms-full.txt`: the README, every page, the recipes and main examples, and the types. */
export function llmsFullText(): string {
  const code = (path: string) => `# ${path}\n\n\`\`\`ts\n${read(path)}\`\`\``;
  const examples = registryItems().flatMap(({ files }) => files.map(({ path }) => code(path)));
  return `${[
    read('README.md').trim(),
    ...textPages().map(({ text }) => text),
    ...examples,
    ...TYPE_FILES.map(code),
  ].join('\n\n---\n\n')}\n`;
}

/** Every file that this adds to the static Storybook, by its name. */
export function machineFiles(): Map<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ['registry.json', json(registry())],
    ...registryItems().map((item): [string, string] => [`r/${item.name}.json`, json(item)]),
    ['llms.txt', llmsText()],
    ['llms-full.txt', llmsFullText()],
    ...textPages().map(({ id, text }): [string, string] => [`llms/${id}.md`, `${text}\n`]),
  ]);
}

/** Adds to the Storybook what tools read: a registry of the examples, and the pages as text. */
export function machinePages(): Plugin {
  return {
    name: 'machine-pages',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = request.url?.slice(1) ?? '';
        if (!/^(?:r\/|llms|registry\.json$)/.test(path)) {
          next();
          return;
        }
        const file = machineFiles().get(path);
        response.statusCode = file === undefined ? 404 : 200;
        response.setHeader(
          'Content-Type',
          path.endsWith('.json') ? 'application/json' : 'text/plain',
        );
        response.end(file);
      });
    },
    generateBundle() {
      for (const [fileName, source] of machineFiles()) {
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}
