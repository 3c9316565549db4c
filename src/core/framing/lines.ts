import type { Fail } from '../errors.ts';
import type { FramedItem, Framing } from './framing.ts';
import { messageTooLarge } from './message-too-large.ts';

/** How lines are told apart. */
export interface LineFramingOptions {
  readonly decoder: TextDecoder;
  /** Whether blank lines are no messages, as in NDJSON. */
  readonly skipBlank: boolean;
  readonly maxMessageLength: number;
}

/**
 * Every line is a message: LF ends it, a CR before that is dropped, the last line needs no newline
 * (decision 17).
 */
export function createLineFraming(
  { decoder, skipBlank, maxMessageLength }: LineFramingOptions,
  fail: Fail,
): Framing {
  /** Pieces of the line that is not complete yet; joined once, so that a long line stays linear. */
  let pieces: string[] = [];
  let pendingLength = 0;
  let tooLarge = false;

  function addLine(line: string, items: FramedItem[]): void {
    if (tooLarge) return;
    const data = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (data.length > maxMessageLength) refuse(items);
    else if (!skipBlank || data.trim() !== '') items.push({ data });
  }

  function refuse(items: FramedItem[]): void {
    tooLarge = true;
    items.push(messageTooLarge(maxMessageLength, fail));
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
      if (tooLarge) return items;
      const text = decoder.decode(bytes, { stream: true });
      let start = 0;
      let end = text.indexOf('\n');
      while (end !== -1) {
        addLine(takePending(text.slice(start, end)), items);
        start = end + 1;
        end = text.indexOf('\n', start);
      }
      if (start < text.length && !tooLarge) {
        pieces.push(start === 0 ? text : text.slice(start));
        pendingLength += text.length - start;
        // One more for a CR that may turn out to belong to the line end.
        if (pendingLength > maxMessageLength + 1) refuse(items);
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
