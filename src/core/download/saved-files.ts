import type { Environment } from '../environment.ts';

/** The files that were offered to be saved, and the memory that they take. */
export interface SavedFiles {
  /** Offers a file under a name. */
  save(file: Blob, name: string): void;
  /** Frees all of them now. */
  free(): void;
}

/** How long a file stays available after the click, in ms: a browser may ask where to put it. */
const KEEP_MS = 40_000;

/** WebKit loses the first of two files that are saved in one task. */
const SPACING_MS = 100;

/** When the next file of a page may be saved. */
const nextSaveAt = new WeakMap<Environment, number>();

function offerByLink(file: Blob, name: string): () => void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  return () => URL.revokeObjectURL(link.href);
}

/** Saves files one after the other and frees what that takes, later or at once. */
export function createSavedFiles(environment: Environment): SavedFiles {
  const kept = new Set<() => void>();
  return {
    save(file, name) {
      const now = environment.now();
      const at = Math.max(now, nextSaveAt.get(environment) ?? 0);
      nextSaveAt.set(environment, at + SPACING_MS);
      let freeFile = () => {};
      let cancel = () => {};
      const free = () => {
        cancel();
        freeFile();
        kept.delete(free);
      };
      const offer = () => {
        freeFile = (environment.saveFile ?? offerByLink)(file, name);
        cancel = environment.setTimer(free, KEEP_MS);
      };
      kept.add(free);
      // The first at once: it has the click of the user.
      if (at === now) offer();
      else cancel = environment.setTimer(offer, at - now);
    },
    free() {
      for (const free of kept) free();
    },
  };
}
