import type { Environment, PageSignal } from '../environment.ts';
import type { Attempt } from '../request/attempt.ts';

const TICK_MS = 15_000;
/** A tick this late means sleep: a throttled page ticks once a minute. */
const LATE_MS = 75_000;
/** How soon a stream must show life after the back/forward cache, in ms. Chromium keeps the stream. */
const RESTORED_GRACE_MS = 2000;

/** Judges the signals of the page. */
export interface ConnectionWatch {
  hear(signal: PageSignal): void;
  stop(): void;
}

/**
 * Looks out for evidence that the connection of a subscription died: a freeze, a sleep, being offline,
 * the back/forward cache. An interruption is evidence only against the attempt that lived through it.
 * While no attempt is in progress, the end of an interruption cuts the wait for the next one short.
 *
 * @param current The attempt in progress.
 * @param recover Replaces it, or begins the next at once.
 */
export function watchConnection(
  environment: Environment,
  current: () => Attempt | null,
  recover: () => void,
): ConnectionWatch {
  /**
   * The attempt that lives through each interruption, if any; `undefined` while there is no
   * interruption.
   */
  let frozen: Attempt | null | undefined;
  let offline: Attempt | null | undefined;
  let away: Attempt | null | undefined;
  let tickDueAt = 0;
  /** Who was there at the last tick: its times say nothing if the clock was set back since. */
  let ticked: Attempt | null = null;
  let cancelTick = () => {};

  function strike(interrupted: Attempt | null | undefined): void {
    const attempt = current();
    if (interrupted !== undefined && (attempt === null || attempt === interrupted)) recover();
  }

  /** By the wall clock: the other one stands still while a machine sleeps. */
  function checkTick(): void {
    const dueAt = tickDueAt;
    const now = environment.wallClock();
    if (now - dueAt <= LATE_MS) return;
    tickDueAt = now + TICK_MS;
    const attempt = current();
    if (attempt === null || attempt === ticked || attempt.wallStartedAt < dueAt) recover();
  }

  function tick(): void {
    tickDueAt = environment.wallClock() + TICK_MS;
    ticked = current();
    cancelTick = environment.setTimer(() => {
      checkTick();
      tick();
    }, TICK_MS);
  }

  function awaitLife(): void {
    const attempt = current();
    if (away === undefined || attempt === null || attempt !== away) return strike(away);
    const since = environment.now();
    const cancel = environment.setTimer(() => {
      if (attempt.owns() && attempt.lastByteAt < since) recover();
    }, RESTORED_GRACE_MS);
    attempt.signal.addEventListener('abort', cancel);
  }

  function hear(signal: PageSignal): void {
    switch (signal.type) {
      case 'freeze':
        // On the way into the back/forward cache the stream survives.
        if (away === undefined) frozen = current();
        return;
      case 'resume':
        strike(frozen);
        frozen = undefined;
        return;
      case 'pagehide':
        if (signal.persisted) away = current();
        return;
      case 'pageshow':
        if (signal.persisted) awaitLife();
        away = undefined;
        return;
      case 'offline':
        offline = current();
        return;
      case 'online':
        strike(offline);
        offline = undefined;
        return;
      case 'visible':
        checkTick();
    }
  }

  tick();
  return { hear, stop: () => cancelTick() };
}
