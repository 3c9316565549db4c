import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import ts from 'typescript';
import { describe, expect, inject, test } from 'vitest';
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

describe('the code of a story', () => {
  // That every story shows the right file is read from the files, in `test/package`.
  const [story] = withFile.filter(({ title }) => title === 'useEventSource');

  test('is shown and copied by the Code panel, to the last character', async () => {
    if (story === undefined) throw new Error('useEventSource has no story with a file.');
    await visit(published, `?path=/story/${story.id}`, async ({ page }) => {
      await page.getByRole('tab', { name: 'Code' }).click();
      const panel = page.getByRole('tabpanel', { name: 'Code' });
      // Storybook's panel leaves out the newline at the end; the page of the hook does not.
      const code = codeOf(story.example).trim();
      await expect.poll(() => panel.locator('pre').textContent(), { timeout: 60_000 }).toBe(code);
      expect(await copiedBy(page, panel.getByRole('button', { name: 'Copy' }))).toBe(code);
    });
  });

  test('is shown and copied by the page of its hook, story by story', async () => {
    const entry = pages.find(({ importPath }) => importPath === story?.importPath);
    if (entry === undefined) throw new Error('useEventSource has no page.');
    const shown = withFile.filter(({ importPath }) => importPath === entry.importPath);
    await visit(published, aloneAt(entry), async ({ page }) => {
      await outcomeOf(page);
      // The button says for a while that it has copied.
      const copies = page.getByRole('button', { name: /^(Copy code|Copied)/ });
      await copies.nth(shown.length - 1).waitFor();
      const examples = shown.map(({ example }) => example);
      const copied: string[] = [];
      for (const copy of await copies.all()) copied.push(await copiedBy(page, copy));
      expect(copied).toEqual(examples.map(codeOf));
    });
  });
});
