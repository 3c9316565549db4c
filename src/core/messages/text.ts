/** The text of a stream, grown piece by piece. */
export interface Text {
  push(message: unknown, piece: string): void;
  clear(): void;
  /** The newest text, at most so many characters. */
  snapshot(): string;
  length(): number;
}

/**
 * Appends in constant time: engines keep concatenated strings as ropes. With a limit, the oldest text
 * is let go when twice the limit has gathered, so that cutting stays linear as well.
 */
export function createText(maxTextLength: () => number | undefined, text = ''): Text {
  const limit = () => {
    const length = maxTextLength() ?? Infinity;
    return length > 0 ? length : Infinity;
  };

  function newest(): string {
    const maxLength = limit();
    if (text.length <= maxLength) return text;
    const start = text.length - maxLength;
    const code = text.charCodeAt(start);
    // Not from the middle of a surrogate pair.
    return text.slice(code >= 0xdc00 && code <= 0xdfff ? start + 1 : start);
  }

  return {
    push(_, piece) {
      text += piece;
      if (text.length > 2 * limit()) text = newest();
    },
    clear() {
      text = '';
    },
    snapshot: newest,
    length: () => Math.min(text.length, limit()),
  };
}
