import type { StreamError } from '../errors.ts';
import type {
  AbortReason,
  EndedBy,
  LifecycleFields,
  PauseReason,
  ReadyState,
  Status,
} from '../types.ts';

/*
 * The one lifecycle of all three controllers.
 *
 *                     start (from everywhere)
 *                               |
 *      +------ again ----+      v        accept
 *      |                 +--> connecting ------> open ---+
 *      |                       |  ^  |            |      |
 *      |               retry   |  |  +--- end ----|------+--> done
 *      |             +---------+  |               |
 *      |             v      due   |               |
 *      +-------- waiting ---------+ <--- retry ---+
 *                    |
 *     connecting, open, waiting --- pause ---> paused --- unpause ---> connecting or waiting
 *     connecting, open, waiting --- fail ----> failed
 *     connecting, open, waiting, paused --- stop ---> aborted
 *     every status --- reset ---> idle          every status --- refuse ---> aborted
 *
 * Every pair that is not drawn leaves the state as it is.
 */

/** Where a lifecycle stands, with what belongs to it. */
export interface LifecycleState {
  readonly status: Status;
  readonly attempt: number;
  readonly nextRetryAt: number | null;
  readonly reason: AbortReason | null;
  readonly pausedBy: readonly PauseReason[];
  readonly error: StreamError | null;
  readonly endedBy: EndedBy | null;
}

/** What can happen to a lifecycle. */
export type LifecycleEvent =
  /** The caller, the hook or a new identity asks for a new lifecycle. */
  | { readonly type: 'start'; readonly pausedBy: readonly PauseReason[] }
  /** A start under a signal that is already aborted. */
  | { readonly type: 'refuse' }
  /** The headers of the response were accepted. */
  | { readonly type: 'accept' }
  /** A failure worth a repeat, or the clean end of a subscription (then without an error). */
  | { readonly type: 'retry'; readonly error: StreamError | null; readonly nextRetryAt: number }
  /** The retry timer. */
  | { readonly type: 'due' }
  /** A new request at once: evidence of a dead connection, fresh credentials, a probe. */
  | { readonly type: 'again' }
  /** A failure not worth a repeat. */
  | { readonly type: 'fail'; readonly error: StreamError }
  /** The end: of the body, by a sentinel, 204. */
  | { readonly type: 'end'; readonly by: EndedBy }
  | { readonly type: 'pause'; readonly reason: PauseReason }
  /** A reason to pause is gone; `waitUntil` is set while a `Retry-After` runs. */
  | {
      readonly type: 'unpause';
      readonly reason: PauseReason;
      readonly waitUntil: number | null;
    }
  | { readonly type: 'stop'; readonly reason: AbortReason }
  | { readonly type: 'reset' };

/** The state before anything happened. */
export const IDLE: LifecycleState = {
  status: 'idle',
  attempt: 0,
  nextRetryAt: null,
  reason: null,
  pausedBy: [],
  error: null,
  endedBy: null,
};

/** The next state; the same object where the event means nothing. */
export function transition(state: LifecycleState, event: LifecycleEvent): LifecycleState {
  const { status } = state;
  const live = status === 'connecting' || status === 'open';
  switch (event.type) {
    case 'start':
      return event.pausedBy.length > 0
        ? { ...IDLE, status: 'paused', pausedBy: event.pausedBy }
        : { ...IDLE, status: 'connecting', attempt: 1 };
    case 'refuse':
      return { ...IDLE, status: 'aborted', reason: 'signal' };
    case 'accept':
      return status === 'connecting' ? { ...state, status: 'open', error: null } : state;
    case 'retry':
      return live
        ? { ...state, status: 'waiting', nextRetryAt: event.nextRetryAt, error: event.error }
        : state;
    case 'due':
      return status === 'waiting' ? connecting(state) : state;
    case 'again':
      return live || status === 'waiting' ? connecting(state) : state;
    case 'fail':
      return live || status === 'waiting'
        ? { ...IDLE, status: 'failed', attempt: state.attempt, error: event.error }
        : state;
    case 'end':
      return live ? { ...IDLE, status: 'done', attempt: state.attempt, endedBy: event.by } : state;
    case 'pause':
      return pause(state, event.reason);
    case 'unpause':
      return unpause(state, event.reason, event.waitUntil);
    case 'stop':
      return live || status === 'waiting' || status === 'paused'
        ? { ...IDLE, status: 'aborted', attempt: state.attempt, reason: event.reason }
        : state;
    case 'reset':
      return status === 'idle' ? state : IDLE;
  }
}

function connecting(state: LifecycleState): LifecycleState {
  return { ...state, status: 'connecting', attempt: state.attempt + 1, nextRetryAt: null };
}

function pause(state: LifecycleState, reason: PauseReason): LifecycleState {
  const { status, pausedBy } = state;
  if (status === 'paused') {
    // Being offline holds back retries only, and a paused lifecycle has none due.
    if (reason === 'offline' || pausedBy.includes(reason)) return state;
    return { ...state, pausedBy: [...pausedBy, reason] };
  }
  const held =
    status === 'waiting' ||
    (reason !== 'offline' && (status === 'connecting' || status === 'open'));
  return held ? { ...state, status: 'paused', nextRetryAt: null, pausedBy: [reason] } : state;
}

function unpause(
  state: LifecycleState,
  reason: PauseReason,
  waitUntil: number | null,
): LifecycleState {
  if (state.status !== 'paused' || !state.pausedBy.includes(reason)) return state;
  const pausedBy = state.pausedBy.filter((held) => held !== reason);
  if (pausedBy.length > 0) return { ...state, pausedBy };
  if (waitUntil !== null && reason !== 'user') {
    return { ...state, status: 'waiting', pausedBy, nextRetryAt: waitUntil };
  }
  return connecting({ ...state, pausedBy });
}

/** The WHATWG number of a status (HTML 9.2.2). */
export function readyStateOf(status: Status): ReadyState {
  switch (status) {
    case 'open':
      return 1;
    case 'connecting':
    case 'waiting':
    case 'paused':
      return 0;
    default:
      return 2;
  }
}

/** Whether nothing happens any more until the next start. */
export function isOver(status: Status): boolean {
  return readyStateOf(status) === 2;
}

/** The fields of a result that come from the lifecycle. */
export function lifecycleFields(state: LifecycleState): LifecycleFields {
  const fields = { ...state, readyState: readyStateOf(state.status) };
  // The union says which combinations exist; `transition` makes no others, and its table test says so.
  return fields as LifecycleFields;
}
