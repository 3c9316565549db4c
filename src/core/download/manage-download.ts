import { defaultEnvironment, isolate } from '../environment.ts';
import { type Fail, StreamError } from '../errors.ts';
import { createAnnouncer } from '../lifecycle/announce.ts';
import { createSignalFollower } from '../lifecycle/follow-signal.ts';
import { createPresence, type ManagedController } from '../lifecycle/presence.ts';
import { createStarts } from '../lifecycle/starts.ts';
import { IDLE, isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import type { ChangeCause } from '../lifecycle/types.ts';
import { createRunOptions } from '../request/run-options.ts';
import { validateOptions } from '../request/validate-options.ts';
import { createStore } from '../state/store.ts';
import type { RequestOverrides } from '../types.ts';
import { createDownloadState } from './download-state.ts';
import { createRunSink } from './run-sink.ts';
import { createSavedFiles } from './saved-files.ts';
import { openSink } from './sinks.ts';
import { createTransfer } from './transfer.ts';
import type {
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadSnapshot,
  DownloadToSinkOptions,
} from './types.ts';

/** What a hook tells its controller at every render. */
export interface DownloadRequest {
  readonly url: string | URL | null;
  readonly options: DownloadOptions<DownloadAs> | DownloadToSinkOptions;
}

/** A controller as a hook drives it. */
export interface ManagedDownload
  extends DownloadController<unknown>,
    ManagedController<DownloadRequest> {}

/** The controller of a download: moves bytes into a sink and shows how far it is. */
export function manageDownload(given: DownloadRequest): ManagedDownload {
  type Snapshot = DownloadSnapshot<unknown>;
  validateOptions(given.options);
  const environment = given.options.environment ?? defaultEnvironment;
  let request = given;
  /** The request as it was when the present run began, and what its start changed. */
  let begun = given;
  let overrides: RequestOverrides = {};
  let result: unknown;
  /** Set once the component was there: from then on it must be there to start a run. */
  let wasMounted = false;

  const options = () => request.options;
  const optionsOfRun = createRunOptions<typeof given.options>();
  const runOptions = () => optionsOfRun(request.options, begun.options, overrides);
  const target = () => String(overrides.url ?? begun.url ?? '');
  const fail: Fail = (code, message, details) => {
    const { attempt } = transfer.state();
    return new StreamError(code, message, { url: target(), attempt, ...details });
  };
  const state = createDownloadState(environment, options, () => store.invalidate());
  const sink = createRunSink(() => openSink(options(), state.expected, fail));
  const files = createSavedFiles(environment);
  const signal = createSignalFollower(() => transfer.stop('signal'));
  const announcer = createAnnouncer({ environment, options, state: () => transfer.state() });

  const transfer = createTransfer(environment, target, runOptions, {
    changed,
    report: announcer.report,
    sink: sink.get,
    begun(response, from, completeLength) {
      state.begun(response, response.url || target(), from, completeLength);
    },
    chunk(bytes, loaded) {
      state.received(loaded);
      announcer.chunk(bytes, loaded);
      const { onProgress } = options();
      // What a callback ended or held back was shown with that.
      if (transfer.state().status !== 'open') return;
      if (onProgress) isolate(environment, onProgress, state.progress(false));
      store.receive();
    },
    restarted() {
      state.restart();
      store.invalidate();
    },
    finished(value) {
      state.finish(target());
      result = value;
    },
    total: state.completeLength,
  });

  function build(of: LifecycleState): Snapshot {
    const isDone = of.status === 'done';
    const snapshot = {
      ...lifecycleFields(of),
      ...state.progress(isDone),
      fileName: state.fileName(),
      result: isDone ? result : undefined,
      restarted: state.restarted(),
    };
    // `result` is there in `done` and nowhere else: the line above says so.
    return snapshot as Snapshot;
  }
  const store = createStore({
    environment,
    initial: build(IDLE),
    build: () => build(transfer.state()),
    mode: () => options().flush ?? 'auto',
    textLength: () => 0,
  });

  function changed(next: LifecycleState, cause?: ChangeCause): void {
    const over = isOver(next.status);
    signal.follow(over ? undefined : options().signal);
    state.follow(next.status === 'open');
    if (over && next.status !== 'done') sink.letGo(next.error);
    const resolve = starts.settle(next);
    announcer.changed(next, cause);
    store.flush();
    resolve();
  }

  function clear(): void {
    sink.letGo(null);
    files.free();
    result = undefined;
    state.begin();
  }

  const isGone = () => wasMounted && !presence.isMounted();
  const starts = createStarts<Snapshot>({
    state: () => transfer.state(),
    build,
    shown: () => store.getSnapshot(),
    hasTarget: ({ url }) => (url ?? request.url) !== null,
    isGone,
    go(next) {
      clear();
      begun = request;
      overrides = next;
      sink.open();
      store.begin();
      transfer.start();
    },
  });

  function settle(isMounted: boolean): void {
    wasMounted ||= isMounted;
    if (isMounted) return;
    transfer.stop('unmounted');
    files.free();
  }
  const presence = createPresence({
    enabled: true,
    replaces: undefined,
    goOnFrom: announcer.goOnFrom,
    settle,
  });

  return {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: store.getServerSnapshot,
    subscribe: store.subscribe,
    start: (next = {}) => starts.start(next, false),
    pause: () => transfer.pause('user'),
    resume: () => transfer.unpause('user'),
    abort: () => transfer.stop('caller'),
    reset() {
      starts.dismiss('caller');
      clear();
      transfer.reset();
      store.flush();
    },
    save() {
      const { status, fileName } = store.getSnapshot();
      if (status !== 'done' || isGone()) return false;
      return files.save(result, fileName ?? 'download', begun.options.as === 'json');
    },
    ...presence,
    silence: announcer.silence,
    setOptions(next) {
      request = next;
      if (!isOver(transfer.state().status)) signal.follow(next.options.signal);
    },
  };
}
