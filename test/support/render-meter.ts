import type { Root } from 'react-dom/client';

/** A React root in the page of a browser test, with what it costs. */
export interface MeteredRoot {
  readonly root: Root;
  /** What the root shows. */
  readonly text: () => string;
  /** Resolves with the reading of the moment in which the root shows this text. */
  shows(text: string): Promise<MeterReading>;
}

/** What was counted since the root was made. */
interface MeterReading {
  /** Commits of every root of the page. */
  readonly commits: number;
  /**
   * Frames, and for every whole 100 ms that the page got none, one more: there a timer stands in
   * for the frame.
   */
  readonly frames: number;
  readonly elapsedMs: number;
}

/** How long a page may go without a frame before a timer stands in for it. */
const FRAME_TIMEOUT_MS = 100;

// The page's own, whatever a test puts in its place.
const requestFrame = window.requestAnimationFrame.bind(window);
let commits = 0;

/**
 * React tells this object of every commit, in production too, if it is there when React loads. (A
 * `<Profiler>` tells nothing in production.)
 */
const observer = {
  isDisabled: false,
  supportsFiber: true,
  inject: () => 1,
  onCommitFiberRoot: () => {
    commits += 1;
  },
  onPostCommitFiberRoot: () => {},
  onCommitFiberUnmount: () => {},
};

/** Makes an empty root and begins to count. */
export async function createMeteredRoot(): Promise<MeteredRoot> {
  Object.assign(window, { __REACT_DEVTOOLS_GLOBAL_HOOK__: observer });
  const { createRoot } = await import('react-dom/client');
  const element = document.body.appendChild(document.createElement('div'));
  const text = () => element.textContent;
  const begin = performance.now();
  const commitsBefore = commits;
  let frames = 0;
  let lastFrameAt = begin;
  const count = () => {
    const now = performance.now();
    frames += Math.max(1, Math.floor((now - lastFrameAt) / FRAME_TIMEOUT_MS));
    lastFrameAt = now;
    requestFrame(count);
  };
  requestFrame(count);

  return {
    root: createRoot(element),
    text,
    shows(expected) {
      return new Promise((resolve) => {
        const look = () => {
          if (text() !== expected) return;
          changes.disconnect();
          const elapsedMs = performance.now() - begin;
          resolve({ commits: commits - commitsBefore, frames, elapsedMs });
        };
        const changes = new MutationObserver(look);
        changes.observe(element, { childList: true, characterData: true, subtree: true });
        look();
      });
    },
  };
}
