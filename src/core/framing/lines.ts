import {
  type FramedItem,
  type Framing,
  type FramingOptions,
  limitOf,
  plainMessage,
  tooLarge,
} from './framing.ts';

/**
 * Every line is a message: LF ends it, a CR before that is dropped, the last line needs no newline.
 *
 * @param skipBlank Whether blank lines are no messages, as in NDJSON.
 */
export function createLineFraming(
  options: FramingOptions,
  decoder: TextDecoder,
  skipBlank: boolean,
): Framing {
  const limit = limitOf(options);
  /** Pieces of the line that is not complete yet; joined once, so that a long line stays linear. */
  let pieces: string[] = [];
  let pendingLength = 0;
  let isOver = false;

  function addLine(line: string, items: FramedItem[]): void {
    if (isOver) return;
    const data = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (data.length > limit) refuse(items);
    else if (!skipBlank || data.trim() !== '') items.push(plainMessage(data, options));
  }

  function refuse(items: FramedItem[]): void {
    isOver = true;
    pieces = [];
    items.push(tooLarge(limit));
  }

  function takePending(last: string): string {
    const line = pieces.length === 0 ? last : pieces.join('') + last;
    pieces = [];
    pendingLength = 0;
    return line;
  }

  return {
    push(bytes) {
      const items: FramedItem[] = [];
      if (isOver) return items;
      const text = decoder.decode(bytes, { stream: true });
      let start = 0;
      let end = text.indexOf('\n');
      while (end !== -1) {
        addLine(takePending(text.slice(start, end)), items);
        start = end + 1;
        end = text.indexOf('\n', start);
      }
      if (start < text.length && !isOver) {
        pieces.push(start === 0 ? text : text.slice(start));
        pendingLength += text.length - start;
        // One more for a CR that may turn out to belong to the line end.
        if (pendingLength > limit + 1) refuse(items);
      }
      return items;
    },
    end() {
      const cutCharacter = decoder.decode() !== '';
      const items: FramedItem[] = [];
      const last = takePending('');
      // Half a character is half a line: no value to parse, but still text to read.
      if (last !== '' && !(cutCharacter && skipBlank)) addLine(last, items);
      return { items, cutCharacter };
    },
  };
}
