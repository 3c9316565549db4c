import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, root } from './source-tree.ts';
import { pageIds, stories } from './story-index.ts';

const PAPERS = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SECURITY.md'];

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const storyIds = new Set(stories.map(({ id }) => id));

/** The targets of the links of a text in Markdown. */
const linksIn = (text: string) => [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);

/** The anchors of its headings, as GitHub and Storybook name them. */
const anchorsIn = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Whether a link leads somewhere; an address of another host is only read. */
function isGood(link: string, anchors: readonly string[]): boolean {
  if (/^[a-z]+:/.test(link)) return /^(https|mailto):/.test(link) && URL.canParse(link);
  if (link.startsWith('#')) return anchors.includes(link.slice(1));
  const [, kind, id = ''] = /^\?path=\/(story|docs)\/([^#]+)/.exec(link) ?? [];
  if (kind === 'story') return storyIds.has(id);
  if (kind === 'docs') return pageIds.has(id);
  return existsSync(join(root, link.replace(/#.*/, '')));
}

const pages = filesUnder('stories').filter((path) => path.endsWith('.mdx'));

describe.each([...PAPERS, ...pages])('every link of %s', (path) => {
  test('leads somewhere', () => {
    const text = read(path);
    const anchors = anchorsIn(text);
    expect(linksIn(text).filter((link) => !isGood(link, anchors))).toEqual([]);
  });
});
