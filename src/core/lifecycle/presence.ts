import type { Status } from '../types.ts';

/** How a hook tells its controller that it is mounted and switched on. */
export interface Presence {
  retain(): void;
  release(): void;
  setEnabled(enabled: boolean): void;
  isMounted(): boolean;
}

/** What a controller does about it. */
export interface PresenceHost {
  /** Whether the hook is switched on at first. */
  readonly enabled: boolean;
  /** The controller of the previous identity; it falls silent when this one takes over. */
  readonly replaces: Pick<ManagedController<never>, 'silence'> | undefined;
  /** Takes over from the status that the replaced controller told last. */
  goOnFrom(status: Status): void;
  settle(isMounted: boolean, isEnabled: boolean): void;
}

/**
 * Collects what a hook says within one flush of React and settles it one microtask later: destroying
 * and creating effects in one flush (StrictMode, Fast Refresh) then changes nothing (decision 9).
 */
export function createPresence({ enabled, replaces, goOnFrom, settle }: PresenceHost): Presence {
  let isMounted = false;
  let isEnabled = enabled;
  // Let go of once it is silent: a chain of identities must not stay in memory.
  let replaced = replaces;
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
      if (replaced !== undefined) goOnFrom(replaced.silence());
      replaced = undefined;
      isMounted = true;
      schedule();
    },
    release() {
      isMounted = false;
      schedule();
    },
    setEnabled(next) {
      if (next === isEnabled) return;
      isEnabled = next;
      schedule();
    },
  };
}

/** A controller as a hook drives it. */
export interface ManagedController<TOptions> extends Presence {
  /** Replaces callbacks and settings; they count from their next use on. */
  setOptions(options: TOptions): void;
  /**
   * A new identity takes over: what is left of this one happens without callbacks. Returns the
   * status that they know of.
   */
  silence(): Status;
}
