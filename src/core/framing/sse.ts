import { createParser } from 'eventsource-parser';
import type { Fail } from '../errors.ts';
import type { FramedItem, Framing } from './framing.ts';
import { messageTooLarge } from './message-too-large.ts';
import { createUtf8Decoder } from './utf8-decoder.ts';

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
  const decoder = createUtf8Decoder();
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
    takeLoneId();
    tooLarge = true;
    items.push(messageTooLarge(maxMessageLength, fail));
  }

  function feed(text: string): FramedItem[] {
    if (!tooLarge) parser.feed(text);
    takeLoneId();
    const framed = items;
    items = [];
    return framed;
  }

  return {
    push: (bytes) => feed(decoder.decode(bytes)),
    end() {
      const rest = decoder.end();
      const unfinished = feed(`${rest}\n\n`).find((item) => item.kind === undefined);
      return { items: [], unfinished, cutCharacter: rest !== '' };
    },
  };
}
