/** Engines copy pieces of a text that are shorter than this. */
const SHORTEST_PIECE = 13;

/** A longer one is most of its chunk, and not worth a copy. */
const LONGEST_PIECE = 16 * 1024;

/** A text that is a piece of no other. */
export function detach(text: string): string {
  const isPiece = text.length >= SHORTEST_PIECE && text.length <= LONGEST_PIECE;
  // A text with one more character is a new one, so a piece of it keeps nothing else alive.
  return isPiece ? ` ${text}`.slice(1) : text;
}

/** The fields of a message that may hold a piece of its chunk. */
const FIELDS = ['data', 'value', 'event', 'lastEventId'] as const;

/**
 * Gives a message that stays in memory its own copies of its texts: a piece of a longer text would
 * keep all of it alive. Measured: 1,000 messages of 20 characters, each out of a chunk of 64 KiB,
 * otherwise keep 65 MB.
 */
export function detachTexts(message: object): void {
  const copies = new Map<string, string>();
  for (const field of FIELDS) {
    const text: unknown = Reflect.get(message, field);
    if (typeof text !== 'string') continue;
    const copy = copies.get(text) ?? detach(text);
    copies.set(text, copy);
    // Does nothing to a message that its receiver froze.
    Reflect.set(message, field, copy);
  }
}
