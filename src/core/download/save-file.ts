import type { Environment } from '../environment.ts';

/** How long a file stays available after the click, in ms: a browser may ask where to put it. */
const KEEP_MS = 40_000;

/** WebKit loses the first of two files that are saved in one task. */
const SPACING_MS = 100;

/** When the next file of a page may be saved. */
const nextSaveAt = new WeakMap<Environment, number>();

/**
 * Offers files for saving under a name, one after the other, and frees their resources once the
 * browser has them, whatever happens to the download: a dialog that closes with the click must not
 * lose the file.
 */
export function saveFile(environment: Environment, file: Blob, name: string): void {
  const now = environment.now();
  const at = Math.max(now, nextSaveAt.get(environment) ?? 0);
  nextSaveAt.set(environment, at + SPACING_MS);
  const offer = () => {
    environment.setTimer((environment.saveFile ?? offerByLink)(file, name), KEEP_MS);
  };
  // The first one at once, while the click of the user counts.
  if (at === now) offer();
  else environment.setTimer(offer, at - now);
}

function offerByLink(file: Blob, name: string): () => void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  return () => URL.revokeObjectURL(link.href);
}
