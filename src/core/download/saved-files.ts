import type { Environment } from '../environment.ts';

/** The files that were offered to be saved, and the memory that they take. */
export interface SavedFiles {
  /**
   * Offers a result under a name; `false` if there is nothing to save.
   *
   * @param isJson Whether it is a JSON value, to be written as its text.
   */
  save(result: unknown, name: string, isJson: boolean): boolean;
  /** Frees all of them now. */
  free(): void;
}

/** How long a file stays available after the click, in ms: a browser may ask where to put it. */
const KEEP_MS = 40_000;

/** Saves results and frees what that takes, later or at once. */
export function createSavedFiles(environment: Environment): SavedFiles {
  const kept = new Set<() => void>();
  return {
    save(result, name, isJson) {
      if (result === undefined) return false;
      const content = isJson ? JSON.stringify(result) : result;
      // A download gives a Blob, bytes, or text.
      const file = content instanceof Blob ? content : new Blob([content as BlobPart]);
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
