import {
  type FramedItem,
  type FramedMessage,
  type Framing,
  type FramingOptions,
  limitOf,
  tooLarge,
} from './framing.ts';
import { createUtf8Decoder } from './utf8-decoder.ts';

const CR = 13;
const SPACE = 32;

/**
 * Framing of `text/event-stream`: WHATWG HTML 9.2.5 (lines) and 9.2.6 (fields).
 *
 * A line is looked at once, however many chunks it comes in: its pieces are joined when its end is
 * there. The decoder removes a byte order mark at the start of the stream.
 */
export function createSseFraming(options: FramingOptions): Framing {
  const limit = limitOf(options);
  const { origin = '' } = options;
  const decoder = createUtf8Decoder();
  let items: FramedItem[] = [];
  /** Pieces of the line that is not complete yet, and their length. */
  let pieces: string[] = [];
  let pieceLength = 0;
  /** Whether the last chunk ended in CR: an LF at the start of the next belongs to it. */
  let endedInCr = false;
  let isOver = false;

  // The block that is not complete yet.
  /** `data` lines; `null` before the first. Most messages have one, which is never joined. */
  let data: string | null = null;
  let moreData: string[] | null = null;
  let dataLength = 0;
  let event = '';
  /** The id that the block sets; `null` if it sets none. */
  let id: string | null = null;
  let lastEventId = options.lastEventId ?? '';

  function refuse(): void {
    isOver = true;
    items.push(tooLarge(limit));
    pieces = [];
    data = moreData = null;
  }

  function addData(value: string): void {
    dataLength += value.length;
    if (data === null) {
      data = value;
    } else {
      // A line feed joins it to the one before.
      dataLength += 1;
      moreData ??= [data];
      moreData.push(value);
    }
    if (dataLength > limit) refuse();
  }

  function makeMessage(): FramedMessage | null {
    if (data === null) return null;
    const text = moreData === null ? data : moreData.join('\n');
    // The field itself may be there and empty: then the name is that of no name.
    return { event: event || 'message', data: text, value: text, lastEventId, origin };
  }

  /** A blank line: dispatches the block. An id persists, with or without data. */
  function dispatch(): void {
    if (id !== null) lastEventId = id;
    const message = makeMessage();
    if (message !== null) items.push(message);
    else if (id !== null) items.push({ kind: 'id', id });
    data = moreData = id = null;
    dataLength = 0;
    event = '';
  }

  /** A line that is in `text` from `start` to before `end`. */
  function takeLine(text: string, start: number, end: number): void {
    if (start === end) {
      dispatch();
      return;
    }
    // Nearly every line of nearly every stream is `data: …`.
    if (text.startsWith('data:', start)) {
      const from = start + (text.charCodeAt(start + 5) === SPACE ? 6 : 5);
      addData(text.slice(from, end));
      return;
    }
    const line = text.slice(start, end);
    const colon = line.indexOf(':');
    if (colon === 0) {
      items.push({ kind: 'comment', comment: line.slice(line.charCodeAt(1) === SPACE ? 2 : 1) });
      return;
    }
    const name = colon === -1 ? line : line.slice(0, colon);
    const skipped = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    takeField(name, colon === -1 ? '' : line.slice(skipped));
  }

  function takeField(name: string, value: string): void {
    switch (name) {
      case 'data':
        addData(value);
        return;
      case 'event':
        event = value;
        return;
      case 'id':
        if (!value.includes('\0')) id = value;
        return;
      case 'retry':
        if (/^[0-9]+$/.test(value)) items.push({ kind: 'retry', retryMs: Number(value) });
    }
  }

  function takeText(text: string): void {
    const { length } = text;
    let start = endedInCr && text.charCodeAt(0) === 10 ? 1 : 0;
    if (length > 0) endedInCr = text.charCodeAt(length - 1) === CR;
    // Where the next of each line end is; it is looked for again only once it is passed.
    let lf = text.indexOf('\n', start);
    let cr = text.indexOf('\r', start);
    while ((lf !== -1 || cr !== -1) && !isOver) {
      const isCr = cr !== -1 && (lf === -1 || cr < lf);
      const end = isCr ? cr : lf;
      if (pieceLength > 0) {
        pieces.push(text.slice(start, end));
        const line = pieces.join('');
        pieces = [];
        pieceLength = 0;
        takeLine(line, 0, line.length);
      } else {
        takeLine(text, start, end);
      }
      start = isCr && lf === cr + 1 ? end + 2 : end + 1;
      if (lf !== -1 && lf < start) lf = text.indexOf('\n', start);
      if (cr !== -1 && cr < start) cr = text.indexOf('\r', start);
    }
    if (start >= length || isOver) return;
    pieces.push(start === 0 ? text : text.slice(start));
    pieceLength += length - start;
    if (pieceLength + dataLength > limit + LONGEST_NAME) refuse();
  }

  return {
    push(bytes) {
      items = [];
      if (!isOver) takeText(decoder.decode(bytes));
      return items;
    },
    end() {
      items = [];
      const rest = decoder.end();
      takeText(rest);
      const line = pieces.join('');
      if (line !== '' && !isOver) takeLine(line, 0, line.length);
      if (id !== null) lastEventId = id;
      return { items: [], unfinished: makeMessage() ?? undefined, cutCharacter: rest !== '' };
    },
  };
}

/** Room for `data: ` in a line that is not complete: what it holds is measured when it is. */
const LONGEST_NAME = 6;
