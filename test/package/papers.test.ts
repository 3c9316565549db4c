import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, root } from './source-tree.ts';

const PAPERS = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SECURITY.md'];

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe.each(PAPERS)('%s', (paper) => {
  const text = read(paper);

  test('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('links to headings of its own that exist', () => {
    const anchorOf = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-');
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(anchors.length).toBeGreaterThan(3);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  test('names paths of the repository that exist', () => {
    const named = [...text.matchAll(/`((?:src|stories|test)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name);
    const builtIn = ['audit', 'ci', 'install'];
    expect(named.filter((name) => !builtIn.includes(name) && !(name in scripts))).toEqual([]);
  });
});

describe('the pages of the Storybook', () => {
  test('have no Markdown tables, which MDX shows as they are', () => {
    const pages = filesUnder('stories').filter((path) => path.endsWith('.mdx'));
    expect(pages.length).toBeGreaterThan(15);
    expect(pages.filter((path) => /^\|/m.test(read(path)))).toEqual([]);
  });
});

describe('what a newcomer looks for', () => {
  test('stands in the papers: both commands, and every link of README.md to a paper', () => {
    const readme = read('README.md');
    expect(readme.match(/\]\((?:src|stories|test)\//g)?.length).toBeGreaterThan(10);
    expect(read('CONTRIBUTING.md')).toContain('npm ci && npm run storybook');
    expect(read('CONTRIBUTING.md')).toContain('npm ci && npm test');
    for (const paper of PAPERS.slice(1)) expect(readme).toContain(`](${paper})`);
  });

  test('is asked for by templates and done by workflows', () => {
    expect(filesUnder('.github')).toEqual(
      expect.arrayContaining([
        '.github/ISSUE_TEMPLATE/bug.yml',
        '.github/ISSUE_TEMPLATE/feature.yml',
        '.github/PULL_REQUEST_TEMPLATE.md',
        '.github/dependabot.yml',
        '.github/workflows/ci.yml',
        '.github/workflows/release.yml',
      ]),
    );
    expect(read('.github/workflows/ci.yml')).toMatch(/node: \[20, 22, 24\]/);
    expect(read('.github/workflows/release.yml')).toMatch(/NPM_CONFIG_PROVENANCE: true/);
  });

  test('is a change log that begins with the version of the package', () => {
    const newest = /^## (\S+)$/m.exec(read('CHANGELOG.md'))?.[1];
    expect(newest).toBe(JSON.parse(read('package.json')).version);
  });
});

const TRANSLATIONS = [
  ['README.md', 'README.zh-CN.md'],
  ['stories/introduction.mdx', 'stories/introduction.zh-cn.mdx'],
] as const;

describe.each(TRANSLATIONS)('the translation of %s', (original, translation) => {
  const [english, chinese] = [read(original), read(translation)];
  const codeOf = (text: string) => text.match(/^```.*?^```$/gms);
  const headingsOf = (text: string) =>
    (text.replace(/^```.*?^```$/gms, '').match(/^#+(?= )/gm) ?? []).map((marks) => marks.length);

  test('has its headings, level by level', () => {
    expect(headingsOf(english).length).toBeGreaterThan(3);
    expect(headingsOf(chinese)).toEqual(headingsOf(english));
  });

  test('has its code blocks, to the letter', () => {
    expect(codeOf(english)?.length).toBeGreaterThan(1);
    expect(codeOf(chinese)).toEqual(codeOf(english));
  });

  test('has its tables and list items, with the same names of the package', () => {
    const rowsOf = (text: string) => text.match(/^\|.*\|$|^- .*$/gm) ?? [];
    const namesIn = (row: string) => (row.match(/`[^`]+`/g) ?? []).toSorted();
    expect(rowsOf(english).length).toBeGreaterThan(20);
    expect(rowsOf(chinese).map(namesIn)).toEqual(rowsOf(english).map(namesIn));
  });

  test('links to where it links, and each to the other', () => {
    const linksOf = (text: string) =>
      (text.match(/\]\((?!#)[^)]+\)|^\[\w+\]: \S+$/gm) ?? []).toSorted();
    const [toOriginal, toTranslation] = original.endsWith('.mdx')
      ? ['](?path=/docs/introduction--docs)', '](?path=/docs/中文介绍--docs)']
      : [`](${original})`, `](${translation})`];
    expect(linksOf(english)).toContain(toTranslation);
    expect(linksOf(chinese)).toContain(toOriginal);
    const others = (text: string) =>
      linksOf(text).filter((link) => link !== toOriginal && link !== toTranslation);
    expect(others(chinese)).toEqual(others(english));
  });
});
