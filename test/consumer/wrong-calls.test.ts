import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { COMPILERS, compile, STRICT } from './compilers.ts';

const { project } = inject('packed');
const folder = join(project, 'wrong-calls');

/** Mistakes that are easily made, and what the compiler has to point out, in words or by position. */
const CALLS: [call: string, names: string][] = [
  [`useStreamingFetch('/x', { endWhen: 5 })`, 'endWhen'],
  [`useStreamingFetch('/x', { schema: price, maxMesages: 5 })`, 'maxMesages'],
  [`useStreamingFetch('/x', { framing: 'ndjsn', onMessage() {} })`, 'framing'],
  ['useEventSource(id && `/notes/${id}`)', 'null'],
  [`useEventSource('/x', { schema: { price }, on: { prise() {} } })`, 'prise'],
  [`useEventSource('/x', { parse: 'xml', retry: false })`, 'parse'],
  [`useEventSource<Note>('/x', { parse: 'json' })`, 'type argument'],
  [`useEventSource<Feed>('/x')`, 'parse'],
  [`useEventSource(() => '/ticket')`, 'WithKey'],
  [`useDownload('/x', { as: 'json', schema: price, expectedByte: 5 })`, 'expectedByte'],
];

const HEAD = `import { useDownload, useEventSource, useStreamingFetch } from 'rivulet';
import type { StandardSchema } from 'rivulet/core';
interface Price { symbol: string; value: number }
interface Note { id: string; text: string }
type Feed = { price: Price; note: string };
export type { Feed, Note, Price };
declare const price: StandardSchema<Price>;
declare const id: string | undefined;
`;

const source = `${HEAD}${CALLS.map(([call]) => `${call};\n`).join('')}`;

/** What a compiler says about one line: where it points, and the last and deepest of its words. */
interface Complaint {
  readonly token: string;
  readonly words: string;
}

/** The complaints by the line that they are about. */
function complaintsOf(output: string): Map<number, Complaint> {
  const complaints = new Map<number, Complaint>();
  for (const [, place, column, said = ''] of output.matchAll(
    /^calls\.ts\((\d+),(\d+)\): (.*(?:\n .*)*)/gm,
  )) {
    const line = Number(place);
    const text = source.split('\n')[line - 1] ?? '';
    const [token = ''] = /^[\w$]*/.exec(text.slice(Number(column) - 1)) ?? [];
    const [first = '', ...more] = said.split('\n');
    complaints.set(line, { token, words: (more.at(-1) ?? first).trim() });
  }
  return complaints;
}

/** The types of library unions are long and their members have no order. */
const shortened = (words: string) =>
  words.replace(/^(error TS\d+: )/, '').replace(/(in type ')\(?[^']{60,}.*$/, "$1…'");

beforeAll(() => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'calls.ts'), source);
  const compilerOptions = { ...STRICT, module: 'ESNext', moduleResolution: 'bundler' };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
});

describe.each(COMPILERS)('TypeScript %s', (version, script) => {
  test('refuses ten wrong calls, and names what is wrong', async () => {
    const complaints = complaintsOf(compile(script, folder, '-p', '.'));
    const first = HEAD.split('\n').length;
    const told = CALLS.map(([call, names], index) => {
      const { token, words } = complaints.get(first + index) ?? { token: '', words: '' };
      return { call, names, token, words };
    });
    expect(
      told.filter(({ names, token, words }) => token !== names && !words.includes(names)),
    ).toEqual([]);
    expect([...complaints.keys()]).toEqual(CALLS.map((_, index) => first + index));
    const table = told.map(
      ({ call, token, words }) => `${call}\n  ${token}: ${shortened(words)}\n`,
    );
    await expect(table.join('')).toMatchFileSnapshot(`wrong-calls/typescript-${version}.txt`);
  });
});
