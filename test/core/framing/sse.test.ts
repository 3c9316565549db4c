import { describe, expect, test } from 'vitest';
import type { FramedItem, FramingOptions } from '../../../src/core/framing/framing.ts';
import { createSseFraming } from '../../../src/core/framing/sse.ts';
import { createRandomSource } from '../../support/random-source.ts';
import { type ReferenceItem, referenceItems } from '../../support/reference-event-stream.ts';
import { encode, frame, frameEveryWay, message, tooLong } from './framed.ts';
import { findDifference, makeStream } from './random-event-streams.ts';

/** The items of a stream, which must be the same in whatever chunks it comes. */
const read = (body: string | Uint8Array, options: FramingOptions = {}) =>
  frameEveryWay(() => createSseFraming(options), body);

const bytesOf = (...parts: (string | number)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...encode(part)] : part)));

type Clause = [clause: string, body: string | Uint8Array, items: FramedItem[]];

describe('an event stream is read by WHATWG HTML 9.2.5 and 9.2.6, in whatever chunks it comes', () => {
  test.each<Clause>([
    ['a byte order mark at the start is removed', '\uFEFFdata: a\n\n', [message('a')]],
    ['a second byte order mark is part of a name', '\uFEFF\uFEFFdata: a\n\n', []],
    ['one in the middle is a character', 'data: \uFEFFa\n\n', [message('\uFEFFa')]],
    ['what a mark looks like in Latin-1 is text', 'ï»¿data: a\n\n', []],
    [
      'bytes that are no UTF-8 are replaced',
      bytesOf('data: ', 0xff, 'a', 0xe2, 0x82, '\n\n'),
      [message('\uFFFDa\uFFFD')],
    ],
    ['characters of two, three and four bytes are whole', 'data: é日🎉\n\n', [message('é日🎉')]],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test.each<Clause>([
    ['lines end in LF', 'data: a\ndata: b\n\n', [message('a\nb')]],
    ['lines end in CR', 'data: a\rdata: b\r\r', [message('a\nb')]],
    ['lines end in CRLF, which is one line end', 'data: a\r\ndata: b\r\n\r\n', [message('a\nb')]],
    ['LF and CR are two line ends', 'data: a\n\rdata: b\n\r', [message('a'), message('b')]],
    [
      'line ends mix',
      'data: a\r\n\rdata: b\n\r\ndata: c\r\r\n',
      'abc'.split('').map((c) => message(c)),
    ],
    ['CR at the end of the stream ends a block', 'data: a\r\r', [message('a')]],
    [
      'other separators of lines are characters',
      'data: a\u2028b\u0085c\v\f\n\n',
      [message('a\u2028b\u0085c\v\f')],
    ],
    ['blank lines without a block say nothing', '\n\r\r\n\n', []],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test.each<Clause>([
    ['one space after the colon is removed', 'data:  a \n\n', [message(' a ')]],
    ['no space is needed, and a tab is none', 'data:a\ndata:\tb\n\n', [message('a\n\tb')]],
    ['a value may hold colons', 'data: a:b: c\n\n', [message('a:b: c')]],
    ['a field without a colon has no value', 'data\n\n', [message('')]],
    ['empty data is a message', 'data:\n\n', [message('')]],
    ['data lines are joined by LF', 'data\ndata:\ndata: a\ndata\n\n', [message('\n\na\n')]],
    ['U+0000 in data is a character', 'data: a\0b\n\n', [message('a\0b')]],
    [
      'names are compared literally, and other fields ignored',
      'Data: a\n data: a\ndata : a\ndatax: a\ndat: a\ndata\0: a\nunknown\nunknown: a\n\n',
      [],
    ],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test.each<Clause>([
    ['event names the message', 'event: a\ndata: x\n\n', [message('x', { event: 'a' })]],
    ['it may follow the data', 'data: x\nevent: a\n\n', [message('x', { event: 'a' })]],
    ['the last name counts', 'event: a\nevent: b\ndata: x\n\n', [message('x', { event: 'b' })]],
    ['an empty name is none', 'event: a\nevent\ndata: x\n\n', [message('x')]],
    [
      'a name is for one block',
      'event: a\ndata: x\n\ndata: y\n\n',
      [message('x', { event: 'a' }), message('y')],
    ],
    ['a name without data says nothing', 'event: a\n\ndata: x\n\n', [message('x')]],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test.each<Clause>([
    [
      'an id persists over messages',
      'id: 1\ndata: x\n\ndata: y\n\n',
      [message('x', { lastEventId: '1' }), message('y', { lastEventId: '1' })],
    ],
    ['it may follow the data', 'data: x\nid: 1\n\n', [message('x', { lastEventId: '1' })]],
    [
      'the last id of a block counts',
      'id: 1\nid: 2\ndata\n\n',
      [message('', { lastEventId: '2' })],
    ],
    [
      'an id without data moves it',
      'id: 1\n\ndata: x\n\n',
      [{ kind: 'id', id: '1' }, message('x', { lastEventId: '1' })],
    ],
    [
      'an empty id takes it back',
      'id: 1\ndata: x\n\nid\ndata: y\n\nid: 2\n\nid:\n\n',
      [
        message('x', { lastEventId: '1' }),
        message('y'),
        { kind: 'id', id: '2' },
        { kind: 'id', id: '' },
      ],
    ],
    [
      'an id with U+0000 is ignored',
      'id: 1\nid: 2\0\ndata: x\n\nid: \0\n\n',
      [message('x', { lastEventId: '1' })],
    ],
    ['an id is any text', 'id: é日🎉 \ndata\n\n', [message('', { lastEventId: 'é日🎉 ' })]],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test.each<Clause>([
    ['retry counts at once', 'retry: 10\n', [{ kind: 'retry', retryMs: 10 }]],
    ['zeros before it are nothing', 'retry:007\n', [{ kind: 'retry', retryMs: 7 }]],
    [
      'anything but ASCII digits is ignored',
      'retry\nretry:\nretry: -1\nretry: +1\nretry: 1.5\nretry: 1e3\nretry:  1\nretry: 1 \nretry: ١\nretry: 0x1\n',
      [],
    ],
    [
      'comments lose one space',
      ':\n: a\n:  b\n:c\n::\n',
      ['', 'a', ' b', 'c', ':'].map((comment) => ({ kind: 'comment', comment })),
    ],
    [
      'comments and retry times are in the order of the stream, and end no block',
      'data: a\n: c\nretry: 1\ndata: b\n\n: d\n',
      [
        { kind: 'comment', comment: 'c' },
        { kind: 'retry', retryMs: 1 },
        message('a\nb'),
        { kind: 'comment', comment: 'd' },
      ],
    ],
  ])('%s', (_, body, items) => {
    expect(read(body).items).toEqual(items);
  });

  test('the messages begin with the last event id of the options, and have the origin', () => {
    const options = { lastEventId: '7', origin: 'https://a.example' };
    expect(read('data: x\n\nid: 8\ndata: y\n\n', options).items).toEqual([
      message('x', options),
      message('y', { ...options, lastEventId: '8' }),
    ]);
  });

  test('a message has its five properties, always in the same order', () => {
    const { items } = read('data: x\n\nid: 1\nevent: a\ndata: y\ndata: z\n\n');
    const properties = ['event', 'data', 'value', 'lastEventId', 'origin'];
    expect(items.map((item) => Object.keys(item))).toEqual([properties, properties]);
  });
});

describe('random streams', () => {
  const COUNT = 2000;

  test(`none of ${COUNT} is read otherwise than by the standard and by eventsource-parser`, () => {
    expect(findDifference(1, COUNT)).toBeNull();
  });

  test('have everything in them that the standard speaks of', () => {
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
    const messages = referenceItems(encode(text)).flatMap((item) => {
      return 'data' in item ? [[item.event, item.data, item.lastEventId]] : [];
    });
    expect(messages).toEqual(expected);
  });
});

describe('a message over the limit', () => {
  const limit = 20;
  const text = (length: number) => 'x'.repeat(length);
  const refused = tooLong(limit);
  const limited = (body: string) => read(body, { maxMessageLength: limit });

  test('is refused once and for all, and the message of exactly the limit is not', () => {
    for (const colon of ['data:', 'data: ']) {
      expect(limited(`${colon}${text(limit)}\n\n`).items).toEqual([message(text(limit))]);
      const long = `${colon}${text(limit + 1)}\n\n`;
      expect(limited(long).items).toEqual([refused]);
      expect(limited(`${long}${long}data: late\n\n`).items).toEqual([refused]);
    }
  });

  test('counts the line feeds that join its data', () => {
    expect(limited(`${'data\n'.repeat(limit + 1)}\n`).items).toEqual([message('\n'.repeat(limit))]);
    expect(limited(`${'data\n'.repeat(limit + 2)}\n`).items).toEqual([refused]);
  });

  test('counts anew for each message', () => {
    const block = `data: ${text(limit - 2)}\ndata: a\n\n`;
    expect(limited(block.repeat(3)).items).toHaveLength(3);
    expect(limited(block.repeat(3)).items).not.toContainEqual(refused);
  });

  test('is refused before it is complete', () => {
    expect(limited(`data: ${text(limit + 1)}`).items).toEqual([refused]);
    expect(limited(`data: ${text(limit - 1)}\ndata: ${text(3)}\n`).items).toEqual([refused]);
  });

  test.each(['event', 'id', 'retry', 'unknown', ''])(
    'so is a long line of another field: %j',
    (name) => {
      expect(limited(`${name}: ${text(limit * 2)}\n`).items).toEqual([refused]);
      expect(limited(`${name}: ${text(limit * 2)}`).items).toEqual([refused]);
    },
  );

  test('is none because of other lines in its block', () => {
    const body = `data: ${text(limit)}\nevent: ${text(limit - 1)}\nid: ${text(limit)}\n\n`;
    expect(limited(body).items).toEqual([
      message(text(limit), { event: text(limit - 1), lastEventId: text(limit) }),
    ]);
  });

  test.each([
    ['complete', '\n\n'],
    ['incomplete', ''],
  ])('leaves what came before it, a lone id too, and nothing of its own: %s', (_, end) => {
    const before = 'id: 4\ndata: a\n\nid: 5\n\n';
    const { items, end: left } = limited(`${before}data: b\ndata: ${text(limit * 2)}${end}`);
    expect(items).toEqual([message('a', { lastEventId: '4' }), { kind: 'id', id: '5' }, refused]);
    expect(left.unfinished).toBeUndefined();
  });

  test('is one over 16777216 characters where no limit is given, and none where it is infinite', () => {
    const [full, more] = [text(16_777_216), text(16_777_217)].map((data) =>
      encode(`data: ${data}\n\n`),
    );
    const kinds = (options: FramingOptions, bytes: Uint8Array | undefined) =>
      createSseFraming(options)
        .push(bytes ?? new Uint8Array())
        .map(({ kind }) => kind);
    expect(kinds({}, full)).toEqual([undefined]);
    expect(kinds({}, more)).toEqual(['error']);
    expect(kinds({ maxMessageLength: Number.POSITIVE_INFINITY }, more)).toEqual([undefined]);
    // Not a number that could be meant.
    expect(kinds({ maxMessageLength: Number.NaN }, full)).toEqual([undefined]);
    expect(kinds({ maxMessageLength: -1 }, more)).toEqual(['error']);
  });
});

describe('the end of a body', () => {
  test('inside a character is reported', () => {
    expect(read(bytesOf('d', 0xe2, 0x82)).end.cutCharacter).toBe(true);
    expect(read('data: €').end.cutCharacter).toBe(false);
    expect(read(bytesOf(0xff, '\n')).end.cutCharacter).toBe(false);
  });

  test.each([
    ['in a line', 'id: 1\nevent: end\ndata: x', message('x', { event: 'end', lastEventId: '1' })],
    ['after a line', 'data: x\r\n', message('x')],
    ['after CR', 'data: x\r', message('x')],
    ['in a second line', 'data: x\ndata: y', message('x\ny')],
    ['after a message', 'id: 1\ndata: x\n\ndata: y\n', message('y', { lastEventId: '1' })],
    ['with a name only', 'event: end\n', undefined],
    ['with an id only', 'id: 1', undefined],
    ['after a blank line', 'data: x\n\n', undefined],
    ['in a character', bytesOf('data: x', 0xe2), message('x\uFFFD')],
  ])('completes nothing but the message that a sentinel is compared with: %s', (_, body, found) => {
    const { items, end } = read(body);
    expect(items.filter((item) => found && JSON.stringify(item) === JSON.stringify(found))).toEqual(
      [],
    );
    expect(end.items).toEqual([]);
    expect(end.unfinished).toEqual(found);
  });
});

describe('the cost is linear in the length', () => {
  const whole = (body: string) => [encode(body)];
  const inBytes = (body: string) => Array.from(body, (character) => encode(character));

  /** The processor time for a body, in ms: the least of three. */
  function timeFor(makeChunks: (length: number) => Uint8Array[], length: number): number {
    const chunks = makeChunks(length);
    const times = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      frame(createSseFraming({}), chunks);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    return Math.min(...times);
  }

  test.each<[shape: string, makeChunks: (length: number) => Uint8Array[]]>([
    ['lines without a colon', (length) => whole('x\n'.repeat(length / 2))],
    ['lines that end in CR', (length) => whole('x\r'.repeat(length / 2))],
    ['lines that end in LF, and one in CR', (length) => whole(`${'x\n'.repeat(length / 2)}\r`)],
    ['lines that end in CR, and one in LF', (length) => whole(`${'x\r'.repeat(length / 2)}\n`)],
    ['data lines of one block', (length) => whole(`${'data\n'.repeat(length / 5)}\n`)],
    ['one line in chunks of one byte', (length) => inBytes(`data: ${'x'.repeat(length)}\n\n`)],
    ['one comment in chunks of one byte', (length) => inBytes(`:${'x'.repeat(length)}\n`)],
    ['data lines in chunks of one byte', (length) => inBytes('data: x\n'.repeat(length / 8))],
  ])('%s', (_, makeChunks) => {
    const length = 8000;
    // Twenty times the length takes four hundred times as long where the cost is quadratic.
    const factor = timeFor(makeChunks, length * 20) / Math.max(0.5, timeFor(makeChunks, length));
    expect(factor).toBeLessThan(100);
  });
});
