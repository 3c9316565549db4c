import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  llmsFullText,
  llmsText,
  machineFiles,
  registry,
  registryItems,
  textPages,
} from '../../.storybook/machine-pages.ts';
import { filesUnder, root } from '../package/source-tree.ts';

/** The fields of registry-item.json that are used here, and what the schema wants of each. */
const ITEM_FIELDS: Record<string, (value: unknown) => boolean> = {
  $schema: (value) => value === 'https://ui.shadcn.com/schema/registry-item.json',
  name: (value) => /^[a-z0-9-]+$/.test(String(value)),
  type: (value) => value === 'registry:component' || value === 'registry:lib',
  title: (value) => typeof value === 'string' && value !== '',
  description: (value) => typeof value === 'string' && value !== '',
  dependencies: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  files: (value) => Array.isArray(value) && value.length > 0,
};

describe('the registry', () => {
  const items = registryItems();

  test('has an item for every example', () => {
    const names = items.flatMap(({ files }) => files.map(({ path }) => path));
    expect(names).toEqual(filesUnder('stories/examples').toSorted());
  });

  test.each(items.map((item) => ({ ...item })))(
    'has $name in the form that shadcn reads, with the file as it is',
    (item) => {
      const wrong = Object.entries(item).filter(([field, value]) => !ITEM_FIELDS[field]?.(value));
      expect(wrong).toEqual([]);
      expect(Object.keys(item).toSorted()).toEqual(Object.keys(ITEM_FIELDS).toSorted());
      for (const file of item.files) {
        expect(Object.keys(file).toSorted()).toEqual(['content', 'path', 'type']);
        expect(file.type).toBe(item.type);
        expect(file.content).toBe(readFileSync(join(root, file.path), 'utf8'));
      }
    },
  );

  test.each(items.map((item) => ({ ...item })))(
    'names all that $name imports from elsewhere, and it marks itself as a client component',
    ({ files, dependencies, type }) => {
      for (const { content } of files) {
        const imported = [...content.matchAll(/ from '([^']+)';/g)].map(([, name = '']) => name);
        const packages = imported.map((name) => name.split('/')[0] ?? '');
        expect(packages.filter((name) => name !== 'react' && !dependencies.includes(name))).toEqual(
          [],
        );
        expect(content.startsWith("'use client';\n")).toBe(type === 'registry:component');
      }
    },
  );

  test('lists its items without their code', () => {
    const { items: listed, ...rest } = registry();
    expect(rest).toEqual({
      $schema: 'https://ui.shadcn.com/schema/registry.json',
      name: 'rivulet',
      homepage: expect.stringMatching(/^https:/),
    });
    expect(listed).toHaveLength(items.length);
    expect(JSON.stringify(listed)).not.toContain('content');
  });
});

describe('the pages as text', () => {
  const pages = textPages();

  test('are the introduction and every guide, each under an id of its own', () => {
    const guides = filesUnder('stories/guide').filter((path) => path.endsWith('.mdx'));
    expect(new Set(pages.map(({ id }) => id)).size).toBe(guides.length + 1);
  });

  test.each(pages)('are plain Markdown: $id', ({ text, title, summary }) => {
    const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`]*`/g, '');
    expect(prose).not.toMatch(/<[A-Z]|\?path=|\{\[/);
    expect(title).not.toBe('');
    expect(summary).toMatch(/[.:?]$/);
  });

  test('keep every block of code as it is', () => {
    const text = pages.map((page) => page.text).join('\n');
    const guides = filesUnder('stories/guide').filter((path) => path.endsWith('.mdx'));
    const blocks = guides.flatMap(
      (path) => readFileSync(join(root, path), 'utf8').match(/^```.*?^```$/gms) ?? [],
    );
    expect(blocks.length).toBeGreaterThan(50);
    expect(blocks.filter((code) => !text.includes(code))).toEqual([]);
  });

  test('link only to pages that are there', () => {
    const files = machineFiles();
    const links = [...llmsText().matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(pages.length);
    expect(links.filter((link) => !files.has(link))).toEqual([]);
    const inner = pages.flatMap(({ text }) =>
      [...text.matchAll(/\]\(\.\/([^)]+)\)/g)].map(([, link = '']) => `llms/${link}`),
    );
    expect(inner.filter((link) => !files.has(link))).toEqual([]);
  });

  test('are all in the one file, with the README, the examples and the types', () => {
    const text = llmsFullText();
    for (const page of pages) expect(text).toContain(page.text);
    expect(text).toContain('# Rivulet');
    expect(text).toContain('# stories/examples/chat.tsx');
    expect(text).toContain('# src/core/types.ts');
  });
});
