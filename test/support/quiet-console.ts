import { afterEach, beforeEach, expect, vi } from 'vitest';

/**
 * Every test that follows fails if React, or anyone else, complains on the console. What a test
 * wants to hear it takes away with the returned function.
 */
export function expectQuietConsole(): () => readonly unknown[][] {
  let taken: readonly unknown[][] = [];
  beforeEach(() => {
    taken = [];
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    const said = [...vi.mocked(console.error).mock.calls, ...vi.mocked(console.warn).mock.calls];
    vi.restoreAllMocks();
    expect(said.filter((call) => !taken.includes(call))).toEqual([]);
  });
  return () => {
    taken = [...vi.mocked(console.error).mock.calls];
    return taken;
  };
}
