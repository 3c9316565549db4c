import { basename } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { filesUnder, nodesIn, parse } from './source-tree.ts';
import { stories } from './story-index.ts';

/** The name that a node gives to `showSource`: the file that the Code panel shows. */
function shownName(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  return nodesIn(node)
    .filter(ts.isCallExpression)
    .filter(({ expression }) => expression.getText() === 'showSource')
    .map(({ arguments: [name] }) => name?.getText().slice(1, -1))
    .at(0);
}

/** What a story shows, or what all stories of its file show. */
const shown = stories.map(({ id, title, path, exportName }) => {
  const declarations = nodesIn(parse(path).ast).filter(ts.isVariableDeclaration);
  const named = (name: string) => declarations.find((each) => each.name.getText() === name);
  return { id, title, example: shownName(named(exportName)) ?? shownName(named('meta')) };
});

const examples = filesUnder('stories/examples')
  .filter((path) => path.endsWith('.tsx'))
  .map((path) => basename(path, '.tsx'));

test('the Code panel of every story of a hook shows an example', () => {
  const ofHooks = shown.filter(({ title }) => /^use[A-Z]/.test(title));
  expect(ofHooks.length).toBeGreaterThan(0);
  expect(ofHooks.filter(({ example = '' }) => !examples.includes(example))).toEqual([]);
});

test('every example is shown by a story', () => {
  const names = new Set(shown.map(({ example }) => example));
  expect(examples.filter((name) => !names.has(name))).toEqual([]);
});
