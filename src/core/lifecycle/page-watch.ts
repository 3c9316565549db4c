import type { Environment } from '../environment.ts';

/** What an attempt notes at its beginning, to tell which interruptions it has lived through. */
export interface AttemptMark {
  readonly at: number;
  readonly interruptions: number;
}

/**
 * Evidence that connections died. It speaks only against attempts that were begun before the
 * interruption it reports.
 *
 * @param graceMs How long such an attempt has to show life; 0 if it is dead for certain.
 */
export type EvidenceListener = (strikes: (mark: AttemptMark) => boolean, graceMs: number) => void;

/** One watch over the page for all subscriptions of an environment. */
export interface PageWatch {
  mark(): AttemptMark;
  /** Listens; returns how to stop. Page listeners and the tick live from first to last. */
  subscribe(listener: EvidenceListener): () => void;
}

const TICK_MS = 15_000;
/** A tick this late means sleep: a throttled page ticks once a minute. */
const LATE_MS = 75_000;
/** How soon a stream must show life after the back/forward cache, in ms. Chromium keeps the stream. */
const RESTORED_GRACE_MS = 2000;

const watches = new WeakMap<Environment, PageWatch>();

/** The watch of an environment; made at first use. */
export function pageWatchOf(environment: Environment): PageWatch {
  const known = watches.get(environment);
  if (known !== undefined) return known;
  const watch = createPageWatch(environment);
  watches.set(environment, watch);
  return watch;
}

/** Turns page signals into evidence. Each interruption has a number. */
function createPageWatch(environment: Environment): PageWatch {
  const listeners = new Set<EvidenceListener>();
  let interruptions = 0;
  let frozen: number | undefined;
  let offline: number | undefined;
  let away: number | undefined;
  let tickDueAt = 0;
  let stop = () => {};

  function tell(strikes: (mark: AttemptMark) => boolean, graceMs = 0): void {
    for (const listener of [...listeners]) listener(strikes, graceMs);
  }

  /** Strikes what was begun before an interruption, if there was one. */
  function tellOf(interruption: number | undefined, graceMs?: number): void {
    if (interruption !== undefined) tell((mark) => mark.interruptions < interruption, graceMs);
  }

  /** By the wall clock: the other one stands still while a machine sleeps. */
  function checkTick(): void {
    const dueAt = tickDueAt;
    const now = environment.wallClock();
    if (now - dueAt <= LATE_MS) return;
    tickDueAt = now + TICK_MS;
    tell((mark) => mark.at < dueAt);
  }

  function startTicking(): () => void {
    let cancel = () => {};
    const next = () => {
      tickDueAt = environment.wallClock() + TICK_MS;
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
          tellOf(frozen);
          frozen = undefined;
          return;
        case 'pagehide':
          if (signal.persisted) away = ++interruptions;
          return;
        case 'pageshow':
          if (signal.persisted) tellOf(away, RESTORED_GRACE_MS);
          away = undefined;
          return;
        case 'offline':
          offline = ++interruptions;
          return;
        case 'online':
          tellOf(offline);
          offline = undefined;
          return;
        case 'visible':
          checkTick();
      }
    });
  }

  return {
    mark: () => ({ at: environment.wallClock(), interruptions }),
    subscribe(listener) {
      const entry: EvidenceListener = (...evidence) => listener(...evidence);
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
