import { isStreamError, messageOf, StreamError, type StreamErrorCode } from '../core/errors.ts';
import type { ChangeCause } from '../core/lifecycle/create-lifecycle.ts';
import type { LifecycleState } from '../core/lifecycle/transition.ts';

/*
 * What tabs tell each other. Tabs may run different versions of a page: whoever changes anything
 * here counts `PROTOCOL_VERSION` up, which is part of the channel's name.
 */

/** The version of everything in this file. */
export const PROTOCOL_VERSION = 1;

/** A place in the common line of messages. */
export interface Place {
  /** The term of the leader that read the message. */
  readonly term: number;
  /** Counts the messages, over all terms. */
  readonly number: number;
  /** The last event id there. */
  readonly id: string;
}

/** One step of the line: a message, or a last event id that moved without one. */
export interface Step extends Place {
  /** Event name, data and origin. */
  readonly message: readonly [event: string, data: string, origin: string] | null;
}

/** Steps of the line, and the place they follow. */
export interface Steps {
  readonly after: Place;
  readonly steps: readonly Step[];
}

/** Whether a tab wants a new connection: at once, if the present one is over, or not. */
export type Wish = 'now' | 'if-over' | null;

/** A tab says where it stands, and asks for what it missed. */
export interface Ask {
  readonly type: 'ask';
  readonly from: string;
  readonly term: number;
  /** `null` for a tab that has just joined. */
  readonly at: Place | null;
  /** The id that it waits for in the middle of a replay. */
  readonly has: string | null;
  readonly isVisible: boolean;
  readonly wish: Wish;
  /** In answer to `gather`: what this tab has and the new leader does not. */
  readonly ahead: Steps | null;
}

/** The holder of the lock asks every tab where it stands. */
interface Gather {
  readonly type: 'gather';
  readonly at: Place | null;
}

/** What the leading tab tells. */
export type Told =
  | ({ readonly type: 'steps' } & Steps)
  /** The answer to one `ask`: where that tab goes on. */
  | ({
      readonly type: 'sync';
      readonly to: string;
      /** The place the tab was at when it asked. */
      readonly at: Place | null;
      /** Whether the tab has to drop what it gets until its own last id comes by. */
      readonly skips: boolean;
      readonly state: WireState;
    } & Steps)
  | { readonly type: 'state'; readonly state: WireState; readonly cause: WireCause | null }
  | { readonly type: 'report'; readonly error: WireError; readonly willRetry: boolean }
  | { readonly type: 'comment'; readonly comment: string }
  /** A visible tab shall take the lead. */
  | { readonly type: 'yield'; readonly to: string };

export type TabMessage = Ask | Gather | (Told & { readonly term: number });

type HeaderPairs = readonly (readonly [string, string])[];

/** A {@link StreamError} as plain data. */
export interface WireError {
  readonly code: StreamErrorCode;
  readonly message: string;
  readonly status: number | undefined;
  readonly headers: HeaderPairs | undefined;
  readonly body: string | undefined;
  readonly url: string | undefined;
  readonly attempt: number;
  readonly retryAfterMs: number | undefined;
  readonly bytesReceived: number;
  /** What is no `StreamError` travels as its text. */
  readonly cause: WireError | string | undefined;
}

/** A state as plain data. Clocks of tabs differ: a moment travels as the ms that remain. */
export interface WireState extends Omit<LifecycleState, 'error'> {
  readonly error: WireError | null;
}

export type WireCause =
  | {
      readonly error: WireError;
      readonly willRetry: boolean;
      readonly nextRetryAt: number | null;
    }
  | { readonly status: number; readonly url: string; readonly headers: HeaderPairs };

export function writeError(error: StreamError): WireError {
  const { code, message, status, headers, body, url, retryAfterMs, cause } = error;
  return {
    code,
    message,
    status: status ?? undefined,
    headers: headers === null ? undefined : [...headers],
    body: body ?? undefined,
    url: url ?? undefined,
    attempt: error.attempt,
    retryAfterMs: retryAfterMs ?? undefined,
    bytesReceived: error.bytesReceived,
    cause: isStreamError(cause)
      ? writeError(cause)
      : cause === undefined
        ? undefined
        : messageOf(cause),
  };
}

export function readError(error: WireError): StreamError {
  const { cause, headers } = error;
  return new StreamError(error.code, error.message, {
    ...error,
    headers:
      headers && new Headers(headers.map(([name, value]): [string, string] => [name, value])),
    cause: typeof cause === 'string' ? new Error(cause) : cause && readError(cause),
  });
}

const shift = (moment: number | null, ms: number) => (moment === null ? null : moment + ms);

export function writeState(state: LifecycleState, now: number): WireState {
  const { error, nextRetryAt } = state;
  return {
    ...state,
    nextRetryAt: shift(nextRetryAt, -now),
    error: error === null ? null : writeError(error),
  };
}

export function readState(state: WireState, now: number): LifecycleState {
  const { error, nextRetryAt } = state;
  return {
    ...state,
    nextRetryAt: shift(nextRetryAt, now),
    error: error === null ? null : readError(error),
  };
}

export function writeCause(cause: ChangeCause | undefined, now: number): WireCause | null {
  if (cause === undefined) return null;
  if ('error' in cause) {
    const { willRetry, nextRetryAt } = cause.info;
    return {
      error: writeError(cause.error),
      willRetry,
      nextRetryAt: shift(nextRetryAt, -now),
    };
  }
  const { status, url, headers } = cause.response;
  return { status, url, headers: [...headers] };
}

/** The cause in another tab; its response has status, headers and URL, and no body. */
export function readCause(cause: WireCause | null, now: number): ChangeCause | undefined {
  if (cause === null) return undefined;
  if ('error' in cause) {
    const { willRetry, nextRetryAt } = cause;
    return {
      error: readError(cause.error),
      info: { willRetry, nextRetryAt: shift(nextRetryAt, now) },
    };
  }
  const { status, url, headers } = cause;
  const response = new Response(null, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
  return { response: Object.defineProperty(response, 'url', { value: url }) };
}
