import { describe, expect, test } from 'vitest';
import { chooseFraming, createFraming } from '../../../src/core/framing/framings.ts';
import { byteByByte, encode, frame, frameEveryWay, message, tooLong } from './framed.ts';

const typed = (contentType: string) => new Headers({ 'content-type': contentType });

/** The texts of the messages in a body that comes byte by byte. */
const readBytes = (bytes: Uint8Array, headers?: Headers) =>
  frame(createFraming('text', { headers }), byteByByte(bytes)).items.map(
    (item) => item.kind === undefined && item.data,
  );

describe('text', () => {
  test('is a message for each chunk, and none for an empty one', () => {
    const chunks = ['a\n', '', 'b'].map(encode);
    expect(frame(createFraming('text'), chunks)).toEqual({
      items: [message('a\n'), message('b')],
      end: { items: [], cutCharacter: false },
    });
  });

  test('holds a character that a chunk cuts until it is whole', () => {
    expect(readBytes(encode('é日🎉'))).toEqual(['é', '日', '🎉']);
  });

  test('holds half a surrogate pair', () => {
    const bytes = Uint8Array.of(0x3c, 0xd8, 0x89, 0xdf, 0x61, 0x00);
    expect(readBytes(bytes, typed('text/plain; charset=utf-16le'))).toEqual(['\u{1F389}', 'a']);
  });

  test('goes by the charset of its type, and is UTF-8 without a known one', () => {
    const latin = Uint8Array.of(0xe9);
    expect(readBytes(latin, typed('text/plain; charset="iso-8859-1"'))).toEqual(['é']);
    expect(readBytes(encode('é'), typed('text/plain; charset=unheard-of'))).toEqual(['é']);
    expect(readBytes(encode('é'), typed('text/plain'))).toEqual(['é']);
  });

  test('reports an end inside a character', () => {
    const { end } = frame(createFraming('text'), [Uint8Array.of(0x61, 0xe2, 0x82)]);
    expect(end).toEqual({ items: [], cutCharacter: true });
  });

  test('is refused over the limit, and nothing follows', () => {
    const chunks = ['ab', 'abc', 'ab'].map(encode);
    const { items } = frame(createFraming('text', { maxMessageLength: 2 }), chunks);
    expect(items).toEqual([message('ab'), tooLong(2)]);
  });
});

describe('a whole body', () => {
  const whole = (maxMessageLength?: number) =>
    chooseFraming('auto', 'application/json', true).create({
      maxMessageLength,
      lastEventId: '7',
      origin: 'https://a.example',
      headers: typed('application/json; charset=iso-8859-1'),
    });
  const read = (body: string | Uint8Array, limit?: number) => {
    return frameEveryWay(() => whole(limit), body);
  };

  test('is one message at its end, in UTF-8 whatever the headers say', () => {
    const { items, end } = read('{"a":\n\n"é日🎉"}\n');
    expect(items).toEqual([]);
    const from = { lastEventId: '7', origin: 'https://a.example' };
    expect(end).toEqual({
      items: [message('{"a":\n\n"é日🎉"}\n', from)],
      cutCharacter: false,
    });
  });

  test('is none when it is blank, or ends inside a character', () => {
    expect(read(' \n').end.items).toEqual([]);
    expect(read('').end.items).toEqual([]);
    const cut = Uint8Array.of(0x22, 0xe2, 0x82);
    expect(read(cut).end).toEqual({ items: [], cutCharacter: true });
  });

  test('is refused over the limit, once, and not at it', () => {
    expect(read('1234', 4).end.items).toHaveLength(1);
    const { items, end } = read('1234567', 4);
    expect(items).toEqual([tooLong(4)]);
    expect(end.items).toEqual([]);
  });
});
