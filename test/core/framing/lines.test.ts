import { describe, expect, test } from 'vitest';
import { createFraming } from '../../../src/core/framing/framings.ts';
import { encode, frame, frameEveryWay, message, tooLong } from './framed.ts';

const texts = (...all: string[]) => all.map((data) => message(data));

/** Everything that a body says, the end included; the same in whatever chunks it comes. */
function read(name: 'lines' | 'ndjson', body: string | Uint8Array, maxMessageLength?: number) {
  const { items, end } = frameEveryWay(() => createFraming(name, { maxMessageLength }), body);
  return { items: [...items, ...end.items], cutCharacter: end.cutCharacter };
}

describe('lines', () => {
  test('end in LF, and a CR before that is not part of them', () => {
    expect(read('lines', 'a\r\nb\n').items).toEqual(texts('a', 'b'));
    expect(read('lines', 'a\rb\r\r\n').items).toEqual(texts('a\rb\r'));
  });

  test('may be blank', () => {
    expect(read('lines', '\na\n\r\n').items).toEqual(texts('', 'a', ''));
  });

  test('count without a line end when they are the last', () => {
    expect(read('lines', 'a\né日🎉').items).toEqual(texts('a', 'é日🎉'));
    expect(read('lines', 'a\r').items).toEqual(texts('a'));
    expect(read('lines', '').items).toEqual([]);
  });

  test('are decoded by the charset of the headers', () => {
    const headers = new Headers({ 'content-type': 'text/plain; charset=iso-8859-1' });
    const framed = frame(createFraming('lines', { headers }), [Uint8Array.of(0xe9, 0x0a)]);
    expect(framed.items).toEqual(texts('é'));
  });

  test('that end inside a character are reported and are still text', () => {
    const found = read('lines', Uint8Array.of(0x61, 0xe2, 0x82));
    expect(found).toEqual({ items: texts('a'), cutCharacter: true });
  });

  test('are refused over the limit, once, after what came before, and not at it', () => {
    expect(read('lines', 'ab\nabc\nd\nabc\n', 2).items).toEqual([message('ab'), tooLong(2)]);
    expect(read('lines', 'ab\r\nab\r', 2).items).toEqual(texts('ab', 'ab'));
    expect(read('lines', 'abc', 2).items).toEqual([tooLong(2)]);
  });

  test('are refused before they are complete', () => {
    expect(createFraming('lines', { maxMessageLength: 2 }).push(encode('abcd'))).toEqual([
      tooLong(2),
    ]);
  });
});

describe('NDJSON', () => {
  test('skips blank lines', () => {
    expect(read('ndjson', '\n{"a":1}\r\n \t\n\r\n{"b":2}').items).toEqual(
      texts('{"a":1}', '{"b":2}'),
    );
  });

  test('is UTF-8 whatever the headers say', () => {
    const headers = new Headers({ 'content-type': 'application/x-ndjson; charset=iso-8859-1' });
    const framed = frame(createFraming('ndjson', { headers }), [encode('"é"\n')]);
    expect(framed.items).toEqual(texts('"é"'));
  });

  test('has no value in a line that ends inside a character', () => {
    const found = read('ndjson', Uint8Array.of(0x31, 0x0a, 0x22, 0xe2, 0x82));
    expect(found).toEqual({ items: texts('1'), cutCharacter: true });
  });

  test('is refused over the limit', () => {
    expect(read('ndjson', '1234\n12345\n', 4).items).toEqual([message('1234'), tooLong(4)]);
  });
});

test('one long line costs what its length is, in chunks of one byte', () => {
  const timeFor = (length: number) => {
    const chunks = Array.from('x'.repeat(length), encode);
    const times = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage().user;
      frame(createFraming('lines'), chunks);
      return process.cpuUsage().user - before;
    });
    return Math.min(...times);
  };
  // Twenty times the length takes four hundred times as long where the cost is quadratic.
  expect(timeFor(160_000) / Math.max(500, timeFor(8000))).toBeLessThan(100);
});
