import type {
  ByKind,
  DecodedBy,
  Decoder,
  EventMap,
  KindOf,
  LifecycleFields,
  MessageFields,
  MessageOf,
  MessageOptions,
  ParseOption,
  RawMessage,
  ReadableStore,
  ReduceOptions,
  StandardSchema,
  StreamMessage,
  StreamOptions,
  Uninferred,
  ValueOf,
  valueType,
  WrittenArguments,
} from '../types.ts';
import type { Connect, ResumeMode } from './connection.ts';

/** How a connection is shared: `inPage` or `acrossTabs` of `rivulet/share`. */
type Share = Connect;

/**
 * Written as a method, so that its parameters may be narrower: the compiler knows the name of a
 * handler before it knows the event map.
 */
type Handler<TValue, TMessage> = { handle(value: TValue, message: TMessage): void }['handle'];

interface SubscriptionOptions<TEvents> extends StreamOptions, MessageOptions<MessageOf<TEvents>> {
  /** Event names to receive. Default: all, or the names in `schema`. */
  readonly events?: readonly (keyof TEvents & string)[] | undefined;
  /** A handler for each event name, called before `onMessage`. */
  readonly on?:
    | {
        readonly [TName in keyof TEvents & string]?:
          | Handler<TEvents[TName], StreamMessage<TEvents[TName], TName>>
          | undefined;
      }
    | undefined;
  /** Every comment line (`: text`), for heartbeats and diagnosis. */
  readonly onComment?: ((comment: string) => void) | undefined;
  /** The id to resume from at the first request. */
  readonly lastEventId?: string | undefined;
  /**
   * How the last event id is sent: `'header'` (default) as `Last-Event-ID`, `{ query }` as a query
   * parameter of that name (no preflight), `false` not at all.
   */
  readonly resume?: ResumeMode | undefined;
  /** `false` closes and shows `idle`; `true` connects again with the id kept. Default true. */
  readonly enabled?: boolean | undefined;
  /** Pause while the page is hidden, if the request may be repeated. Default false. */
  readonly pauseWhenHidden?: boolean | undefined;
  /**
   * Share one connection among all subscriptions with equal identity: `inPage`, or `acrossTabs` for
   * all tabs of an origin, both from `rivulet/share`. Default: a connection of its own.
   */
  readonly share?: Share | undefined;
}

/** `credentials`, or `withCredentials`, the EventSource spelling of `'include'`. */
type CredentialsOptions =
  | { readonly withCredentials?: undefined }
  | {
      readonly credentials?: undefined;
      /** `true` is `credentials: 'include'`, as `EventSource` spells it. Not beside `credentials`. */
      readonly withCredentials?: boolean | undefined;
    };

/** One schema for each event name. */
type SchemasByName<TEvents> = {
  readonly [TName in keyof TEvents]: StandardSchema<TEvents[TName]>;
};

interface ParsedEvents<TParse> {
  /**
   * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses it, a
   * function makes what it returns. Default: `'json'` with a schema, else `'text'`.
   */
  readonly parse: TParse;
  readonly schema?: undefined;
}

interface ValidatedEvents<TSchema> {
  readonly parse?: ParseOption | undefined;
  /**
   * Validates every value (Standard Schema v1, synchronous) and gives it its type: one schema for all
   * messages, or an object of them by event name.
   */
  readonly schema: TSchema;
}

/** How text becomes the values of an explicit event map; strings need nothing. */
type DecodeEvents<TEvents, TValue> =
  | ByKind<
      TValue,
      Partial<ParsedEvents<'text' | ((message: RawMessage) => TValue) | undefined>>,
      ParsedEvents<'json' | ((message: RawMessage) => TValue)>
    >
  | ValidatedEvents<
      SchemasByName<TEvents> | (string extends keyof TEvents ? StandardSchema<TValue> : never)
    >;

type WrittenOptions<TEvents, TValue, TState> = SubscriptionOptions<TEvents> &
  CredentialsOptions &
  ReduceOptions<MessageOf<TEvents>, TState> &
  DecodeEvents<TEvents, TValue>;

/**
 * Options of a subscription with an explicit event map; without one, the events are text. The event
 * map is not inferred from them, so that no handler can change it.
 */
export type EventSourceOptions<
  TEvents extends object = Record<string, string>,
  TState = undefined,
> = WrittenOptions<NoInfer<TEvents>, ValueOf<NoInfer<TEvents>>, TState> & {
  readonly [valueType]?: readonly [TEvents, TState];
};

/** Options as an argument, where the event map is explicit: values other than strings need them. */
export type EventSourceArguments<TEvents extends object, TState> = WrittenArguments<
  ValueOf<TEvents>,
  EventSourceOptions<TEvents, TState>
>;

/**
 * The URL of a subscription with an explicit event map: none fits a type that is not an event map.
 */
export type UrlOfEvents<TEvents, TUrl> =
  | { made: TUrl; text: TUrl }[[TEvents] extends [EventMap] ? KindOf<ValueOf<TEvents>> : never]
  | NoEventMap<TEvents>;

/** What the compiler says about a type argument that is not an event map. */
export type NoEventMap<TEvents> = [TEvents] extends [EventMap]
  ? never
  : 'The type argument maps event names to values: a type, not an interface';

/** What makes the values of a subscription: a {@link Decoder}, or a schema for each event name. */
export type EventDecoder = Decoder | Readonly<Record<string, StandardSchema<unknown>>>;

/** The event map that an {@link EventDecoder} gives: texts where nothing says more. */
export type EventsBy<TDecoder> = [Uninferred] extends [TDecoder]
  ? Record<string, string>
  : [TDecoder] extends [StandardSchema<infer TOutput>]
    ? Record<string, TOutput>
    : [TDecoder] extends [ParseOption | undefined]
      ? Record<string, DecodedBy<TDecoder>>
      : { [TName in keyof TDecoder]: DecodedBy<TDecoder[TName]> };

/** Options from which the types of the values are inferred. */
export type EventSourceInferredOptions<TDecoder, TState = undefined> = SubscriptionOptions<
  EventsBy<TDecoder>
> &
  CredentialsOptions &
  ReduceOptions<MessageOf<EventsBy<TDecoder>>, TState> &
  (
    | ValidatedEvents<TDecoder>
    // The intersection lets a schema come first where both are given.
    | ParsedEvents<TDecoder & {}>
    | Partial<ParsedEvents<undefined>>
  ) & { readonly [valueType]?: undefined };

/** The state of a subscription. Narrows on `status`. */
export type EventSourceSnapshot<
  TEvents extends object = Record<string, string>,
  TState = undefined,
> = LifecycleFields &
  MessageFields<MessageOf<TEvents>, TState> & {
    /** The newest value of each event name. */
    readonly latest: { readonly [TName in keyof TEvents]?: TEvents[TName] };
    /** The last event id; sent when the subscription resumes (WHATWG HTML 9.2.4). */
    readonly lastEventId: string;
  };

/** What a caller can do with a subscription. */
export interface EventSourceActions {
  /** Ends the subscription: `aborted`, reason `caller`. Data and id stay. */
  close(): void;
  /** Starts again from any status, at once, with data, state, history and id kept. */
  reconnect(): void;
}

/** What `useEventSource` returns. */
export type EventSourceResult<
  TEvents extends object = Record<string, string>,
  TState = undefined,
> = EventSourceSnapshot<TEvents, TState> & EventSourceActions;

/**
 * A live subscription, outside React or shared by components.
 *
 * Asking for its iterator starts it if it is idle. The iteration ends at `done` and `aborted` and
 * throws the error at `failed`; leaving it closes the subscription. There is one iterator per
 * controller, and while it is behind by more than a chunk, nothing is read.
 */
export interface EventSourceController<
  TEvents extends object = Record<string, string>,
  TState = undefined,
> extends ReadableStore<EventSourceSnapshot<TEvents, TState>>,
    EventSourceActions {
  /** Connects; the request is sent one microtask later. A live request is aborted first. */
  start(): void;
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageOf<TEvents>>;
}
