import type { Environment, FetchLike, PageSignal } from '../core/environment.ts';

/** What a test environment starts with. */
export interface TestEnvironmentOptions {
  readonly fetch?: FetchLike | undefined;
  /** What the clock shows first, in ms since the epoch. Default 1,000,000. */
  readonly now?: number | undefined;
  /** What `random()` returns. Default 0: the shortest delays. */
  readonly random?: number | undefined;
  /** `false`: the page never gets a frame, as when it is occluded. Default true. */
  readonly frames?: boolean | undefined;
  /** What relative URLs are resolved against. Default `http://localhost/`. */
  readonly baseUrl?: string | undefined;
}

/** An environment whose clock, page and frames a test moves by hand. */
export interface TestEnvironment extends Environment {
  /** Moves the clock, running every timer and frame at its time, and lets promises settle. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without moving the clock. */
  settle(): Promise<void>;
  /** Moves the clock without running anything, as when a machine sleeps or a handler is busy. */
  skip(ms: number): void;
  setVisible(isVisible: boolean): void;
  setOnline(isOnline: boolean): void;
  /** Any other page signal: freeze, resume, pagehide, pageshow. */
  signal(signal: PageSignal): void;
  /** Announces that the page is about to be left, which it may survive. */
  beforeUnload(): void;
  /** Makes the page's own policy refuse a request. */
  refuseByPolicy(blockedUrl: string): void;
  /** What is left behind: all 0 after a complete cleanup. */
  pending(): { readonly timers: number; readonly listeners: number };
  /** What callbacks threw. */
  readonly reported: readonly unknown[];
  /** The hints that were shown. */
  readonly warnings: readonly string[];
  /** How often the library gave the host a turn. */
  readonly yields: number;
  /** The files that were saved, and whether their resources were freed. */
  readonly saved: readonly {
    readonly file: Blob;
    readonly name: string;
    readonly isFreed: boolean;
  }[];
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const FRAME_MS = 16;

/**
 * An environment with a manual clock, to pass as the option `environment`.
 *
 * @example
 * const { fetch } = createMockFetch(() => createMockStream());
 * const environment = createTestEnvironment({ fetch });
 * const source = createEventSource('/api', { environment });
 * source.start();
 * await environment.advance(1000);
 */
export function createTestEnvironment(options: TestEnvironmentOptions = {}): TestEnvironment {
  const timers = new Set<Timer>();
  const listeners = new Set<(signal: PageSignal) => void>();
  const unloadListeners = new Set<() => void>();
  const violationListeners = new Set<(blockedUrl: string) => void>();
  const reported: unknown[] = [];
  const warnings: string[] = [];
  const saved: { file: Blob; name: string; isFreed: boolean }[] = [];
  let now = options.now ?? 1_000_000;
  let isVisible = true;
  let isOnline = true;
  let yields = 0;

  function add(run: () => void, at: number): () => void {
    const timer = { at, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  function nextUntil(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }

  function tell(signal: PageSignal): void {
    for (const listener of [...listeners]) listener(signal);
  }

  return {
    fetch: options.fetch,
    now: () => now,
    wallClock: () => now,
    random: () => options.random ?? 0,
    setTimer: (callback, delayMs) => add(callback, now + Math.max(0, delayMs)),
    requestFrame(callback) {
      if (options.frames === false) return () => {};
      return add(callback, (Math.floor(now / FRAME_MS) + 1) * FRAME_MS);
    },
    async yieldToHost() {
      yields += 1;
    },
    reportError: (error) => void reported.push(error),
    warn: (message) => void warnings.push(message),
    saveFile(file, name) {
      const entry = { file, name, isFreed: false };
      saved.push(entry);
      return () => {
        entry.isFreed = true;
      };
    },
    isOnline: () => isOnline,
    isHidden: () => !isVisible,
    baseUrl: () => options.baseUrl ?? 'http://localhost/',
    onPageSignal: (listener) => addTo(listeners, (signal) => listener(signal)),
    onBeforeUnload: (listener) => addTo(unloadListeners, () => listener()),
    onPolicyViolation: (listener) => addTo(violationListeners, (url) => listener(url)),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = Math.max(now, end);
    },
    settle,
    skip(ms) {
      now += ms;
    },
    setVisible(visible) {
      isVisible = visible;
      tell({ type: visible ? 'visible' : 'hidden' });
    },
    setOnline(online) {
      isOnline = online;
      tell({ type: online ? 'online' : 'offline' });
    },
    signal: tell,
    beforeUnload() {
      for (const listener of [...unloadListeners]) listener();
    },
    refuseByPolicy(blockedUrl) {
      for (const listener of [...violationListeners]) listener(blockedUrl);
    },
    pending: () => ({
      timers: timers.size,
      listeners: listeners.size + unloadListeners.size + violationListeners.size,
    }),
    reported,
    warnings,
    saved,
    get yields() {
      return yields;
    },
  };
}

/** Adds an entry; returns how to remove it. */
function addTo<TEntry>(entries: Set<TEntry>, entry: TEntry): () => void {
  entries.add(entry);
  return () => void entries.delete(entry);
}

/** More steps than a stream takes for one chunk. */
const MANY_STEPS = 500;

/** One task of the host: by then every promise and stream step that was ready has run. */
async function settle(): Promise<void> {
  if (typeof MessageChannel === 'undefined') {
    // Jest's jsdom has none, and its timers may be fakes that stand still.
    for (let step = 0; step < MANY_STEPS; step += 1) await Promise.resolve();
    return;
  }
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
