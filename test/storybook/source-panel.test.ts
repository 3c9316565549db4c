import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodesIn, parse, root } from '../package/source-tree.ts';
import { aloneAt, outcomeOf, pages, stories, withBrowser } from './open-page.ts';
import type { Entry } from './storybooks.ts';

const { published } = inject('storybooks');
const visit = withBrowser({ permissions: ['clipboard-read', 'clipboard-write'] });

/** The name that a part of a file of stories gives to `showSource`. */
function shownName(node: ts.Node): string | undefined {
  return nodesIn(node)
    .filter(ts.isCallExpression)
    .filter(({ expression }) => expression.getText() === 'showSource')
    .map(({ arguments: [name] }) => name?.getText().slice(1, -1))
    .at(0);
}

/** The file of `stories/examples` that a story shows, or that all stories beside it show. */
function exampleOf({ importPath, exportName }: Entry): string | undefined {
  const declarations = nodesIn(parse(importPath).ast).filter(ts.isVariableDeclaration);
  const named = (name: string) => declarations.find((each) => each.name.getText() === name);
  const [story, meta] = [named(exportName), named('meta')];
  return (story && shownName(story)) ?? (meta && shownName(meta));
}

/** A file to its last character. */
const codeOf = (example: string) =>
  readFileSync(join(root, 'stories/examples', `${example}.tsx`), 'utf8');

const withFile = stories.flatMap((story) => {
  const example = exampleOf(story);
  return example === undefined ? [] : [{ ...story, example }];
});

/** What a button puts on the clipboard. */
async function copiedBy(page: Page, button: Locator): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button.click();
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(read, { timeout: 60_000 }).not.toBe('');
  return read();
}

test('every example is the file of a story', () => {
  const examples = readdirSync(join(root, 'stories/examples')).filter((name) =>
    name.endsWith('.tsx'),
  );
  const shown = new Set(withFile.map(({ example }) => `${example}.tsx`));
  expect(examples.filter((name) => !shown.has(name))).toEqual([]);
});

test('every story of a hook has a file', () => {
  const ids = new Set(withFile.map(({ id }) => id));
  const ofHooks = stories.filter(({ title }) => /^use[A-Z]/.test(title));
  expect(ofHooks.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).toEqual([]);
});

describe('the Code panel below a story', () => {
  let page: Page;
  let leave: () => void;
  let left: Promise<void>;

  // Storybook is opened once and moves from story to story, as its reader does.
  beforeAll(
    () =>
      new Promise<void>((opened) => {
        left = visit(published, '', async (observed) => {
          ({ page } = observed);
          const leaving = new Promise<void>((resolve) => (leave = resolve));
          opened();
          await leaving;
        });
      }),
  );
  afterAll(async () => {
    leave();
    await left;
  });

  test.for(withFile)('shows and copies its file: $title, $name', async ({ id, example }) => {
    const preview = page.frameLocator('#storybook-preview-iframe').locator('body');
    await preview.evaluate((_, storyId) => {
      globalThis.__STORYBOOK_ADDONS_CHANNEL__?.emit('selectStory', { storyId, viewMode: 'story' });
    }, id);
    await page.waitForURL(`**/?path=/story/${id}*`);
    await page.getByRole('tab', { name: 'Code' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Code' });
    // Storybook's panel leaves out the newline at the end; the page of the hook below does not.
    await expect
      .poll(() => panel.locator('pre').textContent(), { timeout: 60_000 })
      .toBe(codeOf(example).trim());
    const copy = panel.getByRole('button', { name: 'Copy' });
    expect(await copiedBy(page, copy)).toBe(codeOf(example).trim());
  });
});

/** The pages that are made of files of stories, each with the files it shows. */
const autodocs = pages.flatMap((entry) => {
  const shown = withFile.filter(({ importPath }) => importPath === entry.importPath);
  return shown.length === 0 ? [] : [{ ...entry, examples: shown.map(({ example }) => example) }];
});

test.for(autodocs)('a page shows and copies the file of each story: $title', async (entry) => {
  await visit(published, aloneAt(entry), async ({ page }) => {
    await outcomeOf(page);
    // The button says for a while that it has copied.
    const copies = page.getByRole('button', { name: /^(Copy code|Copied)/ });
    await copies.nth(entry.examples.length).waitFor();
    // The first story stands on top, and again among all.
    const expected = [entry.examples[0] ?? '', ...entry.examples].map(codeOf);
    const copied: string[] = [];
    for (const copy of await copies.all()) copied.push(await copiedBy(page, copy));
    expect(copied).toEqual(expected);
  });
});
