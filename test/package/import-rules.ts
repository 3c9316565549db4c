import type { ModuleImport, SourceFile } from './source-tree.ts';

/** The way the data goes. A stage imports only from stages before it. */
const STAGES = [
  ['request'],
  ['reading'],
  ['framing'],
  ['messages'],
  ['lifecycle'],
  ['state'],
  ['event-source', 'streaming-fetch', 'download'],
];

/** The files of `src/core` that every stage may import. They import only each other. */
const COMMON = ['types', 'errors', 'hints', 'environment'];

/** What each folder may import from outside the repository. */
const PACKAGES: [folder: RegExp, packages: RegExp][] = [
  [/^src\/core\/framing\/sse\.ts$/, /^eventsource-parser$/],
  [/^src\/(hooks\/|index\.ts)/, /^react$/],
  [/^stories\/examples\//, /^(react|rivulet(\/core|\/testing)?)$/],
];

const common = new RegExp(`^src/core/(${COMMON.join('|')})\\.ts$`);

/** The folder of `src/core` that a file stands in, as its place in the order; -1 for none. */
function stageOf(path: string): number {
  const folder = /^src\/core\/([^/]+)\//.exec(path)?.[1] ?? '';
  return STAGES.findIndex((folders) => folders.includes(folder));
}

function isAllowedInCore(from: string, target: string): boolean {
  if (!target.startsWith('src/core/') || target === 'src/core/index.ts') return false;
  if (from === 'src/core/index.ts' || common.test(target)) return true;
  const [stage, targetStage] = [stageOf(from), stageOf(target)];
  if (stage === -1 || targetStage === -1) return false;
  const isSameFolder = from.split('/')[2] === target.split('/')[2];
  return targetStage < stage || isSameFolder;
}

/** Whether the file may import this. */
export function isAllowed({ path }: SourceFile, { target, isTypeOnly }: ModuleImport): boolean {
  if (!/^(src|stories|test|\.storybook)\//.test(target)) {
    return PACKAGES.some(([folder, packages]) => folder.test(path) && packages.test(target));
  }
  if (path.startsWith('src/core/')) return isAllowedInCore(path, target);
  if (path.startsWith('src/hooks/')) return /^src\/(hooks|core)\//.test(target);
  if (path.startsWith('src/testing/')) {
    const isCoreType = target.startsWith('src/core/') && isTypeOnly;
    return target.startsWith('src/testing/') || target === 'src/core/errors.ts' || isCoreType;
  }
  return path === 'src/index.ts' && /^src\/(hooks|core)\//.test(target);
}
