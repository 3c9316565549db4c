import type { Environment, FlushMode } from 'rivulet/core';
import { createTestEnvironment, type TestEnvironmentOptions } from 'rivulet/testing';
import { createStore } from '../../src/core/controller/store.ts';

/** How far apart the frames of a test environment are. */
export const FRAME_MS: number = 16;
/** A time at which a frame, and every interval below, begins. */
const START = 1_200_000;

/** A page that counts how many frames it is asked for. */
export function createPage(options: TestEnvironmentOptions = {}) {
  const clock = createTestEnvironment({ now: START, ...options });
  const page = { clock, framesAsked: 0 };
  const environment: Environment = {
    ...clock,
    requestFrame(callback) {
      page.framesAsked += 1;
      return clock.requestFrame(callback);
    },
  };
  return Object.assign(page, { environment });
}

type Page = ReturnType<typeof createPage>;

/** A store over a counter; the text length is whatever a test says. */
export function createCounter(
  page: Page,
  mode: FlushMode | (() => FlushMode),
  textLength = () => 0,
) {
  const state = { count: 0 };
  const flushes: [atMs: number, count: number][] = [];
  const store = createStore(
    page.environment,
    { ...state },
    () => ({ ...state }),
    () => (typeof mode === 'function' ? mode() : mode),
    textLength,
  );
  store.subscribe(() => flushes.push([page.clock.now() - START, store.getSnapshot().count]));
  return {
    store,
    flushes,
    count() {
      state.count += 1;
      store.invalidate();
    },
    set(count: number) {
      state.count = count;
      store.invalidate();
    },
  };
}

/** Counts once a ms, for so many ms. */
export async function countEveryMs(
  page: Page,
  counter: { count(): void },
  ms: number,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1) {
    counter.count();
    await page.clock.advance(1);
  }
}
