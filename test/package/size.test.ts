import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { measure, README_SECTION } from '../tools/size.mjs';
import { root } from './source-tree.ts';

const sizes = await measure(inject('packed').folder);

describe('the size, minified and gzipped, with the parser and without React', () => {
  test.each(sizes)('of $label is at most $limit bytes', ({ bytes, limit }) => {
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  test('stands in README.md as measured (npm run size -- --write)', () => {
    const section = README_SECTION.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[0] ?? '';
    const rows = [...section.matchAll(/^\| (.+?) \| ([\d.]+) kB \|$/gm)];
    expect(rows.map(([, label]) => label)).toEqual(sizes.map(({ label }) => label));
    // Each version of Node compresses a little differently.
    for (const [index, { bytes }] of sizes.entries()) {
      expect(Math.abs(Number(rows[index]?.[2]) - bytes / 1000)).toBeLessThan(0.15);
    }
  });
});
