import { describe, expect, test } from 'vitest';
import type { FramedItem } from '../../../src/core/framing/framing.ts';
import { createSseFraming } from '../../../src/core/framing/sse.ts';
import { createRandomSource, type RandomSource } from '../../support/random-source.ts';
import {
  type ReferenceItem,
  referenceItems,
  referenceUnfinished,
} from '../../support/reference-event-stream.ts';

const CASES = 20_000;
const FIRST_SEED = 1;

const encoder = new TextEncoder();

/** What streams are put together from; byte arrays are not valid UTF-8, or a mark. */
const PIECES: readonly (string | readonly number[])[] = [
  ...['data: a', 'data:b', 'data:  c', 'data', 'data:', 'data: x:y', 'data : no', ' data: no'],
  ...['DATA: no', 'dat', 'datax: no', 'data: 日本🎉', 'data: \u2028', 'data: \0', 'data: \uFEFF'],
  ...['event: e', 'event:', 'event', 'event: data', 'event: é', 'events: no'],
  ...['id: 1', 'id: 2', 'id:', 'id', 'id: a\0b', 'id: é日🎉', 'ids: no'],
  ...['retry: 10', 'retry: 007', 'retry:', 'retry: 1e3', 'retry: -1', 'retry: 99999999999999999'],
  ...[':', ': comment', ':no space', '::', 'unknown: field', 'unknown', '\uFEFF', 'ï»¿'],
  ...['\uFEFFdata: d', 'ï»¿data: e', ' ', '\t', '\0', '\v', '\f'],
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x8e],
  [0xef, 0xbb, 0xbf],
];
const STARTS: readonly (string | readonly number[])[] = ['', '', '\uFEFF', '\uFEFF\uFEFF', 'ï»¿'];
const LINE_ENDS = ['\n', '\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r', ''];

function makeStream(random: RandomSource): Uint8Array {
  const bytes: number[] = [];
  const add = (piece: string | readonly number[]) => {
    bytes.push(...(typeof piece === 'string' ? encoder.encode(piece) : piece));
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
  if (random.below(4) === 0) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + random.below(random.pick([2, 5, 40, 200]));
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

/** The items of a framing as the reference writes them. */
function asReference(items: readonly FramedItem[]): ReferenceItem[] {
  return items.map((item) => {
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
  });
}

/** What the framing makes of chunks: its items, and what it leaves at the end. */
function frame(chunks: readonly Uint8Array[], maxMessageLength = Number.POSITIVE_INFINITY) {
  const framing = createSseFraming({ maxMessageLength });
  const items = chunks.flatMap((chunk) => [...framing.push(chunk)]);
  return { items, end: framing.end() };
}

/** The event name and data of an unfinished message: all that a sentinel is compared with. */
const nameAndData = (message: { event?: string | undefined; data: unknown } | undefined) => {
  return message && [message.event ?? 'message', message.data];
};

/** Both readings of one random stream, and whether they differ. */
function compare(seed: number) {
  const random = createRandomSource(seed);
  const bytes = makeStream(random);
  const { items, end } = frame(cut(bytes, random));
  const unfinished = referenceUnfinished(bytes);
  const ours = [asReference(items), nameAndData(end.unfinished)];
  const standard = [
    referenceItems(bytes),
    nameAndData(unfinished !== undefined && 'data' in unfinished ? unfinished : undefined),
  ];
  const isSame = JSON.stringify(ours) === JSON.stringify(standard);
  return { seed, isSame, ours, standard, text: new TextDecoder().decode(bytes) };
}

describe('the framing of an event stream', () => {
  test(`differs from the standard in none of ${CASES} random streams`, () => {
    const seeds = Array.from({ length: CASES }, (_, index) => FIRST_SEED + index);
    const differing = seeds.filter((seed) => !compare(seed).isSame);
    const [seed = FIRST_SEED] = differing;
    const { ours, standard, text } = compare(seed);
    expect({ seed, text, items: ours }).toEqual({ seed, text, items: standard });
    expect(differing).toEqual([]);
  }, 60_000);

  test('the random streams have everything in them that the standard speaks of', () => {
    const random = Array.from({ length: 500 }, (_, index) => {
      return referenceItems(makeStream(createRandomSource(index)));
    }).flat();
    const has = (matches: (item: ReferenceItem) => boolean) => random.some(matches);
    expect(has((item) => 'data' in item && item.data.includes('\n'))).toBe(true);
    expect(has((item) => 'data' in item && item.event !== 'message')).toBe(true);
    expect(has((item) => 'data' in item && item.data === '')).toBe(true);
    expect(has((item) => 'data' in item && item.lastEventId === 'é日🎉')).toBe(true);
    expect(has((item) => 'id' in item)).toBe(true);
    expect(has((item) => 'retry' in item)).toBe(true);
    expect(has((item) => 'comment' in item && item.comment === '')).toBe(true);
  });
});

describe('the reference reads the examples of the standard', () => {
  test.each<[string, [event: string, data: string, lastEventId: string][]]>([
    ['data: YHOO\ndata: +2\ndata: 10\n\n', [['message', 'YHOO\n+2\n10', '']]],
    [
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
      [
        ['message', 'first event', '1'],
        ['message', 'second event', ''],
        ['message', ' third event', ''],
      ],
    ],
    [
      'data\n\ndata\ndata\n\ndata:',
      [
        ['message', '', ''],
        ['message', '\n', ''],
      ],
    ],
    [
      'data:test\n\ndata: test\n\n',
      [
        ['message', 'test', ''],
        ['message', 'test', ''],
      ],
    ],
    ['event: add\ndata: 73857293\n\n', [['add', '73857293', '']]],
  ])('%j', (text, expected) => {
    const messages = referenceItems(encoder.encode(text)).flatMap((item) => {
      return 'data' in item ? [[item.event, item.data, item.lastEventId]] : [];
    });
    expect(messages).toEqual(expected);
  });
});

describe('a message over the limit', () => {
  const limit = 2000;
  const text = (length: number) => encoder.encode(`data: ${'x'.repeat(length)}\n\n`);
  const halves = (bytes: Uint8Array) => [bytes.subarray(0, 900), bytes.subarray(900)];
  const kinds = ({ items }: ReturnType<typeof frame>) => items.map(({ kind }) => kind ?? 'message');

  test('is refused, and the message of exactly the limit is not', () => {
    for (const divide of [(bytes: Uint8Array) => [bytes], halves]) {
      expect(kinds(frame(divide(text(limit)), limit))).toEqual(['message']);
      expect(kinds(frame(divide(text(limit + 1)), limit))).toEqual(['error']);
      expect(kinds(frame(divide(text(limit * 10)), limit))).toEqual(['error']);
    }
  });

  test('is refused once', () => {
    expect(kinds(frame([text(limit + 1), text(limit + 1)], limit))).toEqual(['error']);
    const both = encoder.encode(`data: ${'x'.repeat(limit + 1)}\n\n`.repeat(2));
    expect(kinds(frame([both], limit))).toEqual(['error']);
  });

  test('counts the line breaks of its data', () => {
    const lines = (count: number) => encoder.encode(`${'data\n'.repeat(count)}\n`);
    expect(kinds(frame([lines(limit + 1)], limit))).toEqual(['message']);
    expect(kinds(frame([lines(limit + 2)], limit))).toEqual(['error']);
  });

  test('is refused before it is complete', () => {
    const start = encoder.encode(`data: ${'x'.repeat(limit * 2)}`);
    expect(kinds(frame([start], limit))).toEqual(['error']);
    const pieces = Array.from(start, (byte) => Uint8Array.of(byte));
    expect(kinds(frame(pieces, limit))).toEqual(['error']);
  });

  test.each([
    ['complete', `data: ${'x'.repeat(limit + 1)}\n\n`],
    ['incomplete', `data: ${'x'.repeat(limit * 2)}`],
  ])('leaves what came before it, a lone id too, and ends the framing: %s', (_, large) => {
    const before = 'id: 4\ndata: a\n\nid: 5\n\n';
    const framed = frame(
      [encoder.encode(`${before}${large}`), encoder.encode('\n\ndata: late\n\n')],
      limit,
    );
    expect(kinds(framed)).toEqual(['message', 'id', 'error']);
    expect(framed.end.unfinished).toBeUndefined();
  });
});

describe('the end of a body', () => {
  test('inside a character is told', () => {
    expect(frame([Uint8Array.of(0x64, 0xe2, 0x82)]).end.cutCharacter).toBe(true);
    expect(frame([encoder.encode('data: €')]).end.cutCharacter).toBe(false);
    expect(frame([Uint8Array.of(0xff, 0x0a)]).end.cutCharacter).toBe(false);
  });

  test('completes nothing but the message that a sentinel is compared with', () => {
    const { items, end } = frame([encoder.encode('id: 1\nevent: end\ndata: x')]);
    expect(items).toEqual([]);
    expect(end.items).toEqual([]);
    expect(nameAndData(end.unfinished)).toEqual(['end', 'x']);
  });
});
