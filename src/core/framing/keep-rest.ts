import type { Framing } from './framing.ts';

/** Most of a body without messages that is kept, in bytes. */
const MAX_BYTES = 64 * 1024;

/** A framing that remembers what no message holds. */
export interface FramingWithRest<TData> extends Framing<TData> {
  /** The text at the end of an event stream that is no message, in which a server may say why. */
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
