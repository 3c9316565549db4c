import { type Environment, isolate } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import { advise } from '../hints.ts';
import type { ChangeCause } from '../lifecycle/create-lifecycle.ts';
import { IDLE, isOver, type LifecycleState } from '../lifecycle/transition.ts';
import type { AbortReason, ReadableStore, Status, StreamOptions } from '../types.ts';
import { createStore } from './store.ts';

/** A controller as a hook drives it. */
export interface ManagedController<TOptions> {
  /** The component mounted. It takes effect one microtask later. */
  retain(): void;
  /** The component unmounted. Has no effect if it mounts again within the same flush of React. */
  release(): void;
  setEnabled(isEnabled: boolean): void;
  /** Replaces callbacks and settings; they apply from their next use on. */
  setOptions(options: TOptions): void;
  /**
   * A new identity takes over: whatever still happens to this one happens without callbacks. Returns
   * the status that they were last told.
   */
  silence(): Status;
  /** The one that it is to replace, until it was mounted itself. */
  predecessor(): Replaced | undefined;
}

/** What a controller takes over from. */
type Replaced = Pick<ManagedController<never>, 'silence' | 'predecessor'>;

/** What turns a lifecycle into a controller. */
export interface ControllerOptions<TSnapshot> {
  readonly environment: Environment;
  options(): StreamOptions;
  /** Where the lifecycle stands. */
  state(): LifecycleState;
  stop(reason: AbortReason): void;
  /** The snapshot of a state. */
  build(state: LifecycleState): TSnapshot;
  /** Whether it shows `connecting` before its start. */
  readonly startsItself: boolean;
  textLength(): number;
  /** The lifecycle changed and is about to be shown; returns what to do afterwards, if anything. */
  turn(state: LifecycleState, cause?: ChangeCause): (() => void) | void;
  /** The component mounted, unmounted or was switched. */
  settle(isMounted: boolean, isEnabled: boolean): void;
  /** Whether the hook is switched on initially. */
  readonly isEnabled: boolean;
  /** The controller of the previous identity; it falls silent when this one takes over. */
  readonly replaces: Replaced | undefined;
}

/** What the three kinds of controllers have in common. */
export interface Controller<TSnapshot>
  extends ReadableStore<TSnapshot>,
    Omit<ManagedController<never>, 'setOptions'> {
  isMounted(): boolean;
  /** The lifecycle changed: one new snapshot, then the callbacks, then the subscribers. */
  changed(state: LifecycleState, cause?: ChangeCause): void;
  /** An error after which the lifecycle goes on as it was. */
  report(error: StreamError, willRetry: boolean): void;
  chunk(bytes: Uint8Array, loaded: number): void;
  /** A lifecycle begins. */
  begin(): void;
  /** New data came; the first of a lifecycle are shown at once. */
  receive(): void;
  /** Something else changed. */
  invalidate(): void;
  flush(): void;
  /** The options changed: their signal may be another one. */
  followSignal(): void;
}

/** Shows a lifecycle: its snapshots, its callbacks, the caller's signal, the presence of a component. */
export function createController<TSnapshot extends object>({
  environment,
  options,
  state,
  stop,
  build,
  startsItself,
  textLength,
  turn,
  settle,
  isEnabled,
  replaces,
}: ControllerOptions<TSnapshot>): Controller<TSnapshot> {
  const initial = build(startsItself ? { ...IDLE, status: 'connecting', attempt: 1 } : IDLE);
  const store = createStore(
    environment,
    initial,
    () => build(state()),
    () => options().flush,
    textLength,
  );
  /** The status that callbacks were last told. */
  let told: Status = 'idle';
  let isSilent = false;
  let followed: AbortSignal | undefined;
  let isMounted = false;
  // Dropped once it is silent, so that a chain of identities does not stay in memory. What was never
  // mounted has nobody to fall silent for.
  let replaced = replaces?.predecessor() ?? replaces;
  let isScheduled = false;

  const onAbort = () => stop('signal');

  /** Listens to the caller's signal while the lifecycle runs, and to no other. */
  function followSignal(): void {
    const signal = isOver(state().status) ? undefined : options().signal;
    if (signal === followed) return;
    followed?.removeEventListener('abort', onAbort);
    followed = signal;
    if (signal?.aborted) queueMicrotask(() => followed === signal && onAbort());
    else signal?.addEventListener('abort', onAbort);
  }

  function changed(next: LifecycleState, cause?: ChangeCause): void {
    followSignal();
    const proceed = turn(next, cause);
    store.set();
    if (!isSilent) announce(next, cause);
    store.tell();
    proceed?.();
  }

  function announce(next: LifecycleState, cause: ChangeCause | undefined): void {
    const previous = told;
    const { status } = next;
    told = status;
    if (status !== previous) isolate(environment, options().onStatusChange, status, previous);
    if (cause === undefined) return;
    // The callback may have stopped what was to come.
    const stillHolds = state() === next;
    if ('error' in cause) {
      const willRetry = cause.info.willRetry && stillHolds;
      tellError(cause.error, willRetry, willRetry ? cause.info.nextRetryAt : null);
    } else if (stillHolds) isolate(environment, options().onOpen, cause.response);
  }

  function tellError(error: StreamError, willRetry: boolean, nextRetryAt: number | null): void {
    advise(environment, error);
    isolate(environment, options().onError, error, { willRetry, nextRetryAt });
  }

  /** Destroying and creating effects in one flush of React (StrictMode, Fast Refresh) changes nothing. */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      isScheduled = false;
      settle(isMounted, isEnabled);
    });
  }

  const controller: Omit<Controller<TSnapshot>, keyof typeof store> = {
    followSignal,
    changed,
    report(error, willRetry) {
      if (!isSilent) tellError(error, willRetry, null);
    },
    chunk(bytes, loaded) {
      isolate(environment, options().onChunk, bytes, { loaded });
    },
    isMounted: () => isMounted,
    retain() {
      if (replaced !== undefined) told = replaced.silence();
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
    silence() {
      isSilent = true;
      return told;
    },
    predecessor: () => replaced,
  };
  return Object.assign(store, controller);
}
