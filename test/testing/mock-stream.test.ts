import { createMockStream, type MockStream } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';

function readerOf({ response }: MockStream) {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('A scripted stream has a body.');
  return reader;
}

/** All chunks as text. */
async function readAll(stream: MockStream): Promise<string[]> {
  const reader = readerOf(stream);
  const chunks: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(value));
  }
}

describe('a scripted stream', () => {
  test('is an event stream unless it is told otherwise', () => {
    const { response } = createMockStream();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const other = createMockStream({ status: 503, headers: { 'retry-after': '7' } }).response;
    expect(other.status).toBe(503);
    expect(Object.fromEntries(other.headers)).toEqual({ 'retry-after': '7' });
  });

  test('sends messages, and writes text and bytes as they are, a chunk each', async () => {
    const stream = createMockStream();
    stream.send('x');
    stream.send({ event: 'price', data: { value: 3 }, id: 7 });
    stream.write('da');
    stream.write(Uint8Array.of(0x21, 0x0a));
    stream.close();
    expect(await readAll(stream)).toEqual([
      'data: x\n\n',
      'event: price\nid: 7\ndata: {"value":3}\n\n',
      'da',
      '!\n',
    ]);
  });

  test.each<[string, number[], string[]]>([
    ['abcdef', [2, 4], ['ab', 'cd', 'ef']],
    ['abcdef', [], ['abcdef']],
    ['abcdef', [0, 6], ['abcdef']],
    ['abcdef', [2, 2, 9], ['ab', 'cdef']],
    ['aé', [2], ['a\uFFFD', '\uFFFD']],
  ])('splits %j at the byte positions %j', async (text, positions, chunks) => {
    const stream = createMockStream();
    stream.writeSplit(text, ...positions);
    stream.close();
    expect(await readAll(stream)).toEqual(chunks);
  });

  test('ends cleanly', async () => {
    const stream = createMockStream();
    expect(stream.isOpen).toBe(true);
    stream.close();
    expect(stream.isOpen).toBe(false);
    expect(stream.isCancelled).toBe(false);
    expect(await readAll(stream)).toEqual([]);
  });

  test('breaks as a network does, or as it is told', async () => {
    const stream = createMockStream();
    stream.fail();
    await expect(readAll(stream)).rejects.toThrow(TypeError);
    const other = createMockStream();
    other.fail(new RangeError('told'));
    await expect(readAll(other)).rejects.toThrow(RangeError);
    expect(other.isCancelled).toBe(false);
  });

  test('knows that its reader has left, and takes nothing more', async () => {
    const stream = createMockStream();
    const reader = readerOf(stream);
    await reader.cancel();
    expect(stream.isCancelled).toBe(true);
    expect(stream.isOpen).toBe(false);
    stream.send('late');
    stream.close();
    stream.fail();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  test('takes nothing more after its end', () => {
    const stream = createMockStream();
    stream.close();
    expect(() => {
      stream.close();
      stream.send('late');
      stream.writeSplit('late', 1);
      stream.fail();
    }).not.toThrow();
  });
});
