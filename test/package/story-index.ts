import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storyNameFromExport, toId } from 'storybook/internal/csf';
import { loadCsf } from 'storybook/internal/csf-tools';
import { filesUnder, root } from './source-tree.ts';

/** A story, as Storybook will know it. */
export interface IndexedStory {
  readonly id: string;
  readonly title: string;
  readonly exportName: string;
  /** From the root of the repository. */
  readonly path: string;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every story, read from the files without starting Storybook. */
export const stories: readonly IndexedStory[] = filesUnder('stories')
  .filter((path) => path.endsWith('.stories.tsx'))
  .flatMap((path) => {
    const makeTitle = (title = '') => title;
    return loadCsf(read(path), { fileName: path, makeTitle })
      .parse()
      .indexInputs.map(({ exportName, title = '' }) => {
        return { id: toId(title, storyNameFromExport(exportName)), title, exportName, path };
      });
  });

/** The ids of the pages: one for each title, of stories or of a page in MDX. */
export const pageIds: ReadonlySet<string> = new Set([
  ...stories.map(({ title }) => toId(title, 'docs')),
  ...filesUnder('stories')
    .filter((path) => path.endsWith('.mdx'))
    .map((path) => pageId(path, read(path))),
]);

/** The id of a page in MDX, whose title may be that of the stories it is about. */
function pageId(path: string, text: string): string {
  const [, title] = /<Meta title="([^"]+)"/.exec(text) ?? [];
  if (title !== undefined) return toId(title, 'docs');
  const [, subject = '', name = 'docs'] = /<Meta of=\{(\w+)\}(?: name="([^"]+)")?/.exec(text) ?? [];
  const [, file = ''] = new RegExp(`import \\* as ${subject} from '([^']+)'`).exec(text) ?? [];
  const source = join(dirname(path), file);
  const about = stories.find((story) => story.path === source)?.title ?? '';
  return toId(about, name);
}
