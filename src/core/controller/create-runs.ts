import {
  createLifecycle,
  type Lifecycle,
  type LifecycleOptions,
} from '../lifecycle/create-lifecycle.ts';
import { IDLE, isOver, type LifecycleState } from '../lifecycle/transition.ts';
import { combineHeaders } from '../request/build-request.ts';
import type { AbortReason, RequestOverrides, StreamOptions, UrlSource } from '../types.ts';
import { checkOptions } from './check-options.ts';
import {
  type Controller,
  type ControllerOptions,
  createController,
  type ManagedController,
} from './create-controller.ts';

/** What a hook tells the controller of a request at every render. */
export interface GivenRequest<TOptions> {
  readonly url: UrlSource | null;
  readonly options: TOptions;
}

/** What makes a controller of requests that are started one by one and that end. */
export interface RunsOptions<TOptions, TSnapshot>
  extends Pick<LifecycleOptions, 'environment' | 'begin' | 'run' | 'canContinue' | 'complete'>,
    Pick<ControllerOptions<TSnapshot>, 'build' | 'startsItself' | 'textLength' | 'turn'> {
  /** Forgets what earlier runs received; `isStart` if that is because the next one begins. */
  clear(isStart: boolean): void;
  /** The present run is over, before its last snapshot is made. */
  readonly finish?: () => void;
  /** Whether `start()` leaves a running request alone. */
  readonly keepsRunning: (options: TOptions) => boolean;
  /** The component came or went. */
  settle(isMounted: boolean): void;
}

/** The controller of such requests, and the lifecycle it shows. */
export interface Runs<TOptions, TSnapshot>
  extends Controller<TSnapshot>,
    ManagedController<GivenRequest<TOptions>> {
  readonly lifecycle: Lifecycle;
  /** The newest options, under what the present start changed. */
  options(): TOptions;
  /** The URL of the present run. */
  url(): UrlSource | null;
  start(overrides?: RequestOverrides): Promise<TSnapshot>;
  /** Goes on with a run that failed: its request and all that was received are kept. */
  goOn(): Promise<TSnapshot>;
  /** The promise of the present run; without one, what is shown. */
  running(): Promise<TSnapshot>;
  abort(): void;
  reset(): void;
  /** Whether the component that owned the controller is gone. */
  isGone(): boolean;
}

/**
 * Ties the promises of `start()` to the runs of a lifecycle: one promise for each run, never rejected.
 * Headers of a start merge by name over the newest ones; method, body and URL stay those of the start.
 */
export function createRuns<TOptions extends StreamOptions, TSnapshot extends object>(
  given: GivenRequest<TOptions>,
  parts: RunsOptions<TOptions, TSnapshot>,
  replaces?: ControllerOptions<TSnapshot>['replaces'],
): Runs<TOptions, TSnapshot> {
  const { environment, build, finish } = parts;
  let request = given;
  /** The request as it was when the present run began, and what its start changed. */
  let begun = given;
  let overrides: RequestOverrides = {};
  /** The options in force: the newest ones, under the overrides of the start. */
  let inForce = given.options;
  /** Resolves the promise of the present run. */
  let running: ((snapshot: TSnapshot) => void) | null = null;
  let promise: Promise<TSnapshot> | null = null;
  /** Whether a component was ever mounted: from then on, a run starts only while it is. */
  let wasMounted = false;

  /**
   * Called when they change and not when they are read: merging them for every message made small
   * chunks of an answer four times as expensive.
   */
  function refreshOptions(): void {
    const { method = begun.options.method, body = begun.options.body, headers } = overrides;
    const { options } = request;
    inForce = { ...options, method, body, headers: combineHeaders(options.headers, headers) };
  }

  const lifecycle = createLifecycle({
    environment,
    options: () => inForce,
    canContinue: parts.canContinue,
    complete: parts.complete,
    begin: parts.begin,
    run(attempt, session) {
      // The overrides of the start may have made them invalid.
      checkOptions(inForce);
      return parts.run(attempt, session);
    },
    changed: (state, cause) => controller.changed(state, cause),
  });

  const controller = createController<TSnapshot>({
    ...parts,
    options: () => request.options,
    state: lifecycle.state,
    stop: lifecycle.stop,
    isEnabled: true,
    replaces,
    turn(state, cause) {
      const proceed = parts.turn(state, cause);
      if (running === null || !isOver(state.status)) return proceed;
      const resolve = running;
      running = promise = null;
      finish?.();
      // A callback may start the next run before this one was shown.
      const last = build(state);
      return () => {
        proceed?.();
        resolve(lifecycle.state() === state ? controller.getSnapshot() : last);
      };
    },
    settle(isMounted) {
      wasMounted ||= isMounted;
      parts.settle(isMounted);
    },
  });

  /** Resolves the promise of a run that ends without the lifecycle passing through `aborted`. */
  function dismiss(reason: AbortReason): void {
    finish?.();
    const { attempt } = lifecycle.state();
    running?.(build({ ...IDLE, status: 'aborted', attempt, reason }));
    running = promise = null;
  }

  const isGone = () => wasMounted && !controller.isMounted();

  function start(changes: RequestOverrides = {}): Promise<TSnapshot> {
    // What a component starts is stopped when it unmounts, so nothing starts after that. It may be
    // just coming back, though: the effects of its children run before its own.
    if (isGone()) {
      return Promise.resolve().then(() => {
        if (!isGone()) return start(changes);
        return build({ ...IDLE, status: 'aborted', reason: 'unmounted' } satisfies LifecycleState);
      });
    }
    if ((changes.url ?? request.url) === null) return Promise.resolve(controller.getSnapshot());
    if (promise !== null && parts.keepsRunning(request.options)) return promise;
    if (running !== null) dismiss('superseded');
    begun = request;
    overrides = changes;
    refreshOptions();
    return launch(false);
  }

  function launch(goesOn: boolean): Promise<TSnapshot> {
    const started = new Promise<TSnapshot>((resolve) => {
      running = resolve;
    });
    promise = started;
    controller.begin();
    if (!goesOn) parts.clear(true);
    lifecycle.start(goesOn);
    return started;
  }

  return {
    ...controller,
    lifecycle,
    options: () => inForce,
    url() {
      // As with every callback, a URL function is that of the newest render.
      const ofStart =
        typeof begun.url === 'function' && request.url !== null ? request.url : begun.url;
      return overrides.url ?? ofStart;
    },
    start,
    goOn() {
      // A signed URL may have expired, and the component may have a new one.
      if (request.url !== null) begun = request;
      refreshOptions();
      return launch(true);
    },
    running: () => promise ?? Promise.resolve(controller.getSnapshot()),
    abort: () => lifecycle.stop('caller'),
    reset() {
      if (running !== null) dismiss('caller');
      parts.clear(false);
      lifecycle.reset();
      controller.flush();
    },
    isGone,
    setOptions(next) {
      request = next;
      refreshOptions();
      controller.followSignal();
    },
  };
}
