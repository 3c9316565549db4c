import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createWire } from '../../support/wire.ts';

async function textOf(options: StreamingFetchOptions, ...chunks: readonly string[]) {
  const wire = createWire();
  const run = createStreamingFetch('/api', { ...wire.options, ...options });
  const end = run.start();
  // One by one, or what is at hand is handled as one.
  for (const chunk of chunks) await wire.send(chunk);
  await wire.close();
  return end;
}

describe('`maxTextLength`', () => {
  test.each([
    [3, ['ab', 'cd', 'ef'], 'def'],
    [3, ['abcdefgh'], 'fgh'],
    [6, ['ab', 'cd', 'ef'], 'abcdef'],
    [1, ['a', 'b'], 'b'],
    [Number.POSITIVE_INFINITY, ['ab', 'cd'], 'abcd'],
  ])('of %d makes of %j the newest text: %j', async (maxTextLength, chunks, text) => {
    expect((await textOf({ maxTextLength }, ...chunks)).text).toBe(text);
  });

  test('holds in every snapshot, not only in the last', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/', { ...wire.options, maxTextLength: 3, flush: 'sync' });
    const texts: string[] = [];
    run.subscribe(() => void texts.push(run.getSnapshot().text));
    void run.start();
    for (const chunk of ['ab', 'cd', 'ef', 'g']) await wire.send(chunk);
    run.abort();
    expect(texts.filter((text) => text !== '')).toEqual(['ab', 'bcd', 'def', 'efg', 'efg']);
  });

  test('does not begin with half a surrogate pair', async () => {
    expect((await textOf({ maxTextLength: 2 }, 'a😀b')).text).toBe('b');
    expect((await textOf({ maxTextLength: 3 }, 'a😀b')).text).toBe('😀b');
  });

  test('counts nothing as dropped: that is for messages', async () => {
    const { dropped, messages } = await textOf({ maxTextLength: 1 }, 'ab', 'cd');
    expect([dropped, messages.length]).toEqual([0, 2]);
  });

  test('bounds the work as well: a character is copied a few times however long the stream', async () => {
    let copied = 0;
    const { slice } = String.prototype;
    const spy = vi.spyOn(String.prototype, 'slice').mockImplementation(function (
      this: string,
      ...range
    ) {
      const part = slice.apply(this, range);
      copied += part.length;
      return part;
    });
    try {
      const piece = 'x'.repeat(100);
      const wire = createWire();
      const run = createStreamingFetch('/api', { ...wire.options, maxTextLength: 1000 });
      const end = run.start();
      await wire.send(...Array.from({ length: 2000 }, () => piece));
      await wire.close();
      expect((await end).text).toHaveLength(1000);
    } finally {
      spy.mockRestore();
    }
    // 200,000 characters came; one cut for each 1,000 of them costs 1,000.
    expect(copied).toBeLessThan(3 * 200_000);
  });
});

describe('text', () => {
  test('of 50 MB is complete, with bounded history and few flushes', {
    timeout: 60_000,
  }, async () => {
    const pieces = 3200;
    const piece = 'x'.repeat(16 * 1024 - 1);
    const wire = createWire();
    const run = createStreamingFetch('/api', wire.options);
    let flushes = 0;
    run.subscribe(() => {
      flushes += 1;
    });
    const end = run.start();
    for (let sent = 0; sent < pieces; sent += 100) {
      await wire.send(...Array.from({ length: 100 }, () => `${piece}\n`));
      await wire.environment.advance(50);
    }
    await wire.close();
    const { text, messages, dropped, bytesReceived } = await end;
    expect(bytesReceived).toBe(pieces * 16 * 1024);
    expect(text).toHaveLength(pieces * 16 * 1024);
    expect(text.slice(-3)).toBe('xx\n');
    expect([messages.length, dropped]).toEqual([100, pieces - 100]);
    // Connecting, open, first data, end, and one for each 50 ms.
    expect(flushes).toBeLessThanOrEqual(pieces / 100 + 5);
  });
});
