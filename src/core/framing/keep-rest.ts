import type { Framing } from './framing.ts';

/** How much of a body without messages is kept, in bytes. */
const MAX_BYTES = 64 * 1024;

/** A framing that remembers the text outside its messages. */
export interface FramingWithRest<TData> extends Framing<TData> {
  /**
   * The text after the last message that is not part of a message: a server may say there why it
   * stopped.
   */
  rest(): string;
}

/** Watches the framing of an event stream for text beside its messages. */
export function keepRest<TData>(framing: Framing<TData>): FramingWithRest<TData> {
  /** The chunks since the one with the newest message. */
  let recent: Uint8Array[] = [];
  let recentBytes = 0;

  return {
    push(bytes) {
      const items = framing.push(bytes);
      const hasMessage = items.some(({ kind }) => kind === undefined);
      if (hasMessage || recentBytes > MAX_BYTES) {
        recent = [];
        recentBytes = 0;
      }
      recent.push(bytes);
      recentBytes += bytes.length;
      return items;
    },
    end: framing.end,
    rest() {
      const decoder = new TextDecoder();
      const text = recent.map((bytes) => decoder.decode(bytes, { stream: true })).join('');
      return text
        .split(/\r\n|\r|\n/)
        .filter((line) => !/^(data|event|id|retry|\s*)(:|$)/.test(line))
        .join('\n')
        .slice(-MAX_BYTES);
    },
  };
}
