/*
 * Counts what React commits and what the browser paints. It stands before React among the imports:
 * React tells this object of every commit, in production too, if it is there when React loads. (A
 * `<Profiler>` tells nothing in production.)
 */

/** How long a page may go without a frame before a timer stands in for it. */
const FRAME_TIMEOUT_MS = 100;

/** What was counted since the page began to count. */
export interface Reading {
  /** Commits of all roots. */
  readonly commits: number;
  /** Frames, and for every whole 100 ms that the page got none, one more. */
  readonly frames: number;
  readonly elapsedMs: number;
}

let commits = 0;
let frames = 0;
let begin = performance.now();
let lastFrameAt = begin;

function countFrame(): void {
  const now = performance.now();
  frames += Math.max(1, Math.floor((now - lastFrameAt) / FRAME_TIMEOUT_MS));
  lastFrameAt = now;
  requestAnimationFrame(countFrame);
}
requestAnimationFrame(countFrame);

Object.assign(window, {
  __REACT_DEVTOOLS_GLOBAL_HOOK__: {
    isDisabled: false,
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => {
      commits += 1;
    },
    onPostCommitFiberRoot() {},
    onCommitFiberUnmount() {},
  },
});

export function startCounting(): void {
  commits = 0;
  frames = 0;
  begin = performance.now();
  lastFrameAt = begin;
}

export function reading(): Reading {
  const now = performance.now();
  const missed = Math.floor((now - lastFrameAt) / FRAME_TIMEOUT_MS);
  return { commits, frames: frames + missed, elapsedMs: now - begin };
}
