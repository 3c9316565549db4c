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
  /** Counts the messages. */
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

/** A tab says where it stands, and asks for what it lacks. */
interface Ask {
  readonly type: 'ask';
  readonly at: Place;
  /** What it has beyond the place at which a new leader begins. */
  readonly ahead: Steps | undefined;
}

/** Where the tabs at one place go on, and what the state is. */
interface Answer {
  readonly at: Place;
  /** Whether they have to wait until their own last id comes by. */
  readonly waits: boolean;
  readonly state: WireState;
  /** Why the state has just changed, if it has. */
  readonly cause: WireCause | null | undefined;
}

/** What the leading tab tells. */
export type Told =
  | ({ readonly type: 'steps' } & Steps & Partial<Answer>)
  | { readonly type: 'report'; readonly error: WireError; readonly willRetry: boolean }
  | { readonly type: 'comment'; readonly comment: string }
  /** A hidden tab has the lock: a visible one shall take it. */
  | { readonly type: 'offer' };

/** All that tabs say, in the highest term that the speaker knows of. */
export type TabMessage = { readonly term: number } & (Ask | Told);

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
    nextRetryAt: nextRetryAt && nextRetryAt - now,
    error: error && writeError(error),
  };
}

export function readState(state: WireState, now: number): LifecycleState {
  const { error, nextRetryAt } = state;
  return {
    ...state,
    nextRetryAt: nextRetryAt && nextRetryAt + now,
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
export function readCause(
  cause: WireCause | null | undefined,
  state: LifecycleState,
): ChangeCause | undefined {
  if (!cause) return undefined;
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
