import type { Fail } from '../errors.ts';
import type { Framing } from './framing.ts';
import { messageTooLarge } from './message-too-large.ts';

/** The decoder for the charset that a content type names; UTF-8 where it names none or no known one. */
export function decoderFor(headers: Headers): TextDecoder {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(headers.get('content-type') ?? '')?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/**
 * Text as it arrives: every chunk is a message. A character or surrogate pair that a chunk cuts is
 * held until it is whole (decision 16).
 */
export function createTextFraming(
  decoder: TextDecoder,
  maxMessageLength: number,
  fail: Fail,
): Framing {
  return {
    push(bytes) {
      const data = decoder.decode(bytes, { stream: true });
      if (data.length > maxMessageLength) return [messageTooLarge(maxMessageLength, fail)];
      return data === '' ? [] : [{ data }];
    },
    end: () => ({ items: [], cutCharacter: decoder.decode() !== '' }),
  };
}
