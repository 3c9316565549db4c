import { type Framing, type FramingOptions, limitOf, plainMessage, tooLarge } from './framing.ts';

/** Bytes as they arrive: every chunk is a message. */
export function createBytesFraming(options: FramingOptions): Framing<Uint8Array> {
  const limit = limitOf(options);
  let isOver = false;
  return {
    push(data) {
      if (isOver) return [];
      isOver = data.length > limit;
      return [isOver ? tooLarge(limit, 'bytes') : plainMessage(data, options)];
    },
    end: () => ({ items: [], cutCharacter: false }),
  };
}
