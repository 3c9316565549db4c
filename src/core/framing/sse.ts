import {
  type FramedItem,
  type FramedMessage,
  type Framing,
  type FramingOptions,
  limitOf,
  tooLarge,
} from './framing.ts';
import { createUtf8Decoder } from './utf8-decoder.ts';

const LF = 10;
const SPACE = 32;
const COLON = 58;

/** Room for `data: `: how much longer than its value the line of a message may be. */
const FIELD_NAME_SLACK = 6;

/**
 * Framing of `text/event-stream`: WHATWG HTML 9.2.5 (lines) and 9.2.6 (fields).
 *
 * Every character is looked at once, in whatever chunks it comes: the pieces of a line are joined
 * when its end is there, the `data` lines of a block when it is dispatched. What is refused for its
 * length does not depend on the chunks either. The decoder removes a byte order mark at the start.
 */
export function createSseFraming(options: FramingOptions): Framing {
  const limit = limitOf(options);
  const { origin = '' } = options;
  const decoder = createUtf8Decoder();
  let items: FramedItem[] = [];
  let isOver = false;

  // The line that is not complete yet.
  let pieces: string[] = [];
  let pieceLength = 0;
  /** Whether the last character was a CR: an LF that follows belongs to the same line end. */
  let endedInCr = false;

  // The block that is not complete yet.
  /** Its first `data` line, or `null`. Most messages have no other, and need no joining. */
  let data: string | null = null;
  /** All of its `data` lines once there are two. */
  let dataLines: string[] = [];
  let dataLength = 0;
  let event = '';
  /** The id that the block sets; `null` if it sets none. */
  let id: string | null = null;
  let lastEventId = options.lastEventId ?? '';

  function clearBlock(): void {
    data = id = null;
    event = '';
    dataLength = 0;
    if (dataLines.length > 0) dataLines = [];
  }

  function refuse(): void {
    isOver = true;
    items.push(tooLarge(limit));
    pieces = [];
    clearBlock();
  }

  function addData(value: string): void {
    dataLength += value.length;
    if (data === null) {
      data = value;
    } else {
      // One more for the line feed that joins it to the line before.
      dataLength += 1;
      if (dataLines.length === 0) dataLines.push(data);
      dataLines.push(value);
    }
    if (dataLength > limit) refuse();
  }

  /** The message of the block, if it has data. */
  function makeMessage(): FramedMessage | undefined {
    if (id !== null) lastEventId = id;
    if (data === null) return undefined;
    const text = dataLines.length === 0 ? data : dataLines.join('\n');
    // An empty name is none.
    return { event: event || 'message', data: text, value: text, lastEventId, origin };
  }

  /** A blank line ends the block. Its id persists, with or without data. */
  function dispatch(): void {
    const message = makeMessage();
    if (message !== undefined) items.push(message);
    else if (id !== null) items.push({ kind: 'id', id });
    clearBlock();
  }

  /**
   * Takes the line in `text` from `start` up to, but not including, `end`. The fields of nearly every
   * stream are recognised by their first characters, without a string for the name.
   */
  function takeLine(text: string, start: number, end: number): void {
    if (start === end) {
      dispatch();
      return;
    }
    if (isData(text, start)) {
      addData(valueIn(text, start + 5, end));
    } else if (end - start > limit + FIELD_NAME_SLACK) {
      refuse();
    } else if (text.charCodeAt(start) === COLON) {
      items.push({ kind: 'comment', comment: valueIn(text, start + 1, end) });
    } else if (text.startsWith('event:', start)) {
      event = valueIn(text, start + 6, end);
    } else if (text.startsWith('id:', start)) {
      takeId(valueIn(text, start + 3, end));
    } else if (text.startsWith('retry:', start)) {
      takeRetry(valueIn(text, start + 6, end));
    } else {
      // A line without a colon is a field without a value; other fields are ignored.
      const name = end - start > 5 ? '' : text.slice(start, end);
      if (name === 'data') addData('');
      else if (name === 'event') event = '';
      else if (name === 'id') id = '';
    }
  }

  /** An id with U+0000 is ignored. */
  function takeId(value: string): void {
    if (!value.includes('\0')) id = value;
  }

  /** A time of anything but ASCII digits is ignored. */
  function takeRetry(value: string): void {
    if (/^[0-9]+$/.test(value)) items.push({ kind: 'retry', retryMs: Number(value) });
  }

  function takeText(text: string): void {
    const { length } = text;
    if (length === 0) return;
    let start = endedInCr && text.charCodeAt(0) === LF ? 1 : 0;
    endedInCr = text.endsWith('\r');
    // Where the next line end of each kind is. It is looked for again only once it is passed: a search
    // that finds nothing scans all of the text.
    let lf = indexIn(text, '\n', start);
    let cr = indexIn(text, '\r', start);
    while (lf < length || cr < length) {
      const end = cr < lf ? cr : lf;
      if (end === lf && isWhole(text, start, end)) {
        const value = valueIn(text, start + 5, end);
        items.push({ event: 'message', data: value, value, lastEventId, origin });
        start = end + 2;
        if (lf < start) lf = indexIn(text, '\n', start);
        continue;
      }
      if (pieceLength > 0) {
        const line = takePieces(text.slice(start, end));
        takeLine(line, 0, line.length);
      } else {
        takeLine(text, start, end);
      }
      if (isOver) return;
      // CRLF is one line end.
      start = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      // A blank line follows nearly every line of data: here it needs no search.
      if (start === lf + 1 && text.charCodeAt(start) === LF) {
        dispatch();
        start += 1;
      }
      if (lf < start) lf = indexIn(text, '\n', start);
      if (cr < start) cr = indexIn(text, '\r', start);
    }
    if (start >= length) return;
    pieces.push(start === 0 ? text : text.slice(start));
    pieceLength += length - start;
    if (pieceLength > limit + FIELD_NAME_SLACK) refuse();
  }

  /** Whether one line of data and a blank line are all of the block, as they nearly always are. */
  function isWhole(text: string, start: number, lf: number): boolean {
    return (
      text.charCodeAt(lf + 1) === LF &&
      isData(text, start) &&
      lf - start <= limit &&
      data === null &&
      id === null &&
      event === '' &&
      pieceLength === 0
    );
  }

  function takePieces(last: string): string {
    pieces.push(last);
    const line = pieces.join('');
    pieces = [];
    pieceLength = 0;
    return line;
  }

  return {
    push(bytes) {
      items = [];
      if (!isOver) takeText(decoder.decode(bytes));
      return items;
    },
    end() {
      const rest = decoder.end();
      // What the last line says counts for the sentinel only: 9.2.6 discards an incomplete block.
      if (!isOver) {
        const line = takePieces(rest);
        if (line !== '') takeLine(line, 0, line.length);
      }
      return { items: [], unfinished: makeMessage(), cutCharacter: rest !== '' };
    },
  };
}

/** Where `searched` is in `text` from `start` on; past its end if nowhere. */
function indexIn(text: string, searched: string, start: number): number {
  const found = text.indexOf(searched, start);
  return found === -1 ? text.length : found;
}

/** Whether `text` has `data:` at `start`, character by character: `startsWith` costs twice as much. */
function isData(text: string, start: number): boolean {
  return (
    text.charCodeAt(start) === 100 &&
    text.charCodeAt(start + 1) === 97 &&
    text.charCodeAt(start + 2) === 116 &&
    text.charCodeAt(start + 3) === 97 &&
    text.charCodeAt(start + 4) === 58
  );
}

/** The value of a field that begins after its colon: one space there is no part of it. */
function valueIn(text: string, afterColon: number, end: number): string {
  return text.slice(text.charCodeAt(afterColon) === SPACE ? afterColon + 1 : afterColon, end);
}
