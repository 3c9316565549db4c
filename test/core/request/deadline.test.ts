import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
import { createDeadline } from '../../../src/core/request/deadline.ts';

function setUp(timeoutMs: number | undefined) {
  const environment = createTestEnvironment();
  const onExpire = vi.fn<() => void>();
  return { environment, onExpire, deadline: createDeadline(environment, timeoutMs, onExpire) };
}

describe('a deadline', () => {
  test('expires once, after so many ms', async () => {
    const { environment, onExpire } = setUp(1000);
    await environment.advance(999);
    expect(onExpire).not.toHaveBeenCalled();
    await environment.advance(1);
    expect(onExpire).toHaveBeenCalledTimes(1);
    await environment.advance(10_000);
    expect(onExpire).toHaveBeenCalledTimes(1);
    expect(environment.pending().timers).toBe(0);
  });

  test('counts from the last touch, which costs no timer', async () => {
    const { environment, onExpire, deadline } = setUp(1000);
    const setTimer = vi.spyOn(environment, 'setTimer');
    for (let round = 0; round < 100; round += 1) {
      await environment.advance(15);
      deadline.touch();
    }
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(2);
    await environment.advance(999);
    expect(onExpire).not.toHaveBeenCalled();
    await environment.advance(1);
    expect(onExpire).toHaveBeenCalledTimes(1);
  });

  test('stands still while suspended, and counts anew when resumed', async () => {
    const { environment, onExpire, deadline } = setUp(1000);
    await environment.advance(900);
    deadline.suspend();
    await environment.advance(60_000);
    deadline.check();
    deadline.resume();
    await environment.advance(999);
    expect(onExpire).not.toHaveBeenCalled();
    await environment.advance(1);
    expect(onExpire).toHaveBeenCalledTimes(1);
  });

  test('that was resumed before its timer fired has one timer', async () => {
    const { environment, deadline } = setUp(1000);
    deadline.suspend();
    deadline.resume();
    expect(environment.pending().timers).toBe(1);
  });

  test('looks at the clock when asked to, for timers that run late', () => {
    const { environment, onExpire, deadline } = setUp(1000);
    environment.skip(999);
    deadline.check();
    expect(onExpire).not.toHaveBeenCalled();
    environment.skip(1);
    deadline.check();
    deadline.check();
    expect(onExpire).toHaveBeenCalledTimes(1);
    expect(environment.pending().timers).toBe(0);
  });

  test('never expires once stopped', async () => {
    const { environment, onExpire, deadline } = setUp(1000);
    deadline.stop();
    deadline.stop();
    deadline.touch();
    deadline.resume();
    deadline.check();
    expect(environment.pending().timers).toBe(0);
    await environment.advance(10_000);
    expect(onExpire).not.toHaveBeenCalled();
  });

  test.each([undefined, Number.POSITIVE_INFINITY])('of %s is none', async (timeoutMs) => {
    const { environment, onExpire, deadline } = setUp(timeoutMs);
    deadline.suspend();
    deadline.resume();
    deadline.check();
    expect(environment.pending().timers).toBe(0);
    await environment.advance(1e9);
    expect(onExpire).not.toHaveBeenCalled();
  });
});

test('a deadline that a long task held up waits for what is there to be read', async () => {
  const environment = createTestEnvironment();
  let now = 0;
  let read = () => {};
  const onExpire = vi.fn<() => void>();
  let fire = () => {};
  const deadline = createDeadline(
    {
      ...environment,
      now: () => now,
      setTimer(callback) {
        fire = callback;
        return () => {};
      },
      async yieldToHost() {
        read();
      },
    },
    1000,
    onExpire,
  );
  read = () => deadline.touch();
  now = 2500;
  fire();
  await environment.settle();
  expect(onExpire).not.toHaveBeenCalled();
  // Nothing came.
  read = () => {};
  now = 5000;
  fire();
  await environment.settle();
  expect(onExpire).toHaveBeenCalledTimes(1);
});
