import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { takeInSlices } from '../../../src/core/body/slices.ts';

const always = () => true;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('items are taken in slices', () => {
  test('100,000 of 1 ms each yield at least every 16, and stay in order', async () => {
    const environment = createTestEnvironment();
    const items = numbers(100_000);
    const taken: number[] = [];
    /** How many items there were between two turns of the host. */
    const slices: number[] = [];
    let sliceStart = 0;
    const { yieldToHost } = environment;
    environment.yieldToHost = () => {
      slices.push(taken.length - sliceStart);
      sliceStart = taken.length;
      return yieldToHost();
    };
    const take = (item: number) => {
      taken.push(item);
      environment.skip(1);
    };
    await takeInSlices(environment, items, take, always);
    expect(taken).toEqual(items);
    expect(Math.max(...slices)).toBeLessThanOrEqual(16);
    expect(slices.length).toBeGreaterThanOrEqual(100_000 / 16 - 1);
    expect(environment.pending().timers).toBe(0);
  });

  test('what takes no time is taken at once, without a promise', () => {
    const environment = createTestEnvironment();
    const taken: number[] = [];
    const pending = takeInSlices(environment, numbers(5000), (item) => taken.push(item), always);
    expect(pending).toBeUndefined();
    expect(taken).toHaveLength(5000);
    expect(environment.yields).toBe(0);
  });

  test('a long last item is followed by no pause', () => {
    const environment = createTestEnvironment();
    const pending = takeInSlices(environment, [1], () => environment.skip(1000), always);
    expect(pending).toBeUndefined();
  });

  test('nothing is taken after the end, within a slice or after a pause', async () => {
    const environment = createTestEnvironment();
    const taken: number[] = [];
    const take = (item: number) => {
      taken.push(item);
      environment.skip(5);
    };
    await takeInSlices(environment, numbers(100), take, () => taken.length < 2);
    expect(taken).toEqual([0, 1]);

    let goesOn = true;
    const pending = takeInSlices(environment, numbers(100), take, () => goesOn);
    goesOn = false;
    await pending;
    expect(taken).toEqual([0, 1, 0, 1, 2]);
  });

  test('a throw ends the taking: at once, or by the promise after a pause', async () => {
    const environment = createTestEnvironment();
    const take = (item: number) => {
      environment.skip(6);
      if (item === 3) throw new Error('at 3');
    };
    expect(() => takeInSlices(environment, [3], take, always)).toThrow('at 3');
    await expect(takeInSlices(environment, numbers(9), take, always)).rejects.toThrow('at 3');
  });
});
