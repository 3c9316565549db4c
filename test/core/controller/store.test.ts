import { describe, expect, test, vi } from 'vitest';
import { createStore } from '../../../src/core/controller/store.ts';
import { countEveryMs, createCounter, createPage, FRAME_MS } from '../../support/counter-store.ts';

describe('a snapshot', () => {
  test('changes only at a flush', async () => {
    const page = createPage();
    const { store, count } = createCounter(page, 'frame');
    const before = store.getSnapshot();
    count();
    count();
    expect(store.getSnapshot()).toBe(before);
    await page.clock.advance(FRAME_MS);
    expect(store.getSnapshot()).toEqual({ count: 2 });
    expect(store.getServerSnapshot()).toBe(before);
  });

  test('is the same object, and nobody is called, where a flush changes nothing', async () => {
    const page = createPage();
    const { store, set, flushes } = createCounter(page, 'frame');
    const before = store.getSnapshot();
    set(5);
    set(0);
    await page.clock.advance(FRAME_MS);
    store.flush();
    expect(store.getSnapshot()).toBe(before);
    expect(flushes).toEqual([]);
  });

  test('needs no timer while nothing changes', async () => {
    const page = createPage();
    const { store, count } = createCounter(page, 'frame');
    count();
    expect(page.clock.pending().timers).toBe(2);
    await page.clock.advance(FRAME_MS);
    expect(page.clock.pending().timers).toBe(0);
    count();
    store.flush();
    expect(page.clock.pending().timers).toBe(0);
  });
});

describe('the modes of a flush', () => {
  test("'frame': once a frame, whatever the rate", async () => {
    const page = createPage();
    const counter = createCounter(page, 'frame');
    await countEveryMs(page, counter, 5 * FRAME_MS);
    expect(counter.flushes).toEqual([
      [16, 16],
      [32, 32],
      [48, 48],
      [64, 64],
      [80, 80],
    ]);
  });

  test("'sync': at every change", () => {
    const page = createPage();
    const counter = createCounter(page, 'sync');
    counter.count();
    counter.count();
    expect(counter.flushes).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(page.framesAsked).toBe(0);
  });

  test('a number: at most once in so many ms', async () => {
    const page = createPage();
    const counter = createCounter(page, 200);
    await countEveryMs(page, counter, 1000);
    const times = counter.flushes.map(([at]) => at);
    expect(times).toEqual([16, 208, 416, 608, 816]);
  });

  test('a number waits by timer, and asks for one frame at the end of the wait', async () => {
    const page = createPage();
    const counter = createCounter(page, 1000);
    counter.count();
    await page.clock.advance(FRAME_MS);
    expect(page.framesAsked).toBe(1);
    counter.count();
    await page.clock.advance(900);
    expect(page.framesAsked).toBe(1);
    await page.clock.advance(150);
    expect(page.framesAsked).toBe(2);
    expect(counter.flushes).toHaveLength(2);
  });

  test('a number, after a pause: at the next frame', async () => {
    const page = createPage();
    const counter = createCounter(page, 200);
    counter.count();
    await page.clock.advance(5000);
    counter.count();
    await page.clock.advance(FRAME_MS);
    expect(counter.flushes).toHaveLength(2);
  });

  test("'auto': the next frame below 20,000 characters of text, then every 50 ms", async () => {
    const page = createPage();
    let length = 19_999;
    const counter = createCounter(page, 'auto', () => length);
    await countEveryMs(page, counter, 96);
    expect(counter.flushes.map(([at]) => at)).toEqual([16, 32, 48, 64, 80, 96]);
    length = 20_000;
    await countEveryMs(page, counter, 304);
    const gaps = counter.flushes.map(([at], index, all) => at - (all[index - 1]?.[0] ?? 0));
    expect(gaps.slice(6)).toEqual([16, 48, 48, 48, 48, 48, 48].slice(0, gaps.length - 6));
    expect(gaps.length).toBeLessThanOrEqual(6 + 304 / 48 + 1);
  });
});

describe("'auto' for a text that grows", () => {
  test.each([
    [39_999, 50],
    [40_000, 100],
    [399_999, 950],
    [50_000_000, 1000],
  ])('shows %i characters every %i ms, at the next frame', async (length, intervalMs) => {
    const page = createPage();
    const counter = createCounter(page, 'auto', () => length);
    await countEveryMs(page, counter, 8 * intervalMs);
    const times = counter.flushes.map(([at]) => at);
    const gaps = times.slice(1).map((at, index) => at - Number(times[index]));
    expect(gaps.length).toBeGreaterThanOrEqual(6);
    // The first flush stands at no place of the grid; the others at the frame after theirs.
    const off = gaps.slice(1).map((gap) => Math.abs(gap - intervalMs));
    expect(off.filter((ms) => ms > FRAME_MS)).toEqual([]);
  });

  test('follows a mode that changes while a flush waits', async () => {
    const page = createPage();
    let mode: 'auto' | 'frame' = 'auto';
    const counter = createCounter(
      page,
      () => mode,
      () => 1_000_000,
    );
    counter.store.flush();
    counter.count();
    mode = 'frame';
    counter.count();
    await page.clock.advance(FRAME_MS);
    expect(counter.flushes).toEqual([[FRAME_MS, 2]]);
  });

  test('takes an interval of 0 for the next frame', async () => {
    const page = createPage();
    const counter = createCounter(page, 0);
    await countEveryMs(page, counter, 48);
    expect(counter.flushes.map(([at]) => at)).toEqual([16, 32, 48]);
  });
});

describe('a page without frames', () => {
  test('flushes every 100 ms by timer', async () => {
    const page = createPage({ frames: false });
    const counter = createCounter(page, 'frame');
    await countEveryMs(page, counter, 1000);
    expect(counter.flushes.map(([at]) => at)).toEqual([
      100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
    ]);
    expect(counter.flushes.at(-1)?.[1]).toBe(1000);
  });

  test('shows everything in the end', async () => {
    const page = createPage({ frames: false });
    const counter = createCounter(page, 'auto');
    for (let count = 0; count < 10_000; count += 1) counter.count();
    await page.clock.advance(100);
    expect(counter.flushes).toEqual([[100, 10_000]]);
    expect(page.clock.pending().timers).toBe(0);
  });
});

describe('the first data', () => {
  test('are shown at once, and what follows with the frame', async () => {
    const page = createPage();
    const state = { value: 0 };
    const own = createStore(
      page.environment,
      { value: 0 },
      () => ({ ...state }),
      () => 'frame',
      () => 0,
    );
    const seen: number[] = [];
    own.subscribe(() => seen.push(own.getSnapshot().value));
    own.begin();
    for (const value of [1, 2, 3]) {
      state.value = value;
      own.receive();
    }
    expect(seen).toEqual([1]);
    await page.clock.advance(FRAME_MS);
    expect(seen).toEqual([1, 3]);
  });
});

describe('a snapshot that is set before anybody is told', () => {
  test('is current at once, and is told once', async () => {
    const page = createPage();
    const { store, count, flushes } = createCounter(page, 'frame');
    count();
    store.set();
    expect(store.getSnapshot()).toEqual({ count: 1 });
    expect(flushes).toEqual([]);
    store.tell();
    store.tell();
    expect(flushes).toEqual([[0, 1]]);
    await page.clock.advance(FRAME_MS);
    expect(flushes).toHaveLength(1);
  });
});

describe('the subscribers of a store', () => {
  test('are called once for each time they subscribed, until they leave', () => {
    const page = createPage();
    const { store, count } = createCounter(page, 'sync');
    const listener = vi.fn<() => void>();
    const leave = store.subscribe(listener);
    const leaveAgain = store.subscribe(listener);
    count();
    expect(listener).toHaveBeenCalledTimes(2);
    leave();
    leave();
    count();
    expect(listener).toHaveBeenCalledTimes(3);
    leaveAgain();
    count();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  test('may leave while they are called', () => {
    const page = createPage();
    const { store, count } = createCounter(page, 'sync');
    const second = vi.fn<() => void>();
    const leave = store.subscribe(() => leave());
    store.subscribe(second);
    count();
    count();
    expect(second).toHaveBeenCalledTimes(2);
  });
});
