import { defaultEnvironment } from '../environment.ts';
import { StreamError } from '../errors.ts';
import type { FramingName } from '../framing/choose-framing.ts';
import { createAnnouncer } from '../lifecycle/announce.ts';
import { createSignalFollower } from '../lifecycle/follow-signal.ts';
import { iterate } from '../lifecycle/iterate.ts';
import { createPresence, type ManagedController } from '../lifecycle/presence.ts';
import { createStarts } from '../lifecycle/starts.ts';
import { IDLE, isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import type { ChangeCause } from '../lifecycle/types.ts';
import { type DeliveryHost, deliver } from '../messages/deliver.ts';
import { createMessageQueue } from '../messages/message-queue.ts';
import { createRunOptions } from '../request/run-options.ts';
import { validateOptions } from '../request/validate-options.ts';
import { createStore } from '../state/store.ts';
import type { RequestOverrides, StreamMessage } from '../types.ts';
import { type AnyFetchOptions, createFetchState } from './fetch-state.ts';
import { createRuns } from './run.ts';
import type { StreamingFetchController, StreamingFetchSnapshot } from './types.ts';

/** What a hook tells its controller at every render. */
export interface FetchRequest<TValue, TState> {
  readonly url: string | URL | null;
  readonly options: AnyFetchOptions<TValue, TState>;
}

/** A controller as a hook drives it. */
export interface ManagedStreamingFetch<TValue, TState>
  extends StreamingFetchController<TValue, TState>,
    ManagedController<FetchRequest<TValue, TState>> {}

/** How a hook makes its controller. */
export interface ManagedStart<TValue, TState> {
  /** The controller of the previous identity. */
  readonly replaces: ManagedStreamingFetch<TValue, TState> | undefined;
}

/**
 * The controller of a streamed request: interprets what its runs deliver, and shows it. Without a URL
 * it never starts.
 */
export function manageStreamingFetch<TValue, TState>(
  given: FetchRequest<TValue, TState>,
  start?: ManagedStart<TValue, TState>,
): ManagedStreamingFetch<TValue, TState> {
  type Snapshot = StreamingFetchSnapshot<TValue, TState>;
  validateOptions(given.options);
  const environment = given.options.environment ?? defaultEnvironment;
  let request = given;
  /** The request as it was when the present run began, and what its start changed. */
  let begun = given;
  let overrides: RequestOverrides = {};
  const replaces = start?.replaces;
  /** Set once the component was there: from then on it must be there to start a run. */
  let wasMounted = false;
  /** What decides about messages: NDJSON is parsed unless the caller says otherwise. */
  let deliveryOptions = given.options;
  let framing: FramingName | undefined;

  const options = () => request.options;
  const optionsOfRun = createRunOptions<typeof given.options>();
  const runOptions = () => optionsOfRun(request.options, begun.options, overrides);
  const keepsPrevious = given.url !== null && given.options.keepPrevious;
  const previous = keepsPrevious ? replaces?.getSnapshot() : undefined;
  const state = createFetchState(environment, options, previous);
  const queue = createMessageQueue<StreamMessage<TValue>>();
  const signal = createSignalFollower(() => runs.stop('signal'));
  const announcer = createAnnouncer({ environment, options, state: () => runs.state() });

  const delivery: DeliveryHost<StreamMessage<TValue>> = {
    environment,
    fail: (code, message, details) => {
      const { attempt } = runs.state();
      const { bytesReceived } = state.fields();
      return new StreamError(code, message, { url: target(), attempt, bytesReceived, ...details });
    },
    options: () => deliveryOptions,
    wants: () => runs.state().status === 'open',
    accumulate(message) {
      state.apply(message);
      queue.push(message);
    },
    report: (error) => announcer.report(error, false),
    refuse: (error) => runs.fail(error),
    end: () => runs.end(),
  };

  const target = () => String(overrides.url ?? begun.url ?? '');
  const runs = createRuns(environment, target, runOptions, {
    changed,
    framed(name) {
      state.framed(name);
      framing = name;
      refreshDeliveryOptions();
    },
    chunk(bytes, loaded) {
      state.received(loaded);
      announcer.chunk(bytes, loaded);
    },
    message({ event = 'message', data }, lastEventId, origin) {
      const isDelivered = deliver(delivery, event, data, lastEventId, origin);
      // What a callback ended was shown with its end.
      if (isDelivered && delivery.wants()) store.receive();
    },
    report: announcer.report,
    ready: queue.ready,
  });

  const build = (of: LifecycleState): Snapshot => ({ ...lifecycleFields(of), ...state.fields() });
  const startsItself = start !== undefined && given.url !== null && given.options.autoStart;
  const store = createStore({
    environment,
    initial: build(startsItself ? { ...IDLE, status: 'connecting', attempt: 1 } : IDLE),
    build: () => build(runs.state()),
    mode: () => options().flush ?? 'auto',
    textLength: state.textLength,
  });

  function refreshDeliveryOptions(): void {
    const { parse = framing === 'ndjson' ? 'json' : undefined } = request.options;
    deliveryOptions = { ...request.options, parse };
  }

  function changed(next: LifecycleState, cause?: ChangeCause): void {
    const over = isOver(next.status);
    if (cause !== undefined && 'response' in cause) state.accept(cause.response);
    signal.follow(over ? undefined : options().signal);
    if (over) queue.end(next.error ?? undefined);
    const resolve = starts.settle(next);
    announcer.changed(next, cause);
    store.flush();
    resolve();
  }

  const starts = createStarts<Snapshot>({
    state: () => runs.state(),
    build(of) {
      state.finish();
      return build(of);
    },
    shown: () => store.getSnapshot(),
    hasTarget: ({ url }) => (url ?? request.url) !== null,
    isGone: () => wasMounted && !presence.isMounted(),
    go(changes) {
      begun = request;
      overrides = changes;
      store.begin();
      state.begin(options().keepPrevious === true);
      runs.start();
    },
  });
  const begin = (changes: RequestOverrides = {}) => {
    return starts.start(changes, options().whenBusy === 'ignore');
  };

  function settle(isMounted: boolean): void {
    wasMounted ||= isMounted;
    if (!isMounted) runs.stop('unmounted');
    else if (options().autoStart && runs.state().status === 'idle') void begin();
  }
  const presence = createPresence({
    enabled: true,
    replaces,
    goOnFrom: announcer.goOnFrom,
    settle,
  });

  return {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: store.getServerSnapshot,
    subscribe: store.subscribe,
    start: begin,
    abort: () => runs.stop('caller'),
    reset() {
      starts.dismiss('caller');
      state.clear();
      runs.reset();
      store.flush();
    },
    ...presence,
    silence: announcer.silence,
    setOptions(next) {
      request = next;
      refreshDeliveryOptions();
      if (!isOver(runs.state().status)) signal.follow(next.options.signal);
    },
    [Symbol.asyncIterator]: () => iterate(queue, runs, () => void begin()),
  };
}
