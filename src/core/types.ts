import type { Environment, FetchLike } from './environment.ts';
import type { StreamError } from './errors.ts';

/** Where a lifecycle stands. The diagram is in `lifecycle/transition.ts`. */
export type Status =
  | 'idle'
  | 'connecting'
  | 'open'
  | 'waiting'
  | 'paused'
  | 'done'
  | 'aborted'
  | 'failed';

/** WHATWG HTML 9.2.2: 0 is CONNECTING, 1 is OPEN, 2 is CLOSED. Always derived from the status. */
export type ReadyState = 0 | 1 | 2;

/** Why a lifecycle is held back. Several reasons can hold at once; it goes on when the last goes. */
export type PauseReason = 'hidden' | 'offline' | 'user';

/** Who ended an `aborted` lifecycle. An abort is not an error. */
export type AbortReason = 'caller' | 'superseded' | 'unmounted' | 'signal';

/**
 * How a `done` is known: by the message of `endWhen`, by the declared length, by a status without
 * content (204, 205), or only because the body ended. WebKit ends a chunked body that was cut as if it
 * were whole, so `'close'` is as complete as the engine can tell.
 */
export type EndedBy = 'sentinel' | 'length' | 'no-content' | 'close';

interface LifecycleFieldsOf<
  TStatus extends Status,
  TReadyState extends ReadyState,
  TNextRetryAt extends number | null,
  TReason extends AbortReason | null,
  TError extends StreamError | null,
  TEndedBy extends EndedBy | null = null,
> {
  /** Where the lifecycle stands. The result narrows on it. */
  readonly status: TStatus;
  /** WHATWG HTML 9.2.2: 0 is CONNECTING, 1 is OPEN, 2 is CLOSED. */
  readonly readyState: TReadyState;
  /** Requests of this lifecycle so far: 1 for the first, 0 before it. */
  readonly attempt: number;
  /** When the next request is due, in ms since the epoch; `null` unless `waiting`. */
  readonly nextRetryAt: TNextRetryAt;
  /** Who ended the lifecycle; `null` unless `aborted`. */
  readonly reason: TReason;
  /** What holds the lifecycle back; empty unless `paused`. */
  readonly pausedBy: readonly PauseReason[];
  /** The current problem; cleared at the next successful open. */
  readonly error: TError;
  /** How the end is known; `null` unless `done`. */
  readonly endedBy: TEndedBy;
}

/** The fields that all three results share. The union narrows on `status`. */
export type LifecycleFields =
  | LifecycleFieldsOf<'idle', 2, null, null, null>
  | LifecycleFieldsOf<'connecting', 0, null, null, StreamError | null>
  | LifecycleFieldsOf<'open', 1, null, null, null>
  | LifecycleFieldsOf<'waiting', 0, number, null, StreamError | null>
  | LifecycleFieldsOf<'paused', 0, null, null, StreamError | null>
  | LifecycleFieldsOf<'done', 2, null, null, null, EndedBy>
  | LifecycleFieldsOf<'aborted', 2, null, AbortReason, null>
  | LifecycleFieldsOf<'failed', 2, null, null, StreamError>;

/** A URL as text, or an object that has one, such as a `URL` or a `Location`. */
type UrlInput = string | { readonly href: string };

/**
 * A URL, or a function that returns one for every attempt, such as a signed URL or a one-time ticket.
 * A function is not part of the identity, so a hook that starts by itself then needs a `key`.
 */
export type UrlSource = UrlInput | (() => UrlInput | Promise<UrlInput>);

/**
 * A {@link UrlInput} where a URL function would need a `key`. The same type, under a name that the
 * compiler shows to whoever passes a function without one.
 */
export type UrlOrFunctionWithKey = string | { readonly href: string };

/**
 * Headers in any form that `fetch` accepts, including `Headers` of another realm and a `Map`. In a
 * record, `undefined` leaves a header out.
 */
export type HeadersInput =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | undefined>>;

/** A body that `fetch` takes, or a plain object or array that is sent as JSON. */
export type BodyInput = NonNullable<RequestInit['body']> | object | null;

/** The second argument of `onError`. */
export interface ErrorInfo {
  /** Whether another request follows by itself. */
  readonly willRetry: boolean;
  /** When it is due, in ms since the epoch; `null` if there is none, or if it follows at once. */
  readonly nextRetryAt: number | null;
}

/** When and how often a request is repeated. Every field has a default. */
export interface RetryOptions {
  /** Width of the first random delay, in ms; doubles with every failure in a row. Default 1000. */
  readonly baseDelayMs?: number | undefined;
  /** Largest width of the random delay, in ms. Default 30,000. */
  readonly maxDelayMs?: number | undefined;
  /**
   * Requests in a row, the first included, before the lifecycle fails with `retries-exhausted`. The
   * count starts again once bytes have arrived over 5 s, or the last event id has moved. Default 4; no
   * limit for a subscription.
   */
  readonly maxAttempts?: number | undefined;
  /**
   * HTTP statuses that are worth a repeat, or a function of the defaults: 408, 425, 429, 500, 502,
   * 503, 504, 507, 520 to 527, 529, 530.
   */
  readonly statuses?:
    | readonly number[]
    | ((defaults: readonly number[]) => readonly number[])
    | undefined;
  /** Methods that may be sent more than once. Replaces GET and HEAD. */
  readonly methods?: readonly string[] | undefined;
  /**
   * Decides in place of `statuses`: `false` fails, `true` retries after the usual delay, a number
   * retries after that many ms, `undefined` leaves it to the default rule. It cannot make a method
   * repeatable. A throw counts as `false`.
   */
  readonly shouldRetry?:
    | ((
        error: StreamError,
        context: { readonly attempt: number; readonly method: string },
      ) => boolean | number | undefined)
    | undefined;
}

/** When state reaches React: see `flush` in {@link StreamOptions}. */
export type FlushMode = 'auto' | 'frame' | 'sync' | number;

/** The options of all three hooks and controllers. Everything but the identity may change freely. */
export interface StreamOptions {
  /** The request method. Default GET, or POST when there is a body. Part of the identity. */
  readonly method?: string | undefined;
  /** Request headers; a function is called for every attempt, and may be async. */
  readonly headers?: HeadersInput | (() => HeadersInput | Promise<HeadersInput>) | undefined;
  /**
   * The request body. A plain object or array is sent as JSON and is part of the identity, as is a
   * string; a function is called for every attempt, and may be async. A `ReadableStream` serves
   * one attempt: a second fails with `body-used`.
   */
  readonly body?: BodyInput | (() => BodyInput | Promise<BodyInput>) | undefined;
  /** Whether cookies and other credentials are sent, as in fetch. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** A fetch-like function in place of the global one. */
  readonly fetch?: FetchLike | undefined;
  /**
   * Ends the lifecycle with `aborted`, reason `signal`; if it is aborted already, no request is sent.
   */
  readonly signal?: AbortSignal | undefined;
  /** Passed through to fetch: `mode`, `redirect`, `priority`, `referrerPolicy` and the like. */
  readonly requestInit?:
    | Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal' | 'credentials'>
    | undefined;
  /** `false`: never repeat a request. Default: see {@link RetryOptions}. */
  readonly retry?: RetryOptions | false | undefined;
  /**
   * Longest time without response headers, in ms; `headers()`, `body()`, a URL function and
   * `onUnauthorized` are part of it. Off by default: Node sends no headers before a first write, and
   * Firefox shows none before the first byte of the body.
   */
  readonly connectTimeoutMs?: number | undefined;
  /** Longest time without a byte of the body, in ms; comments count too. Off by default. */
  readonly idleTimeoutMs?: number | undefined;
  /** Called on a 401, once for any number of streams; each then tries once more until it opens. */
  readonly onUnauthorized?: ((error: StreamError) => void | Promise<void>) | undefined;
  /** Distinguishes requests that look the same, such as those of two users. Part of the identity. */
  readonly key?: string | number | undefined;
  /**
   * When state reaches React: `'frame'` at the next frame, a number of ms at most that often, `'sync'`
   * at every message, `'auto'` (the default) at the next frame and, from 20,000 characters of text on,
   * every 50 ms for each 20,000, up to a second. A status change and the first data never wait.
   */
  readonly flush?: FlushMode | undefined;
  /** Called when the headers of a response are accepted, before any message. */
  readonly onOpen?: ((response: Response) => void) | undefined;
  /** Called for every chunk of the body as it arrives; the bytes are valid only during the call. */
  readonly onChunk?:
    | ((bytes: Uint8Array, progress: { readonly loaded: number }) => void)
    | undefined;
  /** Called for every failed attempt and every reported message. */
  readonly onError?: ((error: StreamError, info: ErrorInfo) => void) | undefined;
  /** Called for every change of the status, at once. */
  readonly onStatusChange?: ((status: Status, previous: Status) => void) | undefined;
  /** Where time, network and page signals come from. For tests and unusual runtimes. */
  readonly environment?: Environment | undefined;
}

/** The `key` that a URL function needs where a hook starts by itself, or shares a connection. */
export interface KeyOption {
  readonly key: string | number;
}

/** What one `start()` may change; it applies to all attempts of that start. */
export interface RequestOverrides {
  /** Another URL. */
  readonly url?: UrlSource | undefined;
  /** Another method. */
  readonly method?: string | undefined;
  /** Merged by name over the headers of the options. */
  readonly headers?: HeadersInput | undefined;
  /** Another body. */
  readonly body?: BodyInput | undefined;
}

/** A message as it came over the wire, before `parse`. */
export interface RawMessage<TName extends string = string, TData = string> {
  /** The SSE `event:` field; `'message'` where there is none (WHATWG HTML 9.2.6). */
  readonly event: TName;
  /** The wire text (bytes for `framing: 'bytes'`). */
  readonly data: TData;
  /** The last event id as of this message; it persists over messages (WHATWG HTML 9.2.6). */
  readonly lastEventId: string;
  /** The origin of the final URL after redirects. */
  readonly origin: string;
}

/**
 * Bytes in memory that is not shared, so that a `Blob` accepts them. The type has no other name in all
 * compilers: TypeScript up to 5.6 has no `Uint8Array<ArrayBuffer>`.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;

/** A delivered message: the wire text (bytes, if that is the value) and the value made from it. */
export interface StreamMessage<TValue, TName extends string = string>
  extends RawMessage<TName, TValue extends Uint8Array ? Bytes : string> {
  /** What `parse` and the schema made of the data; without them the data itself. */
  readonly value: TValue;
}

/** Event name to value type. */
export type EventMap = Record<string, unknown>;

/** The value of any event of a map. */
export type ValueOf<TEvents> = TEvents[keyof TEvents & string];

/** The messages of an event map, discriminated by `event`. */
export type MessageOf<TEvents> = {
  [TName in keyof TEvents & string]: StreamMessage<TEvents[TName], TName>;
}[keyof TEvents & string];

/** Standard Schema v1 (standardschema.dev), as zod, valibot and arktype implement it. */
export interface StandardSchema<TOutput> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) => StandardSchemaResult<TOutput> | Promise<StandardSchemaResult<TOutput>>;
    readonly types?: { readonly input: unknown; readonly output: TOutput } | undefined;
  };
}

/** What a {@link StandardSchema} returns: a value, or the issues found. */
export type StandardSchemaResult<TOutput> =
  | { readonly value: TOutput; readonly issues?: undefined }
  | {
      readonly issues: ReadonlyArray<{
        readonly message: string;
        readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
      }>;
    };

/** The option `parse`: the data as it is, its JSON value, or what a function makes of a message. */
export type ParseOption = 'text' | 'json' | ((message: RawMessage) => unknown);

/** What makes values of messages: {@link ParseOption}, or a schema. */
export type Decoder = ParseOption | StandardSchema<unknown> | undefined;

/**
 * Two members of the constraint of a decoder. A decoder that contains both was not inferred, and so is
 * the whole constraint. Comparing with the constraint itself would make the compiler compare it with
 * the schema type of some library, which it gives up on.
 */
export type Uninferred = 'json' | undefined;

/** The values that a {@link Decoder} makes; JSON without a schema can be anything. */
export type DecodedBy<TDecoder> =
  TDecoder extends StandardSchema<infer TOutput>
    ? TOutput
    : TDecoder extends (message: RawMessage) => infer TValue
      ? TValue
      : TDecoder extends 'text' | undefined
        ? string
        : unknown;

/**
 * Where options that were declared with explicit types keep them, so that a call can infer them. No
 * such property exists at run time.
 */
export declare const valueType: unique symbol;

/**
 * A key for an explicit type argument: `'text'` for strings, `'made'` for all others, and `never`
 * where there is none. Types are looked up by it, because the compiler can resolve such a lookup where
 * it would defer a conditional type: so hooks that are built on these hooks can stay generic.
 */
export type KindOf<TValue> = [TValue] extends [never]
  ? never
  : [Exclude<TValue, string>] extends [never]
    ? 'text'
    : 'made';

/** The arguments of a signature with an explicit first type; without one, nothing satisfies it. */
export type WrittenArguments<TValue, TOptions> = {
  text: [options?: TOptions];
  made: [options: TOptions];
}[KindOf<TValue>];

/** The same where some options are always required, such as the `key` of a URL function. */
export type RequiredArguments<TValue, TOptions> = {
  written: [options: TOptions];
}[[TValue] extends [never] ? never : 'written'];

/**
 * The URL of a call that lacks the options its values need: a sentence that names the mistake, or
 * `never` where strings need none.
 */
export type UrlOfTexts<TValue> = [Exclude<TValue, string>] extends [never]
  ? never
  : 'Values other than strings need an option: `parse`, `schema` or a framing of their own';

/** `TText` where the values are strings, `TMade` for all others. */
export type ByKind<TValue, TText, TMade> =
  | ([Exclude<TValue, string>] extends [never] ? TText : never)
  | { made: TMade }[Exclude<KindOf<TValue>, 'text'>];

/** A message that says "that was all": its data, its event name, or a predicate. */
export type EndWhen<TMessage> =
  | string
  | { readonly event: string }
  | ((message: TMessage) => boolean);

/** A message whose value may be missing, because it could not be parsed or validated. */
type Unread<TMessage> = TMessage extends { readonly value: infer TValue }
  ? Omit<TMessage, 'value'> & { readonly value: TValue | undefined }
  : never;

/** The options of the two hooks that receive messages. */
export interface MessageOptions<TMessage> {
  /** Longest time without a message, in ms; comments do not count. Off by default. */
  readonly messageTimeoutMs?: number | undefined;
  /**
   * Longest message, in characters (for `framing: 'bytes'` in bytes); a longer one fails with
   * `message-too-large`. Default 16 Mi, `Infinity` allowed.
   */
  readonly maxMessageLength?: number | undefined;
  /**
   * What happens to a message that cannot be parsed or validated: `'report'` (default) calls `onError`
   * and goes on, `'skip'` goes on silently, `'fail'` ends the lifecycle.
   */
  readonly onInvalid?: 'report' | 'skip' | 'fail' | undefined;
  /** How many messages `messages` keeps. Default 100, `Infinity` allowed. */
  readonly maxMessages?: number | undefined;
  /**
   * The message that ends the stream as `done`. A string is compared with its data, ignoring white
   * space at the end, and `{ event }` with its event name; that message is not delivered. A predicate
   * sees each message after it was delivered; a throw counts as "no".
   */
  readonly endWhen?: EndWhen<TMessage> | undefined;
  /**
   * Recognises an error inside a stream of status 200: return `true`, a text or an `Error` that says
   * what went wrong. The stream then fails with `in-band`, whatever follows. It is also asked about
   * messages that could not be parsed or validated; their `value` is `undefined`. A throw counts as
   * "no".
   */
  readonly errorWhen?:
    | ((message: Unread<TMessage>) => boolean | string | Error | null | undefined)
    | undefined;
  /** Called for every message, in order, at once. */
  readonly onMessage?: ((message: TMessage) => void) | undefined;
  /** Keep showing the data of the previous identity until the first new message. */
  readonly keepPrevious?: boolean | undefined;
}

/** Folds messages into a state. Its snapshot is taken only when it is shown. */
export interface Accumulator<TMessage, TState> {
  /** Takes a delivered message; `text` is what it added to the text of the stream. */
  push(message: TMessage, text: string): void;
  /** Runs before `done`; a `StreamError` that it throws fails the stream. */
  end?(): void;
  /** The state so far: the same reference while nothing changed. */
  snapshot(): TState;
}

/** `reduce` with `initialState`, or `accumulate`, or neither. */
export type ReduceOptions<TMessage, TState> =
  | {
      /** Folds every message into `state`. A throw leaves the state unchanged. */
      readonly reduce: (state: TState, message: TMessage) => TState;
      /** The state before the first message. */
      readonly initialState: TState;
      readonly accumulate?: undefined;
    }
  | {
      /** Creates the accumulator of one start. Must be pure; called once for each start. */
      readonly accumulate: () => Accumulator<TMessage, TState>;
      readonly reduce?: undefined;
      readonly initialState?: undefined;
    }
  | {
      readonly reduce?: undefined;
      readonly initialState?: undefined;
      readonly accumulate?: undefined;
    };

/** The part of a result that messages fill. */
export interface MessageFields<TMessage extends { readonly value: unknown }, TState> {
  /** The newest value. */
  readonly data: TMessage['value'] | undefined;
  /** What `reduce` or `accumulate` made of all messages. */
  readonly state: TState;
  /** The newest message. */
  readonly message: TMessage | undefined;
  /** The newest messages, oldest first, at most `maxMessages`. */
  readonly messages: readonly TMessage[];
  /** How many older messages are no longer in `messages`. */
  readonly dropped: number;
  /** Whether the data is still that of the previous identity (`keepPrevious`). */
  readonly isPrevious: boolean;
}

/** What React and tests subscribe to. */
export interface ReadableStore<TSnapshot> {
  /** The newest flushed state; the same object until the next flush. */
  getSnapshot(): TSnapshot;
  /** The state a server renders and hydration starts from. */
  getServerSnapshot(): TSnapshot;
  /** Calls the listener after every flush; returns how to stop that. */
  subscribe(listener: () => void): () => void;
}
