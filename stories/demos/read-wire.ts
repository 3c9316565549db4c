import { createFraming, type FramedItem, type FramedMessage } from 'rivulet/core';
import type { LineEnd } from './wire-presets.ts';

const LINE_ENDS: Readonly<Record<LineEnd, string>> = { LF: '\n', CRLF: '\r\n', CR: '\r' };

/** The bytes of a text under other line ends, with a byte order mark before them or not. */
export function toWire(text: string, lineEnd: LineEnd, hasMark: boolean): Uint8Array {
  const lines = text.replaceAll('\n', LINE_ENDS[lineEnd]);
  return new TextEncoder().encode(hasMark ? `\uFEFF${lines}` : lines);
}

/** What the library makes of chunks of bytes. */
export interface WireReading {
  readonly items: readonly FramedItem[];
  /** The message that no blank line has completed, if the stream ended here. */
  readonly unfinished: FramedMessage | undefined;
}

/** Reads chunks with the framing that the hooks use. */
export function readWire(chunks: Iterable<Uint8Array>): WireReading {
  const framing = createFraming('sse');
  const items: FramedItem[] = [];
  for (const chunk of chunks) items.push(...framing.push(chunk));
  return { items, unfinished: framing.end().unfinished };
}

/** The bytes in chunks of one size; the last may be shorter. */
export function inChunks(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    chunks.push(bytes.subarray(start, start + size));
  }
  return chunks;
}

/** How many ways to cut a stream were tried, and how many gave the same messages as no cut. */
export interface CutCheck {
  readonly tried: number;
  readonly same: number;
}

/** Longer streams are not tried: this runs at every stroke of a key. */
const MAX_CHECKED_BYTES = 1000;

/** Cuts a stream in two at each of its places, and once into single bytes. */
export function checkCuts(bytes: Uint8Array): CutCheck | null {
  if (bytes.length > MAX_CHECKED_BYTES) return null;
  const whole = JSON.stringify(readWire([bytes]));
  const ways = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, index) => [
    bytes.subarray(0, index + 1),
    bytes.subarray(index + 1),
  ]);
  ways.push(inChunks(bytes, 1));
  const same = ways.filter((chunks) => JSON.stringify(readWire(chunks)) === whole).length;
  return { tried: ways.length, same };
}
