declare const process: { readonly env: { readonly NEXT_RUNTIME?: string } };

/** Any function that behaves like `fetch` for a URL and an init object. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** The events of the page that decide about pausing and recovery. */
export type PageSignal =
  | { readonly type: 'visible' | 'hidden' | 'online' | 'offline' | 'freeze' | 'resume' }
  | { readonly type: 'pagehide' | 'pageshow'; readonly persisted: boolean };

/** Everything outside the library: time, network, page. None of it is touched on import. */
export interface Environment {
  /** The fetch function, `undefined` where the runtime has none. */
  readonly fetch: FetchLike | undefined;
  /** Ms since the epoch, by a clock that never goes back: for durations, deadlines and moments. */
  now(): number;
  /**
   * Ms since the epoch by the wall clock, which may be changed, and which goes on while a machine
   * sleeps.
   */
  wallClock(): number;
  /** A number from 0 up to 1. */
  random(): number;
  /** Calls back once after the delay; returns how to cancel. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** Calls back once before the next paint; returns how to cancel. May never call back. */
  requestFrame(callback: () => void): () => void;
  /** Lets the host do other work, in a task that hidden pages do not slow down. */
  yieldToHost(): Promise<void>;
  /** Reports what a callback of the user threw. */
  reportError(error: unknown): void;
  /** Shows a hint to the developer. */
  warn(message: string): void;
  /**
   * Offers a file for saving under a name; returns how to free its resources. Default: an object URL
   * and a click on a link.
   */
  readonly saveFile?: ((file: Blob, name: string) => () => void) | undefined;
  isOnline(): boolean;
  isHidden(): boolean;
  /** What relative URLs are resolved against, `undefined` outside a browser. */
  baseUrl(): string | undefined;
  /** Listens to the page; returns how to stop. */
  onPageSignal(listener: (signal: PageSignal) => void): () => void;
  /**
   * Calls back when the page is about to be left, which it may yet survive (HTML 7.4.2); returns how
   * to stop. A standing listener keeps a page out of the back/forward cache of Firefox.
   */
  onBeforeUnload(listener: () => void): () => void;
  /**
   * Calls back for every request that the page's own policy refuses (CSP 3, 5.3); returns how to stop.
   */
  onPolicyViolation(listener: (blockedUrl: string) => void): () => void;
}

/** The longest delay a timer holds; with a longer one JavaScript fires at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** Node's task queue; browsers have none of that name. */
declare const setImmediate: ((callback: () => void) => void) | undefined;

const FRAME_FALLBACK_MS = 16;

/**
 * Adds a listener for events of the window or the document, where there is one. It uses no `signal`,
 * because a test runner may mix an `AbortSignal` of Node with the events of jsdom.
 */
function listenTo(types: readonly string[], listener: (event: Event) => void): () => void {
  if (typeof addEventListener !== 'function') return () => {};
  const targets = types.map((type) => {
    const isOfDocument = /^(vis|fre|res)/.test(type) && typeof document !== 'undefined';
    const target: EventTarget = isOfDocument ? document : globalThis;
    target.addEventListener(type, listener);
    return () => target.removeEventListener(type, listener);
  });
  return () => {
    for (const remove of targets) remove();
  };
}

const PAGE_EVENTS = [
  'online',
  'offline',
  'pagehide',
  'pageshow',
  'visibilitychange',
  'freeze',
  'resume',
];

function isNextServer(): boolean {
  try {
    return process.env.NEXT_RUNTIME === 'nodejs' && typeof document === 'undefined';
  } catch {
    return false;
  }
}

/**
 * The environment of the runtime. Every global is looked up when it is used, so that fake timers
 * and stubs work.
 */
export const defaultEnvironment: Environment = {
  get fetch() {
    return typeof fetch === 'function' ? fetch : undefined;
  },
  // Next.js forbids `Date.now()` while it prerenders. React Native may have no `timeOrigin`.
  now: () => performance.now() + (performance.timeOrigin || 0),
  // That holds for the server of Next.js, where nobody has to notice that the machine slept.
  wallClock: () => (isNextServer() ? defaultEnvironment.now() : Date.now()),
  random: () => Math.random(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
  requestFrame(callback) {
    if (typeof requestAnimationFrame !== 'function') {
      return defaultEnvironment.setTimer(callback, FRAME_FALLBACK_MS);
    }
    const frame = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(frame);
  },
  yieldToHost() {
    return new Promise((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      // Jest's jsdom has neither.
      else if (typeof MessageChannel !== 'function') setTimeout(resolve);
      else {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(undefined);
      }
    });
  },
  reportError(error) {
    if (typeof reportError === 'function') reportError(error);
    else
      setTimeout(() => {
        throw error;
      });
  },
  warn: (message) => console.warn(message),
  isOnline: () => typeof navigator === 'undefined' || navigator.onLine !== false,
  isHidden: () => typeof document !== 'undefined' && document.visibilityState === 'hidden',
  baseUrl() {
    if (typeof document !== 'undefined') return document.baseURI;
    return typeof location === 'undefined' ? undefined : location.href;
  },
  onPageSignal: (listener) =>
    listenTo(PAGE_EVENTS, (event: Event & { persisted?: boolean }) => {
      const { type, persisted } = event;
      const heard = type === 'visibilitychange' ? (document.hidden ? 'hidden' : 'visible') : type;
      // Only events of these types are listened to.
      listener({ type: heard, persisted } as PageSignal);
    }),
  onBeforeUnload: (listener) => listenTo(['beforeunload'], listener),
  onPolicyViolation: (listener) =>
    listenTo(['securitypolicyviolation'], (event) => {
      // Events of that type are nothing else.
      const { disposition, effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
      if (disposition === 'enforce' && effectiveDirective === 'connect-src') listener(blockedURI);
    }),
};

/** Calls a callback of the user if there is one; what it throws is reported and changes nothing else. */
export function isolate<TArgs extends readonly unknown[], TResult>(
  environment: Environment,
  callback: ((...args: TArgs) => TResult) | undefined,
  ...args: TArgs
): TResult | undefined {
  try {
    return callback?.(...args);
  } catch (error) {
    environment.reportError(error);
    return undefined;
  }
}
