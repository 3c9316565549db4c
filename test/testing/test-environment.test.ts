import { createTestEnvironment } from 'rivulet/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';

describe('the clock of a test environment', () => {
  test('shows what it is told, and 1,000,000 by default', () => {
    expect(createTestEnvironment().now()).toBe(1_000_000);
    expect(createTestEnvironment({ now: 5 }).now()).toBe(5);
  });

  test('runs every timer at its time, in order', async () => {
    const environment = createTestEnvironment({ now: 0 });
    const lines: string[] = [];
    const note = (name: string) => () => void lines.push(`${name} at ${environment.now()}`);
    environment.setTimer(note('c'), 30);
    environment.setTimer(note('a'), 10);
    environment.setTimer(note('b'), 10);
    environment.setTimer(note('d'), 31);
    await environment.advance(30);
    expect(lines).toEqual(['a at 10', 'b at 10', 'c at 30']);
    expect(environment.now()).toBe(30);
    expect(environment.pending().timers).toBe(1);
    await environment.advance(1);
    expect(lines.at(-1)).toBe('d at 31');
  });

  test('runs timers that timers set, and those that promises set in between', async () => {
    const environment = createTestEnvironment({ now: 0 });
    const times: number[] = [];
    const again = () => {
      times.push(environment.now());
      void Promise.resolve().then(() => environment.setTimer(again, 10));
    };
    environment.setTimer(again, 10);
    await environment.advance(45);
    expect(times).toEqual([10, 20, 30, 40]);
    expect(environment.now()).toBe(45);
  });

  test('takes a negative delay for none', async () => {
    const environment = createTestEnvironment();
    const callback = vi.fn<() => void>();
    environment.setTimer(callback, -5);
    await environment.advance(0);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test('skips over timers, which then run late', async () => {
    const environment = createTestEnvironment({ now: 0 });
    const times: number[] = [];
    environment.setTimer(() => times.push(environment.now()), 10);
    environment.skip(1000);
    expect(times).toEqual([]);
    await environment.advance(0);
    expect(times).toEqual([1000]);
  });

  test('forgets a timer that is cancelled', async () => {
    const environment = createTestEnvironment();
    const callback = vi.fn<() => void>();
    const cancel = environment.setTimer(callback, 10);
    cancel();
    cancel();
    expect(environment.pending().timers).toBe(0);
    await environment.advance(100);
    expect(callback).not.toHaveBeenCalled();
  });
});

describe('the frames of a test environment', () => {
  test('come every 16 ms, for all who asked', async () => {
    const environment = createTestEnvironment({ now: 0 });
    const times: number[] = [];
    environment.requestFrame(() => times.push(environment.now()));
    await environment.advance(5);
    environment.requestFrame(() => times.push(environment.now()));
    environment.requestFrame(() => times.push(-1))();
    await environment.advance(50);
    expect(times).toEqual([16, 16]);
    environment.requestFrame(() => times.push(environment.now()));
    await environment.advance(50);
    expect(times).toEqual([16, 16, 64]);
  });

  test('never come where there are none', async () => {
    const environment = createTestEnvironment({ frames: false });
    const callback = vi.fn<() => void>();
    environment.requestFrame(callback)();
    environment.requestFrame(callback);
    await environment.advance(10_000);
    expect(callback).not.toHaveBeenCalled();
    expect(environment.pending().timers).toBe(0);
  });
});

describe('the page of a test environment', () => {
  test('is visible and online until it is told otherwise, and tells', () => {
    const environment = createTestEnvironment();
    const signals: string[] = [];
    const leave = environment.onPageSignal(({ type }) => signals.push(type));
    expect([environment.isHidden(), environment.isOnline()]).toEqual([false, true]);
    environment.setVisible(false);
    environment.setOnline(false);
    expect([environment.isHidden(), environment.isOnline()]).toEqual([true, false]);
    environment.setVisible(true);
    environment.setOnline(true);
    environment.signal({ type: 'pageshow', persisted: true });
    expect(environment.pending().listeners).toBe(1);
    leave();
    environment.signal({ type: 'freeze' });
    expect(environment.pending().listeners).toBe(0);
    expect(signals).toEqual(['hidden', 'offline', 'visible', 'online', 'pageshow']);
  });

  test('calls a listener that subscribed twice twice', () => {
    const environment = createTestEnvironment();
    const listener = vi.fn<() => void>();
    const leave = environment.onPageSignal(listener);
    environment.onPageSignal(listener);
    environment.signal({ type: 'freeze' });
    leave();
    environment.signal({ type: 'freeze' });
    expect(listener).toHaveBeenCalledTimes(3);
  });
});

test('keeps the hints that the library would show', async () => {
  const environment = createTestEnvironment({ random: 0.5, baseUrl: 'https://app.example/' });
  const trouble = new Error('in a callback');
  environment.reportError(trouble);
  environment.warn('look here');
  await environment.yieldToHost();
  expect(environment.reported).toEqual([trouble]);
  expect(environment.warnings).toEqual(['look here']);
  expect(environment.yields).toBe(1);
  expect(environment.random()).toBe(0.5);
  expect(environment.baseUrl()).toBe('https://app.example/');
  expect(environment.fetch).toBeUndefined();
  expect(createTestEnvironment().random()).toBe(0);
});

describe.each([
  ['with message channels', MessageChannel],
  ["without, as in Jest's jsdom", undefined],
])('settling %s', (_name, channel) => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('lets promises and stream steps run, and moves no clock', async () => {
    vi.stubGlobal('MessageChannel', channel);
    vi.useFakeTimers();
    const environment = createTestEnvironment();
    const callback = vi.fn<() => void>();
    environment.setTimer(callback, 0);
    const steps: string[] = [];
    const body = new Response('x').body?.getReader();
    void body?.read().then(() => steps.push('read'));
    void (async () => {
      for (let step = 0; step < 50; step += 1) await undefined;
      steps.push('promises');
    })();
    await environment.settle();
    expect(steps.toSorted()).toEqual(['promises', 'read']);
    expect(callback).not.toHaveBeenCalled();
    expect(environment.now()).toBe(1_000_000);
  });
});
