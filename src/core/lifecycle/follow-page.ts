import type { Environment } from '../environment.ts';
import type { PauseReason } from '../types.ts';
import type { Attempt } from './attempt.ts';
import type { RecoverySignal } from './recovery.ts';
import type { LifecycleEvent, LifecycleState } from './transition.ts';

/** What page signals can do to a lifecycle. */
export interface PageFollower {
  readonly environment: Environment;
  current(): Attempt | null;
  state(): LifecycleState;
  pausesWhenHidden(): boolean;
  dispatch(event: LifecycleEvent): void;
  unpause(reason: PauseReason): void;
  /** Replaces a dead connection, or cuts a backoff short. */
  recover(): void;
}

/** How soon a stream must show life after the back/forward cache, in ms. */
const RESTORED_GRACE_MS = 2000;

/** What a lifecycle does at each page signal (decision 8). */
export function followPage(follower: PageFollower): (signal: RecoverySignal) => void {
  const { environment, current, state, dispatch, unpause, recover } = follower;

  /** Timers of a hidden page run late: what they should have done is looked at now. */
  function catchUp(): void {
    const attempt = current();
    for (const deadline of [...(attempt?.deadlines ?? [])]) deadline.check();
    // A deadline that passed meanwhile is evidence: the next request waits for nothing.
    if (attempt !== null && current() === null) recover();
    const { status, nextRetryAt } = state();
    if (status === 'waiting' && environment.now() >= (nextRetryAt ?? 0)) dispatch({ type: 'due' });
  }

  function awaitLife(attempt: Attempt): void {
    const restoredAt = environment.now();
    const cancel = environment.setTimer(() => {
      if (attempt.owns() && attempt.progress.lastByteAt < restoredAt) recover();
    }, RESTORED_GRACE_MS);
    attempt.signal.addEventListener('abort', cancel, { once: true });
  }

  return (signal) => {
    const attempt = current();
    switch (signal.type) {
      case 'hidden':
        if (follower.pausesWhenHidden()) dispatch({ type: 'pause', reason: 'hidden' });
        return;
      case 'visible':
        unpause('hidden');
        catchUp();
        return;
      case 'offline':
        dispatch({ type: 'pause', reason: 'offline' });
        return;
      case 'online':
        unpause('offline');
        return;
      case 'dead':
        if (attempt === null || signal.strikes(attempt.mark)) recover();
        return;
      default:
        if (attempt === null) recover();
        else if (signal.strikes(attempt.mark)) awaitLife(attempt);
    }
  };
}
