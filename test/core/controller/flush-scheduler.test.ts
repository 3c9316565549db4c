import { describe, expect, test } from 'vitest';
import { countEveryMs, createCounter, createPage, FRAME_MS } from '../../support/counter-store.ts';

describe('many stores of one page', () => {
  test('share one frame, and flush in it together', async () => {
    const page = createPage();
    const counters = Array.from({ length: 10 }, () => createCounter(page, 'frame'));
    for (const { count } of counters) count();
    expect(page.framesAsked).toBe(1);
    expect(page.clock.pending().timers).toBe(2);
    await page.clock.advance(FRAME_MS);
    for (const { flushes } of counters) expect(flushes).toEqual([[16, 1]]);
    expect(page.framesAsked).toBe(1);
    expect(page.clock.pending().timers).toBe(0);
  });

  test('of one interval flush in one frame, whenever they began', async () => {
    const page = createPage();
    const early = createCounter(page, 200);
    const late = createCounter(page, 200);
    await countEveryMs(page, early, 70);
    for (let passed = 0; passed < 1000; passed += 1) {
      early.count();
      late.count();
      await page.clock.advance(1);
    }
    const shared = (at: number) => at > 200;
    const times = early.flushes.map(([at]) => at).filter(shared);
    expect(times.length).toBeGreaterThan(3);
    expect(late.flushes.map(([at]) => at).filter(shared)).toEqual(times);
  });

  test('of different intervals do not hurry each other', async () => {
    const page = createPage();
    const slow = createCounter(page, 500);
    const fast = createCounter(page, 'frame');
    slow.count();
    await page.clock.advance(FRAME_MS);
    slow.count();
    for (let frame = 0; frame < 20; frame += 1) {
      fast.count();
      await page.clock.advance(FRAME_MS);
    }
    expect(fast.flushes).toHaveLength(20);
    expect(slow.flushes).toHaveLength(1);
    await page.clock.advance(500);
    expect(slow.flushes).toHaveLength(2);
  });

  test('go on when one of them is flushed at once', async () => {
    const page = createPage();
    const one = createCounter(page, 'frame');
    const other = createCounter(page, 'frame');
    one.count();
    other.count();
    one.store.flush();
    await page.clock.advance(FRAME_MS);
    expect(one.flushes).toEqual([[0, 1]]);
    expect(other.flushes).toEqual([[16, 1]]);
  });

  test('may change in the callback of a flush: that waits for the next frame', async () => {
    const page = createPage();
    const counter = createCounter(page, 'frame');
    counter.store.subscribe(() => {
      if (counter.flushes.length < 3) counter.count();
    });
    counter.count();
    await page.clock.advance(10 * FRAME_MS);
    expect(counter.flushes).toEqual([
      [16, 1],
      [32, 2],
      [48, 3],
    ]);
    expect(page.clock.pending().timers).toBe(0);
  });

  test('of two pages know nothing of each other', () => {
    const [one, other] = [createPage(), createPage()];
    createCounter(one, 'frame').count();
    createCounter(other, 'frame').count();
    expect([one.framesAsked, other.framesAsked]).toEqual([1, 1]);
  });
});
