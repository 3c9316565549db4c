import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Fail, StreamError } from '../errors.ts';

/** A framed message: one block with data, which WHATWG HTML 9.2.6 dispatches as an event. */
export interface FramedMessage extends EventSourceMessage {
  readonly kind?: undefined;
}

/** What framing makes of bytes, in order. */
export type FramedItem =
  | FramedMessage
  /** A block with an id and no data: moves the last event id and dispatches nothing. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'retry'; readonly retryMs: number }
  | { readonly kind: 'comment'; readonly comment: string }
  /** Nothing can be framed after this; what came before it counts. */
  | { readonly kind: 'error'; readonly error: StreamError };

/** What the end of the body leaves behind. */
export interface FramingEnd {
  /**
   * The message that a blank line would have dispatched. HTML 9.2.6 discards an incomplete block;
   * it is worth a look only to recognise a sentinel.
   */
  readonly unfinished: FramedMessage | undefined;
  /** Whether the body ended inside a character. */
  readonly cutCharacter: boolean;
}

/** Turns the bytes of one response into items. */
export interface Framing {
  push(bytes: Uint8Array): readonly FramedItem[];
  end(): FramingEnd;
}

/** Room for field names in the parser's own limit; the message is measured exactly here. */
const PARSER_SLACK = 1024;

/**
 * Framing of `text/event-stream` (WHATWG HTML 9.2.5 and 9.2.6) by eventsource-parser.
 *
 * The decoder removes the byte order mark. The parser would remove a second one, and also the three
 * characters that the bytes of a mark look like in Latin-1, so it is given a mark of its own first.
 */
export function createSseFraming(maxMessageLength: number, fail: Fail): Framing {
  let items: FramedItem[] = [];
  let blockId: string | undefined;
  let tooLarge = false;
  const decoder = new TextDecoder();
  const parser = createParser({
    ...(Number.isFinite(maxMessageLength) && { maxBufferSize: maxMessageLength + PARSER_SLACK }),
    onId(id) {
      takeLoneId();
      blockId = id;
    },
    onEvent(message) {
      if (message.id === undefined) takeLoneId();
      blockId = undefined;
      if (message.data.length > maxMessageLength) refuse();
      else if (!tooLarge) items.push(message);
    },
    onRetry(retryMs) {
      takeLoneId();
      items.push({ kind: 'retry', retryMs });
    },
    onComment(comment) {
      takeLoneId();
      items.push({ kind: 'comment', comment });
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') refuse();
    },
  });
  parser.feed('\uFEFF');

  /**
   * The parser reports the id of a block before its data; that no data followed shows only at the
   * next thing it reports.
   */
  function takeLoneId(): void {
    if (blockId !== undefined && !tooLarge) items.push({ kind: 'id', id: blockId });
    blockId = undefined;
  }

  function refuse(): void {
    if (tooLarge) return;
    tooLarge = true;
    const error = fail(
      'message-too-large',
      `A message is longer than ${maxMessageLength} characters. Raise \`maxMessageLength\` if the ` +
        'server is trusted to send that much.',
    );
    items.push({ kind: 'error', error });
  }

  function feed(text: string): FramedItem[] {
    if (!tooLarge) parser.feed(text);
    takeLoneId();
    const framed = items;
    items = [];
    return framed;
  }

  return {
    push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    end() {
      const rest = decoder.decode();
      const unfinished = feed(`${rest}\n\n`).find((item) => item.kind === undefined);
      return { unfinished, cutCharacter: rest !== '' };
    },
  };
}
