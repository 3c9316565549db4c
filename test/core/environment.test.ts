import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { saveFile } from '../../src/core/download/save-file.ts';
import { defaultEnvironment, isolate, type PageSignal } from '../../src/core/environment.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How many listeners the page has. */
function countListeners() {
  const names = new Set<string>();
  let count = 0;
  for (const target of [window, document]) {
    const { addEventListener, removeEventListener } = target;
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener) => {
      names.add(type);
      count += 1;
      addEventListener.call(target, type, listener);
    });
    vi.spyOn(target, 'removeEventListener').mockImplementation((type, listener) => {
      count -= 1;
      removeEventListener.call(target, type, listener);
    });
  }
  return { names, count: () => count };
}

describe('the environment of the runtime', () => {
  test('leaves Date.now() alone on the server of Next, which forbids it while it prerenders', () => {
    vi.setSystemTime(5_000_000);
    const read = vi.spyOn(Date, 'now');
    vi.stubEnv('NEXT_RUNTIME', 'nodejs');
    expect(defaultEnvironment.wallClock()).toBe(5_000_000);
    read.mockClear();
    vi.stubGlobal('document', undefined);
    expect(defaultEnvironment.wallClock()).toBe(defaultEnvironment.now());
    expect(read).not.toHaveBeenCalled();
  });

  test('looks every global up when it is used', async () => {
    vi.setSystemTime(5_000_000);
    expect(defaultEnvironment.wallClock()).toBe(5_000_000);
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    expect(defaultEnvironment.random()).toBe(0.25);
    const fetch = vi.fn<typeof globalThis.fetch>();
    vi.stubGlobal('fetch', fetch);
    expect(defaultEnvironment.fetch).toBe(fetch);
    vi.stubGlobal('fetch', undefined);
    expect(defaultEnvironment.fetch).toBeUndefined();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    defaultEnvironment.warn('look here');
    expect(warn).toHaveBeenCalledExactlyOnceWith('look here');
    expect(defaultEnvironment.baseUrl()).toBe(document.baseURI);
  });

  test('has a clock that goes on evenly when the wall clock is set back', () => {
    const before = defaultEnvironment.now();
    vi.setSystemTime(0);
    vi.advanceTimersByTime(1500);
    expect(defaultEnvironment.now() - before).toBeCloseTo(1500, 5);
  });

  test('tells moments where a runtime has no `timeOrigin`', () => {
    vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(Number.NaN);
    expect(defaultEnvironment.now()).toBe(performance.now());
  });

  test('offers a file by a click on its address, and gives the address back', () => {
    const revokeObjectURL = vi.fn<(url: string) => void>();
    const createObjectURL = vi.fn<(file: Blob) => string>(() => 'blob:file-1');
    vi.stubGlobal('URL', { createObjectURL, revokeObjectURL });
    const clicked: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      clicked.push(`${this.href} as ${this.download}`);
    });
    const file = new Blob(['text']);
    saveFile(defaultEnvironment, file, 'notes.txt');
    expect(createObjectURL).toHaveBeenCalledExactlyOnceWith(file);
    expect(clicked).toEqual(['blob:file-1 as notes.txt']);
    expect(revokeObjectURL).not.toHaveBeenCalled();
    vi.advanceTimersByTime(40_000);
    expect(revokeObjectURL).toHaveBeenCalledExactlyOnceWith('blob:file-1');
  });

  test('sets timers that can be cancelled, and that hold any delay', () => {
    const callback = vi.fn<() => void>();
    defaultEnvironment.setTimer(callback, 1000);
    const cancel = defaultEnvironment.setTimer(callback, 1000);
    cancel();
    vi.advanceTimersByTime(1000);
    expect(callback).toHaveBeenCalledTimes(1);

    // JavaScript fires a longer one at once.
    defaultEnvironment.setTimer(callback, LONGEST_TIMER_MS + 1);
    vi.advanceTimersByTime(LONGEST_TIMER_MS - 1);
    expect(callback).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(2);
  });

  test('asks for frames, or for a timer where there are none', () => {
    const callback = vi.fn<() => void>();
    const frames = vi.fn<(callback: () => void) => number>(() => 7);
    const cancelFrame = vi.fn<(handle: number) => void>();
    vi.stubGlobal('requestAnimationFrame', frames);
    vi.stubGlobal('cancelAnimationFrame', cancelFrame);
    defaultEnvironment.requestFrame(callback)();
    expect(frames).toHaveBeenCalledExactlyOnceWith(callback);
    expect(cancelFrame).toHaveBeenCalledExactlyOnceWith(7);

    vi.stubGlobal('requestAnimationFrame', undefined);
    defaultEnvironment.requestFrame(callback);
    defaultEnvironment.requestFrame(callback)();
    vi.advanceTimersByTime(100);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['setImmediate in Node', undefined],
    ['a message channel elsewhere', { setImmediate: undefined }],
  ])('lets the host work by %s, and never by a timer', async (_, globals) => {
    vi.useRealTimers();
    for (const [name, value] of Object.entries(globals ?? {})) vi.stubGlobal(name, value);
    const setTimeout = vi.spyOn(globalThis, 'setTimeout');
    let microtasks = 0;
    const yielding = defaultEnvironment.yieldToHost();
    void Promise.resolve().then(() => {
      microtasks += 1;
    });
    await yielding;
    expect(microtasks).toBe(1);
    expect(setTimeout).not.toHaveBeenCalled();
  });

  test("lets the host work by a timer where there is nothing else, as in Jest's jsdom", async () => {
    vi.useRealTimers();
    vi.stubGlobal('setImmediate', undefined);
    vi.stubGlobal('MessageChannel', undefined);
    await expect(defaultEnvironment.yieldToHost()).resolves.toBeUndefined();
  });

  test('reports errors where the runtime can, or throws them in a task', () => {
    const trouble = new Error('in a callback');
    const reportError = vi.fn<(error: unknown) => void>();
    vi.stubGlobal('reportError', reportError);
    expect(isolate(defaultEnvironment, () => 5)).toBe(5);
    const throws = () => {
      throw trouble;
    };
    expect(isolate(defaultEnvironment, throws)).toBeUndefined();
    expect(reportError).toHaveBeenCalledExactlyOnceWith(trouble);

    vi.stubGlobal('reportError', undefined);
    defaultEnvironment.reportError(trouble);
    expect(() => vi.runAllTimers()).toThrow(trouble);
  });

  test('is online and visible where nothing says otherwise', () => {
    expect(defaultEnvironment.isOnline()).toBe(true);
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    expect(defaultEnvironment.isOnline()).toBe(false);
    vi.stubGlobal('navigator', undefined);
    expect(defaultEnvironment.isOnline()).toBe(true);
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    expect(defaultEnvironment.isHidden()).toBe(true);
    vi.stubGlobal('document', undefined);
    expect(defaultEnvironment.isHidden()).toBe(false);
    expect(defaultEnvironment.baseUrl()).toBe(location.href);
    vi.stubGlobal('location', undefined);
    expect(defaultEnvironment.baseUrl()).toBeUndefined();
  });
});

describe('the listeners of the page', () => {
  test('live as long as their subscriber', () => {
    const listeners = countListeners();
    const leaveFirst = defaultEnvironment.onPageSignal(() => {});
    const { count } = listeners;
    expect([...listeners.names].toSorted()).toEqual([
      'freeze',
      'offline',
      'online',
      'pagehide',
      'pageshow',
      'resume',
      'visibilitychange',
    ]);
    expect(count()).toBe(7);
    const leaveSecond = defaultEnvironment.onPageSignal(() => {});
    leaveFirst();
    expect(count()).toBe(7);
    leaveSecond();
    expect(count()).toBe(0);
  });

  test('tell what the page tells', () => {
    const signals: PageSignal[] = [];
    const leave = defaultEnvironment.onPageSignal((signal) => signals.push(signal));
    const hidden = vi.spyOn(document, 'hidden', 'get');
    hidden.mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    document.dispatchEvent(new Event('freeze'));
    document.dispatchEvent(new Event('resume'));
    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new Event('online'));
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
    leave();
    window.dispatchEvent(new Event('online'));
    expect(signals).toEqual([
      { type: 'hidden' },
      { type: 'visible' },
      { type: 'freeze' },
      { type: 'resume' },
      { type: 'offline' },
      { type: 'online' },
      { type: 'pagehide', persisted: true },
      { type: 'pageshow', persisted: false },
    ]);
  });

  test('are told as often as they subscribed, and are none where there is no page', () => {
    const listener = vi.fn<() => void>();
    const leave = defaultEnvironment.onPageSignal(listener);
    const leaveAgain = defaultEnvironment.onPageSignal(listener);
    window.dispatchEvent(new Event('online'));
    expect(listener).toHaveBeenCalledTimes(2);
    leave();
    leaveAgain();
    vi.stubGlobal('addEventListener', undefined);
    expect(() => defaultEnvironment.onPageSignal(listener)()).not.toThrow();
  });
});

test('`beforeunload` is listened to only where somebody waits for it', () => {
  const { count } = countListeners();
  const listener = vi.fn<() => void>();
  const stop = defaultEnvironment.onBeforeUnload(listener);
  expect(count()).toBe(1);
  window.dispatchEvent(new Event('beforeunload'));
  expect(listener).toHaveBeenCalledTimes(1);
  stop();
  expect(count()).toBe(0);
  window.dispatchEvent(new Event('beforeunload'));
  expect(listener).toHaveBeenCalledTimes(1);
});

describe('a refusal by the policy of the page', () => {
  /** The event of CSP 3, 5.3, which jsdom does not have. */
  const violation = (disposition: string, effectiveDirective: string) => {
    const event = new Event('securitypolicyviolation');
    const blockedURI = 'https://api.example';
    return Object.assign(event, { disposition, effectiveDirective, blockedURI });
  };

  test('is told with the URL, until nobody listens', () => {
    const listener = vi.fn<(url: string) => void>();
    const stop = defaultEnvironment.onPolicyViolation(listener);
    window.dispatchEvent(violation('enforce', 'connect-src'));
    stop();
    window.dispatchEvent(violation('enforce', 'connect-src'));
    expect(listener).toHaveBeenCalledExactlyOnceWith('https://api.example');
  });

  test.each([
    ['is only reported', 'report', 'connect-src'],
    ['is of an image', 'enforce', 'img-src'],
  ])('is none that %s', (_, disposition, directive) => {
    const listener = vi.fn<(url: string) => void>();
    const stop = defaultEnvironment.onPolicyViolation(listener);
    window.dispatchEvent(violation(disposition, directive));
    stop();
    expect(listener).not.toHaveBeenCalled();
  });
});
