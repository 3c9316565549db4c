import { defaultEnvironment, isolate } from '../environment.ts';
import { type Fail, messageOf, StreamError } from '../errors.ts';
import { createAnnouncer } from '../lifecycle/announce.ts';
import { createSignalFollower } from '../lifecycle/follow-signal.ts';
import { createPresence, type ManagedController } from '../lifecycle/presence.ts';
import { createStarts } from '../lifecycle/starts.ts';
import { IDLE, isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import type { ChangeCause } from '../lifecycle/types.ts';
import { applyOverrides } from '../request/apply-overrides.ts';
import { validateOptions } from '../request/validate-options.ts';
import { createStore } from '../state/store.ts';
import type { RequestOverrides } from '../types.ts';
import { createDownloadState } from './download-state.ts';
import { createSavedFiles } from './saved-files.ts';
import { createMemorySink, openSink, type Sink } from './sinks.ts';
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
  let overrides: RequestOverrides = {};
  /** The sink of the present start, once it is open. */
  let sink: Promise<Sink> | null = null;
  let result: unknown;
  /** Set once the component was there: from then on it must be there to start a run. */
  let wasMounted = false;

  const options = () => request.options;
  const target = () => String(overrides.url ?? request.url ?? '');
  const fail: Fail = (code, message, details) => {
    const { attempt } = transfer.state();
    return new StreamError(code, message, { url: target(), attempt, ...details });
  };
  const state = createDownloadState(environment, options, () => store.invalidate());
  const files = createSavedFiles(environment);
  const signal = createSignalFollower(() => transfer.stop('signal'));
  const announcer = createAnnouncer({ environment, options, state: () => transfer.state() });

  const transfer = createTransfer(environment, target, () => applyOverrides(options(), overrides), {
    changed,
    report: announcer.report,
    sink: () => sink ?? Promise.reject(fail('sink', 'There is no sink.')),
    begun(response, from, completeLength) {
      state.begun(response, response.url || target(), from, completeLength);
    },
    chunk(bytes, loaded) {
      state.received(loaded);
      announcer.chunk(bytes, loaded);
      const { onProgress } = options();
      if (onProgress) isolate(environment, () => onProgress(state.progress(false)));
      store.receive();
    },
    restarted: state.restart,
    finished(value) {
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
    if (over && next.status !== 'done') letGo(next.error);
    const resolve = starts.settle(next);
    announcer.changed(next, cause);
    store.flush();
    resolve();
  }

  /** Lets go of the sink of a run that will not be complete. */
  function letGo(reason: unknown): void {
    const left = sink;
    sink = null;
    left?.then(
      (opened) => opened.abort(reason),
      () => {},
    );
  }

  /** Calls `saveTo` at once: a file picker needs the click that started the download. */
  async function open(): Promise<Sink> {
    const { saveTo, as } = options();
    if (saveTo === undefined) return createMemorySink(as ?? 'blob', state.expected, fail);
    try {
      return await openSink(typeof saveTo === 'function' ? await saveTo() : saveTo, fail);
    } catch (cause) {
      const text = `The request could not be made: \`saveTo\` failed with "${messageOf(cause)}".`;
      throw fail('request-setup', text, { cause });
    }
  }

  function clear(): void {
    letGo(null);
    files.free();
    result = undefined;
    state.begin();
  }

  const starts = createStarts<Snapshot>({
    state: () => transfer.state(),
    build,
    shown: () => store.getSnapshot(),
    hasTarget: ({ url }) => (url ?? request.url) !== null,
    isGone: () => wasMounted && !presence.isMounted(),
    go(next) {
      clear();
      overrides = next;
      sink = open();
      // The run meets the failure when it asks for the sink.
      sink.catch(() => {});
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
  const presence = createPresence({ enabled: true, replaces: undefined, settle });

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
      return status === 'done' && files.save(result, fileName ?? 'download');
    },
    ...presence,
    silence: announcer.silence,
    setOptions(next) {
      request = next;
      if (!isOver(transfer.state().status)) signal.follow(next.options.signal);
    },
  };
}
