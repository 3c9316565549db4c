import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUtf8Decoder } from '../../../src/core/framing/utf8-decoder.ts';

/** What a streaming decoder of the platform makes of the same chunks. */
function decodeByPlatform(chunks: readonly Uint8Array[]): string[] {
  const decoder = new TextDecoder();
  return [...chunks.map((bytes) => decoder.decode(bytes, { stream: true })), decoder.decode()];
}

function decodeChunks(chunks: readonly Uint8Array[]): string[] {
  const decoder = createUtf8Decoder();
  return [...chunks.map((bytes) => decoder.decode(bytes)), decoder.end()];
}

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);

describe('the UTF-8 decoder', () => {
  test('gives the text of a streaming decoder, chunk by chunk, whatever the bytes', () => {
    // Few different bytes, so that marks, characters and halves of them come often.
    const byte = fc.constantFrom(0x61, 0x0a, 0xef, 0xbb, 0xbf, 0xc3, 0xa9, 0xf0, 0x9f, 0x8e, 0x89);
    const chunk = fc.array(byte, { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
        expect(decodeChunks(chunks)).toEqual(decodeByPlatform(chunks));
      }),
      { numRuns: 20_000 },
    );
  });

  test('keeps what a chunk cuts, also where the chunk has as many characters as bytes', () => {
    const chunks = [
      bytesOf(0x61),
      bytesOf(0x61, 0xf0, 0x9f, 0x8e),
      bytesOf(0x89, 0xc3),
      bytesOf(0xa9, 0x61),
    ];
    expect(decodeChunks(chunks)).toEqual(['a', 'a', '🎉', 'éa', '']);
  });

  test('removes the byte order mark of the start, and no other', () => {
    const mark = [0xef, 0xbb, 0xbf] as const;
    const chunks = [bytesOf(...mark, 0x61), bytesOf(0x61), bytesOf(...mark, 0x61)];
    expect(decodeChunks(chunks)).toEqual(['a', 'a', '\uFEFFa', '']);
  });
});
