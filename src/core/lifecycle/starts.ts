import type { AbortReason, RequestOverrides } from '../types.ts';
import { IDLE, isOver, type LifecycleState } from './transition.ts';

/** What `start()` needs of its controller. */
export interface StartsHost<TSnapshot> {
  state(): LifecycleState;
  /** The snapshot of a state. */
  build(state: LifecycleState): TSnapshot;
  /** The newest flushed snapshot. */
  shown(): TSnapshot;
  /** Whether there is anything to request. */
  hasTarget(overrides: RequestOverrides): boolean;
  /** Whether the component that owned the controller is gone. */
  isGone(): boolean;
  /** Clears what there was and starts the lifecycle. */
  go(overrides: RequestOverrides): void;
}

/** The promises that `start()` gives: one for each run, never rejected. */
export interface Starts<TSnapshot> {
  start(overrides: RequestOverrides, keepsRunning: boolean): Promise<TSnapshot>;
  /** Resolves the promise of a run that ends without the lifecycle passing through `aborted`. */
  dismiss(reason: AbortReason): void;
  /**
   * To be called when the state was set: if the run is over, returns what resolves its promise once
   * the state was flushed.
   */
  settle(state: LifecycleState): () => void;
}

interface Running<TSnapshot> {
  readonly promise: Promise<TSnapshot>;
  readonly resolve: (snapshot: TSnapshot) => void;
}

function createRunning<TSnapshot>(): Running<TSnapshot> {
  let resolve: (snapshot: TSnapshot) => void = () => {};
  const promise = new Promise<TSnapshot>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Ties the promises of `start()` to the runs of a lifecycle (decision 11). */
export function createStarts<TSnapshot>(host: StartsHost<TSnapshot>): Starts<TSnapshot> {
  let running: Running<TSnapshot> | null = null;

  function dismiss(reason: AbortReason): void {
    const { attempt } = host.state();
    running?.resolve(host.build({ ...IDLE, status: 'aborted', attempt, reason }));
    running = null;
  }

  /**
   * What a component starts, the component must be there to stop. It may be coming back: the effects
   * of its children run before its own.
   */
  async function startOnceBack(
    overrides: RequestOverrides,
    keepsRunning: boolean,
  ): Promise<TSnapshot> {
    await Promise.resolve();
    if (!host.isGone()) return start(overrides, keepsRunning);
    return host.build({ ...IDLE, status: 'aborted', reason: 'unmounted' });
  }

  function start(overrides: RequestOverrides, keepsRunning: boolean): Promise<TSnapshot> {
    if (host.isGone()) return startOnceBack(overrides, keepsRunning);
    if (!host.hasTarget(overrides)) return Promise.resolve(host.shown());
    if (running !== null && keepsRunning) return running.promise;
    dismiss('superseded');
    const next = createRunning<TSnapshot>();
    running = next;
    host.go(overrides);
    return next.promise;
  }

  return {
    start,
    dismiss,
    settle(state) {
      const finished = running;
      if (finished === null || !isOver(state.status)) return () => {};
      running = null;
      // A callback may start the next run before this one was flushed.
      const last = host.build(state);
      return () => finished.resolve(host.state() === state ? host.shown() : last);
    },
  };
}
