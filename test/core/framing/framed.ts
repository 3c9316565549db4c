import { expect } from 'vitest';
import type { FramedItem, FramedMessage, Framing } from '../../../src/core/framing/framing.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every byte a chunk of its own. */
export const byteByByte = (bytes: Uint8Array): Uint8Array[] =>
  Array.from(bytes, (byte) => Uint8Array.of(byte));

/** What a framing makes of chunks: its items, and what it leaves at the end. */
export function frame<TData>(framing: Framing<TData>, chunks: readonly Uint8Array[]) {
  const items: FramedItem<TData>[] = chunks.flatMap((chunk) => [...framing.push(chunk)]);
  return { items, end: framing.end() };
}

/**
 * What a framing makes of a body, which must be the same whole, byte by byte, with empty chunks, and
 * cut in two at every byte.
 */
export function frameEveryWay<TData>(create: () => Framing<TData>, body: string | Uint8Array) {
  const bytes = typeof body === 'string' ? encode(body) : body;
  const whole = frame(create(), [bytes]);
  const empty = new Uint8Array();
  expect(frame(create(), byteByByte(bytes))).toEqual(whole);
  expect(frame(create(), [empty, ...byteByByte(bytes).flatMap((byte) => [byte, empty])])).toEqual(
    whole,
  );
  for (let at = 1; at < bytes.length; at += 1) {
    expect(frame(create(), [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
  }
  return whole;
}

/** A message as framings make it. */
export function message<TData = string>(
  data: TData,
  { event = 'message', lastEventId = '', origin = '' }: Partial<FramedMessage> = {},
): FramedMessage<TData> {
  return { event, data, value: data, lastEventId, origin };
}

/** The refusal of a message that is longer than so many characters. */
export const tooLong = (limit: number, unit = 'characters') => ({
  kind: 'error',
  code: 'message-too-large',
  message: `A message is longer than ${limit} ${unit}.`,
});
