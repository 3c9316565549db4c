import { isStreamError, messageOf, type StreamError } from '../errors.ts';
import type { PauseReason } from '../types.ts';
import { type Attempt, createAttempt, type Outcome } from './attempt.ts';
import { followPage } from './follow-page.ts';
import { pageWatchOf } from './recovery.ts';
import { decideRetry } from './retry-policy.ts';
import { IDLE, type LifecycleEvent, type LifecycleState, transition } from './transition.ts';
import type { ChangeCause, Lifecycle, LifecycleHost } from './types.ts';

const HEALTHY_AFTER_MS = 5000;
const OFFLINE_HOLD_MS = 30_000;

/** Runs one lifecycle: at most one attempt at any time, and nothing left behind when it ends. */
export function createLifecycle(host: LifecycleHost): Lifecycle {
  const { environment } = host;
  const watch = pageWatchOf(environment);
  let state: LifecycleState = IDLE;
  let current: Attempt | null = null;
  let openedAt: number | null = null;
  /** Failures in a row since the last reset (decision 4). */
  let failures = 0;
  /** Until when the server asked to be left alone; recovery respects it (decision 8). */
  let retryAfterUntil = 0;
  /** The one timer that the present state may need, and the state it was set for. */
  let timer: { readonly of: LifecycleState; readonly cancel: () => void } | null = null;
  let stopWatching: (() => void) | null = null;

  const onPageSignal = followPage({
    environment,
    current: () => current,
    state: () => state,
    pausesWhenHidden: host.pausesWhenHidden,
    dispatch,
    unpause,
    recover,
  });

  function dispatch(event: LifecycleEvent, cause?: ChangeCause): void {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    align();
    host.changed(next, cause);
    if (state === next && next.status === 'waiting' && !environment.isOnline()) {
      dispatch({ type: 'pause', reason: 'offline' });
    }
  }

  /** Makes attempt, timer and page listener what the present state needs. */
  function align(): void {
    const { status, pausedBy } = state;
    const live = status === 'connecting' || status === 'open';
    if (!live) release();
    if (timer !== null && timer.of !== state) {
      timer.cancel();
      timer = null;
    }
    if (live || status === 'waiting' || status === 'paused') {
      stopWatching ??= watch.subscribe(onPageSignal);
    } else {
      stopWatching?.();
      stopWatching = null;
    }
    if (status === 'connecting' && current === null) send();
    if (status === 'waiting') {
      const delayMs = (state.nextRetryAt ?? 0) - environment.now();
      setTimer(delayMs, () => dispatch({ type: 'due' }));
    } else if (status === 'paused' && pausedBy.includes('offline')) {
      setTimer(OFFLINE_HOLD_MS, () => unpause('offline'));
    }
  }

  function setTimer(delayMs: number, onDue: () => void): void {
    const of = state;
    const fire = () => {
      if (state === of) onDue();
    };
    timer = { of, cancel: environment.setTimer(fire, Math.max(0, delayMs)) };
  }

  function release(): void {
    const attempt = current;
    current = null;
    if (openedAt !== null && environment.now() - openedAt >= HEALTHY_AFTER_MS) failures = 0;
    openedAt = null;
    attempt?.release();
  }

  function send(): void {
    const attempt = createAttempt(
      { owns, accept, settle, number: () => state.attempt },
      watch.mark(),
    );
    current = attempt;
    queueMicrotask(async () => {
      if (!attempt.owns()) return;
      try {
        attempt.settle(await host.run(attempt));
      } catch (thrown) {
        const error = isStreamError(thrown)
          ? thrown
          : attempt.fail('network', `The connection failed: ${messageOf(thrown)}.`, {
              cause: thrown,
            });
        attempt.settle({ type: 'error', error });
      }
    });
  }

  function owns(attempt: Attempt): boolean {
    return current === attempt;
  }

  function accept(attempt: Attempt, response: Response): boolean {
    if (current !== attempt) return false;
    openedAt = environment.now();
    retryAfterUntil = 0;
    dispatch({ type: 'accept' }, { response });
    return current === attempt;
  }

  function settle(attempt: Attempt, outcome: Outcome): void {
    if (current !== attempt) return;
    release();
    if (outcome.type === 'end' || outcome.type === 'again') dispatch({ type: outcome.type });
    else if (host.canRetry()) retry(outcome.type === 'error' ? outcome.error : null);
    else if (outcome.type === 'error') fail(outcome.error);
    else dispatch({ type: 'end' });
  }

  function retry(error: StreamError | null): void {
    failures += 1;
    const answer = decideRetry({
      error,
      failures,
      policy: host.options().retry || {},
      defaultMaxAttempts: host.defaultMaxAttempts,
      method: host.method(),
      attempt: state.attempt,
      serverRetryMs: host.serverRetryMs(),
      environment,
    });
    if (answer.type === 'end') dispatch({ type: 'end' });
    else if (answer.type === 'fail') fail(answer.error);
    else {
      const now = environment.now();
      retryAfterUntil = now + (error?.retryAfterMs ?? 0);
      const nextRetryAt = now + answer.delayMs;
      const cause = error === null ? undefined : { error, info: { willRetry: true, nextRetryAt } };
      dispatch({ type: 'retry', error, nextRetryAt }, cause);
    }
  }

  function fail(error: StreamError): void {
    dispatch({ type: 'fail', error }, { error, info: { willRetry: false, nextRetryAt: null } });
  }

  function unpause(reason: PauseReason): void {
    const waitUntil = retryAfterUntil > environment.now() ? retryAfterUntil : null;
    dispatch({ type: 'unpause', reason, waitUntil });
  }

  /** Replaces a connection that is dead, and cuts a backoff short, but never a `Retry-After`. */
  function recover(): void {
    if (state.status === 'paused' || !host.recovers()) return;
    if (state.status === 'waiting' && retryAfterUntil > environment.now()) return;
    release();
    dispatch({ type: 'again' });
  }

  return {
    state: () => state,
    start() {
      host.begin();
      release();
      failures = 0;
      retryAfterUntil = 0;
      if (host.options().signal?.aborted) {
        dispatch({ type: 'refuse' });
        return;
      }
      const hidden = host.pausesWhenHidden() && environment.isHidden();
      dispatch({ type: 'start', pausedBy: hidden ? ['hidden'] : [] });
    },
    stop: (reason) => dispatch({ type: 'stop', reason }),
    fail,
    end: () => dispatch({ type: 'end' }),
    reset: () => dispatch({ type: 'reset' }),
    pause: (reason) => dispatch({ type: 'pause', reason }),
    unpause,
    progressed() {
      failures = 0;
    },
  };
}
