import { StreamError } from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createMessageQueue } from '../../../src/core/controller/message-queue.ts';

/** A queue that is read, with what came of each chunk. */
function setUp() {
  const queue = createMessageQueue<number>();
  const leave = vi.fn<() => void>();
  const iterator = queue.iterate(leave);
  /** Pushes a chunk; whether more may be read at once. */
  const chunk = (...messages: number[]) => {
    for (const message of messages) queue.push(message);
    return queue.ready();
  };
  const read = async () => (await iterator.next()).value;
  return { queue, iterator, leave, chunk, read };
}

/** Whether a promise is fulfilled by now. */
async function isFulfilled(promise: Promise<void> | undefined): Promise<boolean> {
  let fulfilled = false;
  void promise?.then(() => {
    fulfilled = true;
  });
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return fulfilled;
}

describe('a message queue', () => {
  test('holds nothing until its iterator is asked for', async () => {
    const queue = createMessageQueue<number>();
    queue.push(1);
    expect(queue.ready()).toBeUndefined();
    const iterator = queue.iterate(() => {});
    queue.push(2);
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
  });

  test('lets one chunk be ahead, and no two', async () => {
    const { chunk, read } = setUp();
    expect(chunk(1, 2)).toBeUndefined();
    const ready = chunk(3, 4);
    expect(await isFulfilled(ready)).toBe(false);
    expect(await read()).toBe(1);
    expect(await isFulfilled(ready)).toBe(false);
    expect(await read()).toBe(2);
    expect(await isFulfilled(ready)).toBe(true);
    const next = chunk(5);
    expect(await read()).toBe(3);
    expect(await isFulfilled(next)).toBe(false);
    expect(await read()).toBe(4);
    expect(await isFulfilled(next)).toBe(true);
    expect(await read()).toBe(5);
  });

  test('holds back nobody who reads as fast as messages come', async () => {
    const { chunk, read } = setUp();
    for (const message of [1, 2, 3, 4]) {
      expect(chunk(message)).toBeUndefined();
      expect(await read()).toBe(message);
    }
  });

  test('counts chunks without messages as none', () => {
    const { chunk } = setUp();
    expect(chunk()).toBeUndefined();
    expect(chunk(1)).toBeUndefined();
    expect(chunk()).toBeDefined();
  });

  test('gives messages to those who waited for them, in order', async () => {
    const { chunk, iterator } = setUp();
    const waiting = [iterator.next(), iterator.next(), iterator.next()];
    chunk(1, 2, 3);
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test('ends after what was pushed, and takes nothing more', async () => {
    const { queue, chunk, read, iterator } = setUp();
    chunk(1);
    queue.end();
    queue.end(new StreamError('network', 'Too late.'));
    expect(await read()).toBe(1);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    queue.push(2);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('throws its error once, after what was pushed', async () => {
    const { queue, chunk, read, iterator } = setUp();
    const error = new StreamError('network', 'The connection broke.');
    chunk(1);
    queue.end(error);
    expect(await read()).toBe(1);
    await expect(iterator.next()).rejects.toBe(error);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('wakes the reader and the writer at its end', async () => {
    const { queue, chunk } = setUp();
    chunk(1);
    const ready = chunk(2);
    queue.end();
    expect(await isFulfilled(ready)).toBe(true);

    const other = setUp();
    const waiting = other.iterator.next();
    other.queue.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('is left by `return`, which says so and wakes everybody', async () => {
    const { iterator, leave, chunk } = setUp();
    chunk(1);
    const ready = chunk(2);
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(leave).toHaveBeenCalledTimes(1);
    expect(await isFulfilled(ready)).toBe(true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test('has one iterator', () => {
    const { queue, iterator } = setUp();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    expect(() => queue.iterate(() => {})).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });
});
