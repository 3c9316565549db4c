import { mimeTypeOf } from '../request/mime.ts';
import { type Framing, type FramingOptions, limitOf, plainMessage, tooLarge } from './framing.ts';

/** The decoder for the charset that a content type names; UTF-8 where it names none or no known one. */
export function decoderFor(headers: Headers | undefined): TextDecoder {
  try {
    return new TextDecoder(headers && mimeTypeOf(headers).charset);
  } catch {
    return new TextDecoder();
  }
}

/**
 * Text as it arrives: every chunk is a message. A character or surrogate pair that a chunk cuts is
 * held until it is whole.
 */
export function createTextFraming(options: FramingOptions): Framing {
  const limit = limitOf(options);
  const decoder = decoderFor(options.headers);
  let isOver = false;
  return {
    push(bytes) {
      if (isOver) return [];
      const data = decoder.decode(bytes, { stream: true });
      isOver = data.length > limit;
      if (isOver) return [tooLarge(limit)];
      return data === '' ? [] : [plainMessage(data, options)];
    },
    end: () => ({ items: [], cutCharacter: decoder.decode() !== '' }),
  };
}

/**
 * A whole body as one message, however the network cuts it: a JSON value, which is UTF-8 (RFC 8259
 * 8.1). A blank body, and one that ends inside a character, is none.
 */
export function createWholeFraming(options: FramingOptions): Framing {
  const limit = limitOf(options);
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  return {
    push(bytes) {
      if (length > limit) return [];
      const piece = decoder.decode(bytes, { stream: true });
      length += piece.length;
      pieces.push(piece);
      if (length <= limit) return [];
      pieces = [];
      return [tooLarge(limit)];
    },
    end() {
      const cutCharacter = decoder.decode() !== '';
      const data = pieces.join('');
      const items = cutCharacter || data.trim() === '' ? [] : [plainMessage(data, options)];
      return { items, cutCharacter };
    },
  };
}
