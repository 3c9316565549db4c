import { describe, expect, test } from 'vitest';
import { isPublishedTest, publishedTests, reachedBy } from './published-tests.ts';
import { filesUnder } from './source-tree.ts';

const FOLDERS = ['core', 'hooks', 'testing', 'integration', 'recipes', 'browser'];

const allTests = FOLDERS.flatMap((folder) => filesUnder(`test/${folder}`)).filter((path) =>
  /\.test\.tsx?$/.test(path),
);
const selected = publishedTests(...FOLDERS);

describe('the tests that run again on the packed package', () => {
  test('are most of those that there are, of every kind', () => {
    expect(selected.length).toBeGreaterThan(allTests.length / 2);
    expect(selected).toEqual(
      expect.arrayContaining([
        'test/browser/mounting.test.tsx',
        'test/browser/pages/page-lifecycle.test.ts',
        'test/core/event-source/property.test.ts',
        'test/hooks/event-source-lifecycle.test.tsx',
        'test/hooks/hydration.test.tsx',
        'test/integration/resumption.test.ts',
        'test/recipes/llm-recipes.test.ts',
        'test/testing/mock-fetch.test.ts',
      ]),
    );
  });

  test('leave out only what reaches into the sources, or does without the library', () => {
    const left = allTests.filter((path) => !selected.includes(path));
    const withReason = left.filter((path) => {
      const reached = [...reachedBy(path)];
      return (
        reached.some((target) => target.startsWith('src/')) ||
        !reached.some((target) => target.startsWith('rivulet'))
      );
    });
    expect(left).toEqual(withReason);
    expect(left).toContain('test/core/framing/sse.test.ts');
  });

  test('are judged by what their imports import too', () => {
    const encoding = reachedBy('test/testing/encode-message.test.ts');
    expect(encoding).toContain('src/core/framing/sse.ts');
    expect(encoding).toContain('src/core/framing/message-too-large.ts');
    expect(isPublishedTest('test/testing/encode-message.test.ts')).toBe(false);
    expect(reachedBy('test/hooks/hydration.test.tsx')).toContain('rivulet');
    expect(isPublishedTest('test/hooks/hydration.test.tsx')).toBe(true);
  });
});
