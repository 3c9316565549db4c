import type { Environment, PageSignal } from '../environment.ts';
import { isStreamError, messageOf, type StreamError } from '../errors.ts';
import { type Attempt, createAttempt, type Outcome } from '../request/attempt.ts';
import { methodOf } from '../request/build-request.ts';
import { newSession, type RequestSession } from '../request/exchange.ts';
import type { AbortReason, EndedBy, ErrorInfo, PauseReason, StreamOptions } from '../types.ts';
import { decideRetry, mayRepeat } from './retry.ts';
import { IDLE, type LifecycleEvent, type LifecycleState, transition } from './transition.ts';
import type { watchConnection } from './watch-connection.ts';

/** Why the state changed, where callbacks care. */
export type ChangeCause =
  | { readonly response: Response }
  | { readonly error: StreamError; readonly info: ErrorInfo };

/** What makes the lifecycle of one kind of stream. */
export interface LifecycleOptions {
  readonly environment: Environment;
  /** The options in force. */
  options(): StreamOptions & { readonly pauseWhenHidden?: boolean | undefined };
  /**
   * Detects that a connection died. Only a subscription has one, so it also stands for this: the
   * request is repeated without being asked to, without limit, and when its body ends.
   */
  readonly watch?: typeof watchConnection;
  /** Whether the kind of stream allows a repeat now, beside the rule for its method. */
  readonly canContinue?: (() => boolean) | undefined;
  /** The server's `retry:` field. */
  readonly serverRetryMs?: () => number | null;
  /** Called first at every start: forgets what belonged to the previous one. */
  begin(): void;
  /** One request, from its URL to the end of its body. */
  run(attempt: Attempt, session: RequestSession): Promise<Outcome>;
  /** Runs before `done`; a {@link StreamError} that it throws takes its place. */
  readonly complete?: (() => void) | undefined;
  /** The state changed. */
  changed(state: LifecycleState, cause?: ChangeCause): void;
}

/** The effectful side of `transition`: attempts, timers, page signals. */
export interface Lifecycle {
  state(): LifecycleState;
  /** Starts; if the session is kept, it counts as the same request sent again. */
  start(keepsSession?: boolean): void;
  stop(reason: AbortReason): void;
  /** Ends with an error that the attempt itself did not meet, such as an invalid message. */
  fail(error: StreamError): void;
  end(by: EndedBy): void;
  reset(): void;
  pause(reason: PauseReason): void;
  unpause(reason: PauseReason): void;
  /** The stream made progress: failures in a row count from zero again. */
  progressed(): void;
  /** Counts a failure after which the next request follows at once. */
  countFailure(): void;
  /** Whether the request may be sent again without being asked to. */
  mayRepeat(): boolean;
}

/** A body that brought bytes over this long was healthy: failures count from zero again. */
const HEALTHY_MS = 5000;
/** How long being offline holds back a retry: `navigator.onLine` may be wrong. */
const OFFLINE_HOLD_MS = 30_000;
/** How long a failure is held back while it is unclear whether the page is being left. */
const LEAVING_MS = 5000;
const DEFAULT_MAX_ATTEMPTS = 4;

/** Runs one lifecycle: at most one attempt at any time, and nothing left behind when it ends. */
export function createLifecycle({
  environment,
  options,
  watch,
  canContinue = () => true,
  serverRetryMs = () => null,
  begin,
  run,
  complete,
  changed,
}: LifecycleOptions): Lifecycle {
  let state: LifecycleState = IDLE;
  let current: Attempt | null = null;
  let session = newSession();
  /** Failures in a row. */
  let failures = 0;
  /** Whether the request was sent although the page is offline: then its failure does not count. */
  let isGuess = false;
  /** Until when the server asked to be left alone; recovery respects it. */
  let retryAfterUntil = 0;
  /** Cancels the one timer that the present state may need. */
  let cancelTimer = () => {};
  let stopWatching: (() => void) | null = null;
  /** Listens while a request is in progress: a standing listener costs the back/forward cache. */
  let stopAwaitingUnload = () => {};
  /** Until when the page may be about to be left. */
  let leavingUntil = 0;
  /**
   * How the attempt ended while the page may be about to be left, and how to cancel the timer that
   * makes it count.
   */
  let held: { readonly outcome: Outcome; readonly cancel: () => void } | null = null;

  const mayRepeatNow = () =>
    mayRepeat(methodOf(options()), options().retry, session.idempotencyKey !== null);
  const canRetry = () => {
    const { retry = watch !== undefined && {} } = options();
    return retry !== false && canContinue() && mayRepeatNow();
  };
  const pausesWhenHidden = () =>
    watch !== undefined && options().pauseWhenHidden === true && mayRepeatNow();

  function dispatch(event: LifecycleEvent, cause?: ChangeCause): void {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    align();
    changed(next, cause);
    if (state === next && next.status === 'waiting' && !environment.isOnline()) {
      dispatch({ type: 'pause', reason: 'offline' });
    }
  }

  /** Makes attempt, timer and listeners what the present state needs. */
  function align(): void {
    const { status, pausedBy } = state;
    const isLive = status === 'connecting' || status === 'open';
    if (!isLive) release();
    cancelTimer();
    if (isLive || status === 'waiting' || status === 'paused') {
      stopWatching ??= watchPage();
    } else {
      stopWatching?.();
      stopWatching = null;
    }
    if (status === 'connecting' && current === null) send();
    if (status === 'waiting') {
      const delayMs = (state.nextRetryAt ?? 0) - environment.now();
      cancelTimer = environment.setTimer(() => dispatch({ type: 'due' }), delayMs);
    } else if (status === 'paused' && pausedBy.includes('offline')) {
      cancelTimer = environment.setTimer(() => {
        isGuess = !environment.isOnline() && retryAfterUntil <= environment.now();
        unpause('offline');
      }, OFFLINE_HOLD_MS);
    }
  }

  function release(): void {
    const attempt = current;
    current = null;
    held?.cancel();
    held = null;
    if (attempt === null) return;
    stopAwaitingUnload();
    const { firstByteAt, lastByteAt } = attempt;
    if (firstByteAt !== null && lastByteAt - firstByteAt >= HEALTHY_MS) failures = 0;
    attempt.release();
  }

  function send(): void {
    const attempt = createAttempt(environment, state.attempt, accept, settle);
    current = attempt;
    stopAwaitingUnload = environment.onBeforeUnload(() => {
      leavingUntil = environment.now() + LEAVING_MS;
    });
    queueMicrotask(async () => {
      if (!attempt.owns()) return;
      try {
        attempt.settle(await run(attempt, session));
      } catch (thrown) {
        attempt.settle(
          isStreamError(thrown)
            ? thrown
            : attempt.fail('network', `The connection failed: ${messageOf(thrown)}.`, {
                cause: thrown,
              }),
        );
      }
    });
  }

  function accept(attempt: Attempt, response: Response): boolean {
    if (current !== attempt) return false;
    retryAfterUntil = 0;
    session.refreshed = isGuess = false;
    dispatch({ type: 'accept' }, { response });
    return current === attempt;
  }

  /** Whether the body of a subscription just ended: it is repeated. */
  const isCleanEnd = (outcome: Outcome): outcome is 'close' | 'length' =>
    watch !== undefined && (outcome === 'close' || outcome === 'length');

  function settle(attempt: Attempt, outcome: Outcome): void {
    if (current !== attempt || held !== null) return;
    // Engines cut streams some time before they leave a page, and sometimes they do not leave it after
    // all.
    const heldMs = leavingUntil - environment.now();
    // An answer of the server, an error that the stream itself reports, and a deadline of ours are not
    // such cuts.
    const isBreak = isStreamError(outcome)
      ? /^(network|truncated|resume-blocked)$/.test(outcome.code)
      : isCleanEnd(outcome);
    if (heldMs > 0 && isBreak) {
      const cancel = heldMs < Infinity ? environment.setTimer(letGo, heldMs) : () => {};
      held = { outcome, cancel };
      return;
    }
    release();
    if (outcome === 'again') dispatch({ type: 'again' });
    else if (isCleanEnd(outcome)) retryOr(null, () => end(outcome));
    else if (typeof outcome === 'string') end(outcome);
    else retryOr(outcome, () => fail(outcome));
  }

  /** What was held back takes effect as if it had just happened. */
  function letGo(): void {
    const outcome = held?.outcome;
    held = null;
    leavingUntil = 0;
    if (current !== null && outcome !== undefined) settle(current, outcome);
  }

  /** Repeats the request after a failure, or a clean end without an error, if that is allowed. */
  function retryOr(error: StreamError | null, giveUp: () => void): void {
    let answer: number | StreamError | null = error;
    try {
      if (!canRetry()) return giveUp();
      if (!isGuess) failures += 1;
      isGuess = false;
      answer = decideRetry({
        environment,
        policy: options().retry || {},
        error,
        failures,
        defaultMaxAttempts: watch ? Infinity : DEFAULT_MAX_ATTEMPTS,
        method: methodOf(options()),
        attempt: state.attempt,
        serverRetryMs: serverRetryMs(),
      });
    } catch (thrown) {
      environment.reportError(thrown);
    }
    if (answer === null) return giveUp();
    if (typeof answer !== 'number') return fail(answer);
    const now = environment.now();
    retryAfterUntil = now + (error?.retryAfterMs ?? 0);
    const nextRetryAt = now + answer;
    const cause = error === null ? undefined : { error, info: { willRetry: true, nextRetryAt } };
    dispatch({ type: 'retry', error, nextRetryAt }, cause);
  }

  function end(by: EndedBy): void {
    try {
      complete?.();
    } catch (thrown) {
      if (isStreamError(thrown)) return fail(thrown);
      environment.reportError(thrown);
    }
    dispatch({ type: 'end', by });
  }

  function fail(error: StreamError): void {
    dispatch({ type: 'fail', error }, { error, info: { willRetry: false, nextRetryAt: null } });
  }

  function unpause(reason: PauseReason): void {
    const waitUntil = retryAfterUntil > environment.now() ? retryAfterUntil : null;
    dispatch({ type: 'unpause', reason, waitUntil });
  }

  function watchPage(): () => void {
    const evidence = watch?.(environment, () => current, recover);
    const stopListening = environment.onPageSignal((signal) => {
      evidence?.hear(signal);
      hear(signal);
    });
    return () => {
      evidence?.stop();
      stopListening();
    };
  }

  function hear({ type }: PageSignal): void {
    switch (type) {
      case 'hidden':
        if (pausesWhenHidden()) dispatch({ type: 'pause', reason: 'hidden' });
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
      case 'pagehide':
        // Nobody is left to be told, unless the page comes back.
        leavingUntil = Infinity;
        held?.cancel();
        return;
      case 'pageshow':
        if (held !== null) recover();
        letGo();
    }
  }

  /** Timers of a hidden page run late: what they should have done is checked now. */
  function catchUp(): void {
    const attempt = current;
    for (const deadline of [...(attempt?.deadlines ?? [])]) deadline.check();
    // A deadline that passed meanwhile is evidence: the next request waits for nothing.
    if (attempt !== null && current === null) recover();
    const { status, nextRetryAt } = state;
    if (status === 'waiting' && environment.now() >= (nextRetryAt ?? 0)) dispatch({ type: 'due' });
  }

  /** Replaces a connection that is dead, and cuts a backoff short, but never a `Retry-After`. */
  function recover(): void {
    if (watch === undefined || state.status === 'paused' || !canRetry()) return;
    if (state.status === 'waiting' && retryAfterUntil > environment.now()) return;
    release();
    dispatch({ type: 'again' });
  }

  return {
    // Written out: a spread makes an object of a shape of its own, and for every new connection the
    // engine would compile the path of its messages anew.
    state: () => state,
    start(keepsSession = false) {
      // A subscription goes on asking where it asked first (WHATWG HTML 9.2.2).
      if (!keepsSession) session = newSession(watch && session.base);
      begin();
      release();
      const waitUntil = keepsSession ? retryAfterUntil : 0;
      failures = leavingUntil = retryAfterUntil = 0;
      isGuess = false;
      if (options().signal?.aborted) {
        dispatch({ type: 'refuse' });
        return;
      }
      const isHidden = pausesWhenHidden() && environment.isHidden();
      dispatch({ type: 'start', pausedBy: isHidden ? ['hidden'] : [] });
      // The same request again, which the server asked to wait for.
      if (waitUntil <= environment.now()) return;
      retryAfterUntil = waitUntil;
      dispatch({ type: 'retry', error: null, nextRetryAt: waitUntil });
    },
    stop: (reason) => dispatch({ type: 'stop', reason }),
    fail(error) {
      // An error that the stream itself reports may be worth a repeat, if `shouldRetry` says so.
      if (error.code === 'in-band' && current !== null) settle(current, error);
      else fail(error);
    },
    end,
    reset: () => dispatch({ type: 'reset' }),
    pause: (reason) => dispatch({ type: 'pause', reason }),
    unpause,
    progressed() {
      failures = 0;
    },
    countFailure() {
      failures += 1;
    },
    mayRepeat: mayRepeatNow,
  };
}
