import { createFraming, type FramingName } from 'rivulet/core';
import { describe, expect, test } from 'vitest';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The data of the messages in a body, whole or cut at every byte. */
function read(name: Exclude<FramingName, 'bytes'>, body: string, step = body.length): string[] {
  const framing = createFraming(name);
  const items = [];
  const all = bytes(body);
  for (let at = 0; at < all.length; at += step)
    items.push(...framing.push(all.slice(at, at + step)));
  items.push(...framing.end().items);
  return items.flatMap((item) => (item.kind === undefined ? [item.data] : []));
}

describe('createFraming', () => {
  test.each([
    ['sse', 'data: a\n\ndata: b\n\ndata: unfinished', ['a', 'b']],
    ['lines', 'a\r\n\nb', ['a', '', 'b']],
    ['ndjson', '{"a":1}\n\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ] as const)('%s gives the same messages whole and byte by byte', (name, body, expected) => {
    expect(read(name, body)).toEqual(expected);
    expect(read(name, body, 1)).toEqual(expected);
  });

  test('text gives what it has, never half a character', () => {
    expect(read('text', 'é日🎉', 1)).toEqual(['é', '日', '🎉']);
  });

  test('text goes by the charset of the headers', () => {
    const headers = new Headers({ 'content-type': 'text/plain; charset=iso-8859-1' });
    const framing = createFraming('text', { headers });
    expect(framing.push(new Uint8Array([0xe9]))).toEqual([{ data: 'é' }]);
  });

  test('bytes gives every chunk as it is', () => {
    const chunk = bytes('a');
    expect(createFraming('bytes').push(chunk)).toEqual([{ data: chunk }]);
  });

  test('refuses a message that is too long, after what came before it', () => {
    const [first, second] = createFraming('lines', { maxMessageLength: 2 }).push(
      bytes('ab\nabc\n'),
    );
    expect(first).toEqual({ data: 'ab' });
    expect(second).toMatchObject({ kind: 'error', error: { code: 'message-too-large' } });
  });
});
