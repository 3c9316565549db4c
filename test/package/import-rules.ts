import type { ModuleImport, SourceFile } from './source-tree.ts';

/**
 * The way the data goes through `src/core`, one line a stage: a folder imports itself and the folders
 * of earlier lines. A new folder gets a line here, before the first that imports it.
 */
const STAGES = [
  ['request'],
  ['body'],
  ['framing'],
  ['messages'],
  ['lifecycle'],
  ['controller'],
  ['event-source', 'streaming-fetch', 'download'],
];

/** The files of `src/core` that every stage may import. They import only each other. */
const COMMON = ['types', 'errors', 'hints', 'environment'];

/** What the other folders of `src` may import of it. */
const FOLDERS: Record<string, RegExp> = {
  hooks: /^src\/(hooks|core)\//,
  share: /^src\/(share|core)\//,
  framings: /^src\/(framings|core)\//,
  json: /^src\/(json|core)\//,
  devtools: /^src\/(devtools|core)\//,
  testing: /^src\/(testing\/|core\/errors\.ts$)/,
  'index.ts': /^src\/(hooks|core)\//,
};

/** What may be imported from outside the repository. */
const PACKAGES: [from: RegExp, packages: RegExp][] = [
  [/^src\/(hooks\/|index\.ts)/, /^react$/],
  [/^stories\/examples\//, /^(react|rivulet(\/\w+)?)$/],
];

const common = new RegExp(`^src/core/(${COMMON.join('|')})\\.ts$`);

/** The line of the stage that a file of `src/core` belongs to; -1 for none. */
const stageOf = (path: string) =>
  STAGES.findIndex((folders) => folders.includes(path.split('/')[2] ?? ''));

function isAllowedInCore(from: string, target: string): boolean {
  if (!target.startsWith('src/core/') || target === 'src/core/index.ts') return false;
  if (from === 'src/core/index.ts' || common.test(target)) return true;
  const [stage, targetStage] = [stageOf(from), stageOf(target)];
  if (stage === -1 || targetStage === -1) return false;
  return targetStage < stage || from.split('/')[2] === target.split('/')[2];
}

/** Whether the file may import this. */
export function isAllowed({ path }: SourceFile, { target, isTypeOnly }: ModuleImport): boolean {
  if (!/^(src|stories|test|\.storybook)\//.test(target)) {
    return PACKAGES.some(([from, packages]) => from.test(path) && packages.test(target));
  }
  if (path.startsWith('src/core/')) return isAllowedInCore(path, target);
  const folder = path.split('/')[1] ?? '';
  const isCoreType = folder === 'testing' && target.startsWith('src/core/') && isTypeOnly;
  return isCoreType || FOLDERS[folder]?.test(target) === true;
}
