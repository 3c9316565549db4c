import { createParser } from 'eventsource-parser';
import type { FramedItem } from '../../../src/core/framing/framing.ts';
import { createSseFraming } from '../../../src/core/framing/sse.ts';
import { createRandomSource, type RandomSource } from '../../support/random-source.ts';
import {
  type ReferenceItem,
  referenceItems,
  referenceUnfinished,
} from '../../support/reference-event-stream.ts';
import { byteByByte, encode, frame } from './framed.ts';

/** What streams are put together from; byte arrays are not valid UTF-8, or a mark. */
const PIECES: readonly (string | readonly number[])[] = [
  ...['data: a', 'data:b', 'data:  c', 'data', 'data:', 'data: x:y', 'data : no', ' data: no'],
  ...['DATA: no', 'dat', 'datax: no', 'data: 日本🎉', 'data: \u2028', 'data: \0', 'data: \uFEFF'],
  ...['event: e', 'event:', 'event', 'event: data', 'event: é', 'events: no', 'EVENT: no'],
  ...['id: 1', 'id: 2', 'id:', 'id', 'id: a\0b', 'id: é日🎉', 'ids: no', 'id : no'],
  ...['retry: 10', 'retry: 007', 'retry:', 'retry', 'retry: 1e3', 'retry: -1', 'retry:  1'],
  ...['retry: 99999999999999999', 'retry: ١', 'retries: 1'],
  ...[':', ': comment', ':no space', '::', 'unknown: field', 'unknown', '\uFEFF', 'ï»¿'],
  ...['\uFEFFdata: d', 'ï»¿data: e', ' ', '\t', '\0', '\v', '\f', '\u0085', '\u2029'],
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x8e],
  [0xef, 0xbb, 0xbf],
];
const STARTS: readonly (string | readonly number[])[] = ['', '', '\uFEFF', '\uFEFF\uFEFF', 'ï»¿'];
const LINE_ENDS = ['\n', '\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r', ''];

/** A random stream of up to 24 lines. */
export function makeStream(random: RandomSource): Uint8Array {
  const bytes: number[] = [];
  const add = (piece: string | readonly number[]) => {
    bytes.push(...(typeof piece === 'string' ? encode(piece) : piece));
  };
  add(random.pick(STARTS));
  for (let count = random.below(24); count > 0; count -= 1) {
    add(random.pick(PIECES));
    add(random.pick(LINE_ENDS));
  }
  return Uint8Array.from(bytes);
}

/** Cuts bytes into chunks: all of one byte, or a few of any size, empty ones included. */
function cut(bytes: Uint8Array, random: RandomSource): Uint8Array[] {
  if (random.below(4) === 0) return byteByByte(bytes);
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + random.below(random.pick([2, 5, 40, 200]));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

/** One reading of a stream: what it says, and the message that its end discards. */
interface Reading {
  readonly items: readonly ReferenceItem[];
  readonly unfinished: ReferenceItem | undefined;
}

function asReference(item: FramedItem): ReferenceItem {
  switch (item.kind) {
    case undefined:
      return { event: item.event, data: item.data, lastEventId: item.lastEventId };
    case 'id':
      return { id: item.id };
    case 'retry':
      return { retry: item.retryMs };
    case 'comment':
      return { comment: item.comment };
    default:
      throw new Error(item.message);
  }
}

function readByUs(chunks: readonly Uint8Array[]): Reading {
  const { items, end } = frame(createSseFraming({}), chunks);
  const { unfinished } = end;
  return { items: items.map(asReference), unfinished: unfinished && asReference(unfinished) };
}

function readByStandard(bytes: Uint8Array): Reading {
  return { items: referenceItems(bytes), unfinished: referenceUnfinished(bytes) };
}

/**
 * eventsource-parser, given text. Two things are evened out, and they are all that differs:
 *
 * - A byte order mark is removed by the decoder here, as the standard has it. The parser would remove
 *   a second one, and also the three characters that the bytes of a mark look like in Latin-1, so it
 *   is given a mark of its own first.
 * - It knows no last event id that persists, and reports the id of a block by itself.
 */
function readByPeer(bytes: Uint8Array): Reading {
  let items: ReferenceItem[] = [];
  let blockId: string | undefined;
  let lastEventId = '';
  const takeLoneId = () => {
    if (blockId !== undefined) items.push({ id: blockId });
    blockId = undefined;
  };
  const parser = createParser({
    onId(id) {
      takeLoneId();
      blockId = id;
      lastEventId = id;
    },
    onEvent({ event = 'message', data, id }) {
      // The id that it has just reported is the one of this message.
      if (id === undefined) takeLoneId();
      blockId = undefined;
      items.push({ event, data, lastEventId });
    },
    onRetry(retry) {
      takeLoneId();
      items.push({ retry });
    },
    onComment(comment) {
      takeLoneId();
      items.push({ comment });
    },
  });
  parser.feed('\uFEFF');
  parser.feed(new TextDecoder().decode(bytes));
  takeLoneId();
  const complete = items;
  items = [];
  parser.feed('\n\n');
  return { items: complete, unfinished: items.find((item) => 'data' in item) };
}

/** A stream of random lines, in random chunks, by its seed: our reading and the two others. */
function readRandomStream(seed: number) {
  const random = createRandomSource(seed);
  const bytes = makeStream(random);
  const ours = readByUs(cut(bytes, random));
  return {
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    ours,
    standard: readByStandard(bytes),
    peer: readByPeer(bytes),
  };
}

/** The first of so many random streams that is read differently, or `null`. */
export function findDifference(firstSeed: number, count: number) {
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const found = readRandomStream(seed);
    const ours = JSON.stringify(found.ours);
    if (ours !== JSON.stringify(found.standard) || ours !== JSON.stringify(found.peer)) {
      return { seed, ...found };
    }
  }
  return null;
}
