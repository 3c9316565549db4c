import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildWhenStale } from '../tools/build-when-stale.mjs';
import { root } from './source-tree.ts';

/** The package as `npm publish` would send it, unpacked in the node_modules of an empty project. */
export interface PackedPackage {
  /** The tarball. */
  tarball: string;
  /** The empty project. Its other dependencies are links into the node_modules of the repository. */
  project: string;
  /** The unpacked package. */
  folder: string;
  /** The files of the tarball, relative to `folder`. */
  files: string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: PackedPackage;
  }
}

/** What a user of the package has installed beside it. */
const DEPENDENCIES = [
  '@testing-library/react',
  '@types/react',
  '@types/react-dom',
  '@vitejs/plugin-react',
  'react',
  'react-dom',
  'typescript',
  'vite',
  'vitest',
];

function pack(destination: string): { filename: string; files: { path: string }[] } {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const output = execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(output.toString());
  return packed;
}

/** Vitest's global setup of the project `package`: builds when needed, packs once, unpacks once. */
export default function setup(testProject: TestProject): () => void {
  buildWhenStale();
  const project = mkdtempSync(join(realpathSync(tmpdir()), 'rivulet-package-'));
  const modules = join(project, 'node_modules');
  const { filename, files } = pack(project);
  const tarball = join(project, filename);
  mkdirSync(modules);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  execFileSync('tar', ['-xzf', tarball, '-C', modules]);
  const folder = join(modules, 'rivulet');
  renameSync(join(modules, 'package'), folder);
  for (const name of DEPENDENCIES) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  testProject.provide('packed', { tarball, project, folder, files: files.map(({ path }) => path) });
  return () => rmSync(project, { recursive: true });
}
