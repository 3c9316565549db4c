import type { Environment } from 'rivulet/core';
import { createTestEnvironment, type TestEnvironment } from 'rivulet/testing';

/** The page of a test environment over real time and real requests. */
export interface RealTimeEnvironment extends Environment {
  /** Page signals by hand. */
  readonly page: Pick<TestEnvironment, 'setVisible' | 'setOnline' | 'signal'>;
  /** What is left behind: all 0 after a complete cleanup. */
  pending(): { readonly timers: number; readonly listeners: number };
  /** How often fetch was called, once every promise that was ready has run. */
  fetchCalls(): Promise<number>;
  /** What callbacks threw. */
  readonly reported: readonly unknown[];
  /** What development was told. */
  readonly warnings: readonly string[];
}

/**
 * Real timers, counted, and the real fetch; page signals by hand, no random part in the delays, and
 * no base URL, as in Node.
 */
export function createRealTimeEnvironment(): RealTimeEnvironment {
  const page = createTestEnvironment();
  let fetchCalls = 0;
  const timers = new Set<NodeJS.Timeout>();

  function setTimer(callback: () => void, delayMs: number): () => void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, delayMs);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  }

  return {
    ...page,
    page,
    fetch(url, init) {
      fetchCalls += 1;
      return fetch(url, init);
    },
    now: () => Date.now(),
    wallClock: () => Date.now(),
    setTimer,
    requestFrame: (callback) => setTimer(callback, 16),
    yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
    baseUrl: () => undefined,
    async fetchCalls() {
      await page.settle();
      return fetchCalls;
    },
    pending: () => ({ timers: timers.size, listeners: page.pending().listeners }),
  };
}
