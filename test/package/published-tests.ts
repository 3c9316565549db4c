import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { filesUnder, root } from './source-tree.ts';

/** What a file imports, types and `import()` included; paths from the root of the repository. */
function importsOf(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), 'utf8'));
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? join(dirname(path), fileName).replaceAll('\\', '/') : fileName,
  );
}

/** Everything that a file imports, itself or by what it imports. */
function reachedBy(path: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [path];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const target of importsOf(file)) {
      if (reached.has(target)) continue;
      reached.add(target);
      if (/\.(tsx?|mjs)$/.test(target) && existsSync(join(root, target))) waiting.push(target);
    }
  }
  return reached;
}

const isPublishedName = (target: string) => /^rivulet(\/|$)/.test(target);

/** Whether a test uses the library, and only by the names that its users have. */
function isPublishedTest(path: string): boolean {
  const reached = [...reachedBy(path)];
  return reached.some(isPublishedName) && !reached.some((target) => target.startsWith('src/'));
}

/** The tests under these folders that can run against the published package as well. */
export function publishedTests(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => filesUnder(`test/${folder}`))
    .filter((path) => /\.test\.tsx?$/.test(path) && isPublishedTest(path));
}
