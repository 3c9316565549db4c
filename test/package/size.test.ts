import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { breakdown, measure, README_SECTION, README_TEXTS, readmeSection } from '../tools/size.mjs';
import { root } from './source-tree.ts';

const { folder } = inject('packed');
const sizes = await measure(folder);

describe('the size, minified and gzipped, with the parser and without React', () => {
  test.each(sizes)('of $label is at most $limit bytes', ({ bytes, limit }) => {
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  test.each(sizes)('of $label could not grow by 1 kB unnoticed', ({ bytes, limit }) => {
    expect(limit - bytes).toBeLessThan(1000);
  });

  test('is that of every hook and of every entry with code for production', async () => {
    const hooks = Object.keys(await import(join(folder, 'dist/index.js'))).filter((name) =>
      /^use[A-Z]/.test(name),
    );
    const measured = sizes
      .filter(({ beside }) => beside === undefined)
      .map(({ entry, names }) => `${entry} ${names.join()}`);
    expect(measured).toEqual(
      expect.arrayContaining([...hooks.map((hook) => `index ${hook}`), 'index *', 'core *']),
    );
  });

  test('can be taken apart by file, heaviest first', async () => {
    for (const size of sizes.filter(({ bytes }) => bytes > 1000)) {
      const files = await breakdown(folder, size);
      const bytes = files.map((file) => file.bytes);
      expect(files).toHaveLength(12);
      expect(bytes).toEqual(bytes.toSorted((left, right) => right - left));
      // The parser is the heaviest file, and a download frames no messages.
      const hasParser = files.some(({ path }) => path === 'eventsource-parser/dist/parse.js');
      expect(hasParser).toBe(size.label !== '`useDownload`');
    }
  });

  test.each(Object.keys(README_TEXTS))(
    'stands in %s as measured, with what it should be (npm run size -- --write)',
    (file) => {
      const written = README_SECTION.exec(readFileSync(join(root, file), 'utf8'))?.[0] ?? '';
      const measured = readmeSection(sizes, file);
      // Each version of Node compresses a little differently: numbers may be off by 0.1 kB.
      const number = /\d+\.\d/g;
      const numbersOf = (text: string) => (text.match(number) ?? []).map(Number);
      expect(written.replace(number, '#')).toBe(measured.replace(number, '#'));
      for (const [index, expected] of numbersOf(measured).entries()) {
        expect(Math.abs((numbersOf(written)[index] ?? 0) - expected)).toBeLessThan(0.15);
      }
    },
  );
});
