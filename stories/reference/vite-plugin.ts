import type { Plugin } from 'vite';
import { describeTypes } from './describe-types.ts';

const ID = 'virtual:reference';

/** The name by which the bundler knows that the module is no file. */
const RESOLVED = `\0${ID}`;

/** Offers what the sources say of the public types as the module `virtual:reference`. */
export function referencePlugin(): Plugin {
  return {
    name: 'reference',
    resolveId: (id) => (id === ID ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null;
      const { reference, files } = describeTypes();
      for (const file of files) this.addWatchFile(file);
      return `export const reference = ${JSON.stringify(reference)};`;
    },
  };
}
