import { describe, expect, test } from 'vitest';
import { createHistory } from '../../../src/core/messages/history.ts';
import { createLatest } from '../../../src/core/messages/latest.ts';

interface Numbered {
  readonly number: number;
}

const message = (number: number): Numbered => ({ number });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const numbersOf = (messages: readonly Numbered[]) => messages.map(({ number }) => number);

function filled(limit: number, count: number) {
  const history = createHistory<Numbered>(limit);
  for (const number of numbers(count)) history.push(message(number));
  return history;
}

describe('the history', () => {
  test.each([
    [5, 0, [], 0],
    [5, 3, [0, 1, 2], 0],
    [5, 5, [0, 1, 2, 3, 4], 0],
    [5, 6, [1, 2, 3, 4, 5], 1],
    [5, 13, [8, 9, 10, 11, 12], 8],
    [1, 3, [2], 2],
    [0, 3, [], 3],
    [Number.POSITIVE_INFINITY, 1000, numbers(1000), 0],
  ])('of at most %d holds the newest of %d, oldest first', (limit, count, kept, dropped) => {
    const history = filled(limit, count);
    expect(numbersOf(history.snapshot())).toEqual(kept);
    expect(history.dropped()).toBe(dropped);
  });

  test('is the same array until it changes, and a new one then', () => {
    const history = filled(3, 5);
    const before = history.snapshot();
    expect(history.snapshot()).toBe(before);
    history.push(message(5));
    expect(history.snapshot()).not.toBe(before);
    expect(numbersOf(before)).toEqual([2, 3, 4]);
  });

  test('takes the texts of a message out of their chunk, once, if it is there at a snapshot', () => {
    const detached: number[] = [];
    const watched = (number: number) => ({
      get data() {
        detached.push(number);
        return '';
      },
    });
    const history = createHistory<object>(3, [watched(8), watched(9)]);
    history.snapshot();
    expect(detached).toEqual([]);
    for (const number of numbers(5)) history.push(watched(number));
    history.snapshot();
    history.snapshot();
    expect(detached).toEqual([2, 3, 4]);
    history.push(watched(5));
    history.snapshot();
    expect(detached).toEqual([2, 3, 4, 5]);
  });

  test('begins with the messages it is given, and what was dropped before them', () => {
    const history = createHistory(3, [7, 8, 9, 10].map(message), 5);
    expect(numbersOf(history.snapshot())).toEqual([8, 9, 10]);
    expect(history.dropped()).toBe(6);
    history.push(message(11));
    expect(numbersOf(history.snapshot())).toEqual([9, 10, 11]);
    expect(history.dropped()).toBe(7);
    expect(createHistory(0, [1, 2].map(message)).dropped()).toBe(2);
  });
});

describe('the newest value of each event name', () => {
  test('is kept, and the object stays the same until something changes', () => {
    const latest = createLatest();
    latest.push({ event: 'price', value: 1 });
    latest.push({ event: 'volume', value: 2 });
    latest.push({ event: 'price', value: 3 });
    const snapshot = latest.snapshot();
    expect({ ...snapshot }).toEqual({ price: 3, volume: 2 });
    expect(latest.snapshot()).toBe(snapshot);
    latest.push({ event: 'volume', value: 4 });
    expect(latest.snapshot()).not.toBe(snapshot);
    expect({ ...snapshot }).toEqual({ price: 3, volume: 2 });
  });

  test('has no names but those that came: not even `toString` or `__proto__`', () => {
    const latest = createLatest();
    expect(latest.snapshot()['toString']).toBeUndefined();
    latest.push({ event: '__proto__', value: { polluted: true } });
    latest.push({ event: 'constructor', value: 1 });
    expect(Object.keys(latest.snapshot())).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('is forgotten for all but 1,000 names, the longest known first', () => {
    const latest = createLatest();
    for (const number of numbers(1500)) latest.push({ event: `name ${number}`, value: number });
    const names = Object.keys(latest.snapshot());
    expect(names).toHaveLength(1000);
    expect(names[0]).toBe('name 500');
    expect(names.at(-1)).toBe('name 1499');
  });

  test('begins with what it is given, and can be cleared', () => {
    const latest = createLatest({ price: 1 });
    expect({ ...latest.snapshot() }).toEqual({ price: 1 });
    latest.clear();
    expect({ ...latest.snapshot() }).toEqual({});
  });
});
