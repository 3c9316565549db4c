import type { Environment } from '../environment.ts';

/** The files that were offered to be saved, and the memory that they take. */
export interface SavedFiles {
  /** Offers a result under a name; `false` if there is nothing to save. */
  save(result: unknown, name: string): boolean;
  /** Frees all of them now. */
  free(): void;
}

/** How long a file stays available after the click, in ms: a browser may ask where to put it. */
const KEEP_MS = 40_000;

/** Saves results and frees what that takes, later or at once. */
export function createSavedFiles(environment: Environment): SavedFiles {
  const kept = new Set<() => void>();
  return {
    save(result, name) {
      if (result === undefined) return false;
      const file = result instanceof Blob ? result : new Blob([toPart(result)]);
      const freeFile = environment.saveFile(file, name);
      const cancel = environment.setTimer(() => free(), KEEP_MS);
      const free = () => {
        cancel();
        freeFile();
        kept.delete(free);
      };
      kept.add(free);
      return true;
    },
    free() {
      for (const free of kept) free();
    },
  };
}

/** What a result is as a file: bytes and text as they are, a JSON value as its text. */
function toPart(result: unknown): BlobPart {
  if (typeof result === 'string') return result;
  if (result instanceof Uint8Array) return new Uint8Array(result);
  return JSON.stringify(result);
}
