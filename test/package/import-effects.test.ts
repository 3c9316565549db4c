import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';

const { project } = inject('packed');

beforeAll(() => {
  const script = fileURLToPath(new URL('observe-import.mjs', import.meta.url));
  copyFileSync(script, join(project, 'observe-import.mjs'));
});

describe.each(['rivulet', 'rivulet/core', 'rivulet/share', 'rivulet/testing'])(
  'importing %s',
  (entry) => {
    test('has no effect in plain Node and needs no DOM', () => {
      const args = ['observe-import.mjs', entry];
      const output = execFileSync(process.execPath, args, { cwd: project }).toString();
      const { hasDom, exported, reads, before, after } = JSON.parse(output);
      expect(hasDom).toBe(false);
      expect(exported).not.toEqual([]);
      expect(reads).toEqual([]);
      expect(after).toEqual(before);
    });
  },
);

describe('requiring the package from CommonJS', () => {
  test('works, since Node can require a module', () => {
    const args = [
      '--input-type=commonjs',
      '--eval',
      "console.log(typeof require('rivulet/core').createEventSource)",
    ];
    const env = { ...process.env, NODE_NO_WARNINGS: '1' };
    const output = execFileSync(process.execPath, args, { cwd: project, env }).toString();
    expect(output.trim()).toBe('function');
  });
});
