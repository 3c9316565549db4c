/** How a hook tells its controller that it is mounted and switched on. */
export interface Presence {
  retain(): void;
  release(): void;
  setEnabled(enabled: boolean): void;
  isMounted(): boolean;
}

/**
 * Collects what a hook says within one flush of React and settles it one microtask later: destroying
 * and creating effects in one flush (StrictMode, Fast Refresh) then changes nothing (decision 9).
 */
export function createPresence(
  initiallyEnabled: boolean,
  settle: (isMounted: boolean, isEnabled: boolean) => void,
): Presence {
  let isMounted = false;
  let isEnabled = initiallyEnabled;
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      settle(isMounted, isEnabled);
    });
  }

  return {
    isMounted: () => isMounted,
    retain() {
      isMounted = true;
      schedule();
    },
    release() {
      isMounted = false;
      schedule();
    },
    setEnabled(enabled) {
      if (enabled === isEnabled) return;
      isEnabled = enabled;
      schedule();
    },
  };
}

/** A controller as a hook drives it. */
export interface ManagedController<TOptions> extends Presence {
  /** Replaces callbacks and settings; they count from their next use on. */
  setOptions(options: TOptions): void;
  /** A new identity takes over: what is left of this one happens without callbacks. */
  silence(): void;
}
