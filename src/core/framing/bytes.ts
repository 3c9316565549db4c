import type { Fail } from '../errors.ts';
import type { Framing } from './framing.ts';
import { messageTooLarge } from './message-too-large.ts';

/** Bytes as they arrive: every chunk is a message. */
export function createBytesFraming(maxMessageLength: number, fail: Fail): Framing<Uint8Array> {
  return {
    push(data) {
      return [data.length > maxMessageLength ? messageTooLarge(maxMessageLength, fail) : { data }];
    },
    end: () => ({ items: [], cutCharacter: false }),
  };
}
