import type { Environment } from 'rivulet/core';
import { createTestEnvironment, type TestEnvironment } from 'rivulet/testing';

/** The page of a test environment over real time and real requests. */
export interface RealTimeEnvironment extends Environment {
  /** Page signals by hand. */
  readonly page: Pick<TestEnvironment, 'setVisible' | 'setOnline' | 'signal'>;
  /** What is left behind: all 0 after a complete cleanup. */
  pending(): { readonly timers: number; readonly listeners: number };
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
  const page = createTestEnvironment({ fetch });
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
    now: () => Date.now(),
    setTimer,
    requestFrame: (callback) => setTimer(callback, 16),
    yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
    baseUrl: () => undefined,
    pending: () => ({ timers: timers.size, listeners: page.pending().listeners }),
  };
}
