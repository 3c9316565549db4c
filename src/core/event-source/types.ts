import type {
  DecodedBy,
  LifecycleFields,
  MessageFields,
  MessageOf,
  MessageOptions,
  RawMessage,
  ReadableStore,
  ReduceOptions,
  StandardSchema,
  StreamMessage,
  StreamOptions,
  ValueOf,
} from '../types.ts';
import type { Connect, ResumeMode } from './connection.ts';

/** How a connection is shared: `inPage` or `acrossTabs` of `rivulet/share`. */
export type Share = Connect;

interface SubscriptionOptions<TEvents> extends StreamOptions, MessageOptions<MessageOf<TEvents>> {
  /** Event names to receive. Default: all, or the names in `schema`. */
  readonly events?: readonly (keyof TEvents & string)[] | undefined;
  /** A handler for each event name, called before `onMessage`. */
  readonly on?:
    | {
        readonly [TName in keyof TEvents & string]?:
          | ((value: TEvents[TName], message: StreamMessage<TEvents[TName], TName>) => void)
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
   * all tabs of an origin, both from `rivulet/share`. Default: a connection of one's own.
   */
  readonly share?: Share | undefined;
}

/** `credentials`, or `withCredentials`, the EventSource spelling of `'include'`. */
export type CredentialsOptions =
  | { readonly withCredentials?: undefined }
  | {
      readonly credentials?: undefined;
      /** `true` is `credentials: 'include'`, as `EventSource` spells it. Not beside `credentials`. */
      readonly withCredentials?: boolean | undefined;
    };

/** One schema for each event name. */
export type SchemasByName<TEvents> = {
  readonly [TName in keyof TEvents]: StandardSchema<TEvents[TName]>;
};

/** How text becomes the values of an event map: not at all if they are strings. */
type DecodeByName<TEvents> = [ValueOf<TEvents>] extends [string]
  ? {
      /**
       * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses it, a
       * function makes what it returns. Default: `'json'` with a schema, else `'text'`.
       */
      readonly parse?: 'text' | ((message: RawMessage) => ValueOf<TEvents>) | undefined;
      /**
       * Validates every value (Standard Schema v1, synchronous) and gives it its type: one schema
       * for all messages, or an object of them by event name.
       */
      readonly schema?: SchemasByName<TEvents> | undefined;
    }
  :
      | {
          /**
           * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses it, a
           * function makes what it returns. Default: `'json'` with a schema, else `'text'`.
           */
          readonly parse: 'json' | ((message: RawMessage) => ValueOf<TEvents>);
          readonly schema?: undefined;
        }
      | {
          readonly parse?: 'text' | 'json' | ((message: RawMessage) => unknown) | undefined;
          /**
           * Validates every value (Standard Schema v1, synchronous) and gives it its type: one
           * schema for all messages, or an object of them by event name.
           */
          readonly schema: SchemasByName<TEvents>;
        };

/** How text becomes one type of value, whatever the event name. */
type DecodeAll<TDecoder> =
  | {
      readonly parse?: 'text' | 'json' | ((message: RawMessage) => unknown) | undefined;
      readonly schema: TDecoder;
    }
  // The intersection lets a schema come first where the type is inferred and both are given.
  | { readonly parse: TDecoder & {}; readonly schema?: undefined };

/**
 * Options of a subscription whose events are told apart by name. The event map is inferred from
 * `schema` alone, so that no handler can bend it.
 */
export type EventSourceOptions<
  TEvents extends object = Record<string, string>,
  TState = undefined,
> = SubscriptionOptions<NoInfer<TEvents>> &
  CredentialsOptions &
  ReduceOptions<MessageOf<NoInfer<TEvents>>, TState> &
  DecodeByName<TEvents>;

/** Options of a subscription whose events all have one type of value: `parse`, or one schema. */
export type EventSourceValueOptions<TDecoder, TState = undefined> = SubscriptionOptions<
  Record<string, DecodedBy<TDecoder>>
> &
  CredentialsOptions &
  ReduceOptions<MessageOf<Record<string, DecodedBy<TDecoder>>>, TState> &
  DecodeAll<TDecoder>;

/** Options as an argument: values other than strings need `parse` or a schema, and so options. */
export type EventSourceArguments<TEvents extends object, TState> = [ValueOf<TEvents>] extends [
  string,
]
  ? [options?: EventSourceOptions<TEvents, TState>]
  : [options: EventSourceOptions<TEvents, TState>];

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
  /** Starts again from every status, at once, with data, state, history and id kept. */
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
