import { isStreamError, messageOf, StreamError } from '../core/errors.ts';
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

/** The fields of an error that are plain data by themselves. */
type PlainFields = Pick<
  StreamError,
  'code' | 'message' | 'status' | 'body' | 'url' | 'attempt' | 'retryAfterMs' | 'bytesReceived'
>;

/** A {@link StreamError} as plain data. */
export interface WireError extends PlainFields {
  readonly headers: HeaderPairs | null;
  /** What is no `StreamError` travels as its text. */
  readonly cause: WireError | string | undefined;
}

/** A state as plain data. Clocks of tabs differ: a moment travels as the ms that remain. */
export interface WireState extends Omit<LifecycleState, 'error'> {
  readonly error: WireError | null;
}

/** Why a state changed: by the error that the state holds, or by a response. */
export type WireCause =
  | 'error'
  | { readonly status: number; readonly url: string; readonly headers: HeaderPairs };

export function writeError(error: StreamError): WireError {
  const { message, headers, cause } = error;
  return {
    ...error,
    message,
    headers: headers && [...headers],
    cause: isStreamError(cause)
      ? writeError(cause)
      : cause === undefined
        ? cause
        : messageOf(cause),
  };
}

export function readError(error: WireError): StreamError {
  const { code, message, headers, cause } = error;
  return new StreamError(code, message, {
    ...error,
    headers: headers && readHeaders(headers),
    cause: typeof cause === 'string' ? new Error(cause) : cause && readError(cause),
  });
}

const readHeaders = (pairs: HeaderPairs) =>
  new Headers(pairs.map(([name, value]): [string, string] => [name, value]));

export function writeState(state: LifecycleState, now: number): WireState {
  const { error, nextRetryAt } = state;
  return {
    ...state,
    nextRetryAt: nextRetryAt === null ? null : nextRetryAt - now,
    error: error && writeError(error),
  };
}

export function readState(state: WireState, now: number): LifecycleState {
  const { error, nextRetryAt } = state;
  return {
    ...state,
    nextRetryAt: nextRetryAt === null ? null : nextRetryAt + now,
    error: error && readError(error),
  };
}

export function writeCause(cause: ChangeCause | undefined): WireCause | null {
  if (cause === undefined) return null;
  if ('error' in cause) return 'error';
  const { status, url, headers } = cause.response;
  return { status, url, headers: [...headers] };
}

/** Why a state changed; a response of another tab has status, headers and URL, and no body. */
export function readCause(cause: WireCause | null, state: LifecycleState): ChangeCause | undefined {
  if (cause === null) return undefined;
  if (cause === 'error') return causeOf(state);
  const { status, url, headers } = cause;
  const response = new Response(null, { status, headers: readHeaders(headers) });
  return { response: Object.defineProperty(response, 'url', { value: url }) };
}

/** What a state that an error led to tells of it. */
export function causeOf({ status, error, nextRetryAt }: LifecycleState): ChangeCause | undefined {
  return error === null
    ? undefined
    : { error, info: { willRetry: status !== 'failed', nextRetryAt } };
}
