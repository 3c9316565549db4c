import type { Environment } from '../environment.ts';

/** What an attempt notes at its beginning, to tell which interruptions it has lived through. */
export interface AttemptMark {
  readonly at: number;
  readonly interruptions: number;
}

/** What the page says that matters to a lifecycle. */
export type RecoverySignal =
  /** Connections of these attempts are dead. */
  | { readonly type: 'dead'; readonly strikes: (mark: AttemptMark) => boolean }
  /** The page is back from the back/forward cache: such attempts must show life soon. */
  | { readonly type: 'restored'; readonly strikes: (mark: AttemptMark) => boolean }
  | { readonly type: 'hidden' | 'visible' | 'offline' | 'online' };

/** One watch over the page for all lifecycles of an environment. */
export interface PageWatch {
  mark(): AttemptMark;
  /** Listens; returns how to stop. Page listeners and the tick live from first to last. */
  subscribe(listener: (signal: RecoverySignal) => void): () => void;
}

const TICK_MS = 15_000;
/** A tick this late means sleep: a throttled page ticks once a minute. */
const LATE_MS = 75_000;

const watches = new WeakMap<Environment, PageWatch>();

/** The watch of an environment; made at first use. */
export function pageWatchOf(environment: Environment): PageWatch {
  const known = watches.get(environment);
  if (known !== undefined) return known;
  const watch = createPageWatch(environment);
  watches.set(environment, watch);
  return watch;
}

/**
 * Turns page signals into evidence that connections died (decision 8). Each interruption has a
 * number; evidence speaks only against attempts that were begun before it.
 */
function createPageWatch(environment: Environment): PageWatch {
  const listeners = new Set<(signal: RecoverySignal) => void>();
  let interruptions = 0;
  let frozen: number | undefined;
  let offline: number | undefined;
  let away: number | undefined;
  let tickDueAt = 0;
  let stop = () => {};

  const tell = (signal: RecoverySignal) => {
    for (const listener of [...listeners]) listener(signal);
  };
  const begun = (interruption: number) => (mark: AttemptMark) => mark.interruptions < interruption;

  function checkTick(): void {
    const dueAt = tickDueAt;
    if (environment.now() - dueAt <= LATE_MS) return;
    tickDueAt = environment.now() + TICK_MS;
    tell({ type: 'dead', strikes: (mark) => mark.at < dueAt });
  }

  function startTicking(): () => void {
    let cancel = () => {};
    const next = () => {
      tickDueAt = environment.now() + TICK_MS;
      cancel = environment.setTimer(() => {
        checkTick();
        next();
      }, TICK_MS);
    };
    next();
    return () => cancel();
  }

  function listen(): () => void {
    return environment.onPageSignal((signal) => {
      switch (signal.type) {
        case 'freeze':
          // On the way into the back/forward cache the stream survives.
          if (away === undefined) frozen = ++interruptions;
          return;
        case 'resume':
          if (frozen !== undefined) tell({ type: 'dead', strikes: begun(frozen) });
          frozen = undefined;
          return;
        case 'pagehide':
          if (signal.persisted) away = ++interruptions;
          return;
        case 'pageshow':
          if (signal.persisted && away !== undefined)
            tell({ type: 'restored', strikes: begun(away) });
          away = undefined;
          return;
        case 'offline':
          offline = ++interruptions;
          tell({ type: 'offline' });
          return;
        case 'online':
          if (offline !== undefined) tell({ type: 'dead', strikes: begun(offline) });
          offline = undefined;
          tell({ type: 'online' });
          return;
        case 'visible':
          checkTick();
          tell({ type: 'visible' });
          return;
        default:
          tell({ type: 'hidden' });
      }
    });
  }

  return {
    mark: () => ({ at: environment.now(), interruptions }),
    subscribe(listener) {
      const entry = (signal: RecoverySignal) => listener(signal);
      listeners.add(entry);
      if (listeners.size === 1) {
        frozen = offline = away = undefined;
        const stopListening = listen();
        const stopTicking = startTicking();
        stop = () => {
          stopListening();
          stopTicking();
        };
      }
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) stop();
      };
    },
  };
}
