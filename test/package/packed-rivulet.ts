import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vitest/config';
import type { TestProject } from 'vitest/node';

/**
 * A plugin of a Vitest project: `rivulet` is the unpacked tarball, found by its export map as from
 * the project of a user. Where it stands is known once the global setup has run.
 */
export function packedRivulet(): Plugin {
  let testProject: TestProject | undefined;
  return {
    name: 'packed-rivulet',
    enforce: 'pre',
    configureVitest({ project }) {
      testProject = project;
    },
    resolveId(name) {
      if (!/^rivulet(\/|$)/.test(name)) return null;
      const packed = testProject?.getProvidedContext().packed;
      if (packed === undefined) throw new Error('The package is not packed yet.');
      return createRequire(join(packed.project, 'package.json')).resolve(name);
    },
  };
}
