import type { Framing, FramingOptions } from '../framing/framing.ts';
import type { FramingName, FramingOption } from '../framing/framings.ts';
import type {
  DecodedBy,
  Decoder,
  LifecycleFields,
  MessageFields,
  MessageOptions,
  RawMessage,
  ReadableStore,
  ReduceOptions,
  RequestOverrides,
  StandardSchema,
  StreamMessage,
  StreamOptions,
} from '../types.ts';

/** What the options of a streaming fetch have in common, however its values are made. */
export interface RunOptions<TValue> extends StreamOptions, MessageOptions<StreamMessage<TValue>> {
  /**
   * How the body is cut into messages. `'auto'` (default) goes by the content type: event streams,
   * NDJSON, other text and JSON as text, all else as bytes; HTML fails. A whole JSON body is one
   * message where its value is wanted (`parse`, `schema`). A function makes a framing of one's own.
   */
  readonly framing?: FramingOption | undefined;
  /** What a message adds to `text`. Default: its data, for text, lines (with a newline) and events. */
  readonly toText?: ((message: StreamMessage<TValue>) => string) | undefined;
  /** What `start()` does while a request runs: `'replace'` it (default), or `'ignore'` the call. */
  readonly whenBusy?: 'replace' | 'ignore' | undefined;
  /** Longest `text`, in characters; the newest is kept. Default `Infinity`. */
  readonly maxTextLength?: number | undefined;
  /** Start once for each identity, without being asked to. Default false. */
  readonly autoStart?: boolean | undefined;
}

/** Schemas for each event name. */
type SchemasByEvent<TValue> = Readonly<Record<string, StandardSchema<TValue>>>;

/** What makes values of messages: `'json'`, a parser, one schema, or a schema for each event name. */
export type FetchDecoder = Decoder | SchemasByEvent<unknown>;

/** The values that a {@link FetchDecoder} makes. */
export type FetchedBy<TDecoder> = TDecoder extends Decoder
  ? DecodedBy<TDecoder>
  : { [TName in keyof TDecoder]: DecodedBy<TDecoder[TName]> }[keyof TDecoder];

/** The framings that say by themselves what the values are: bytes, or whatever JSON holds. */
export type ValueFraming = 'bytes' | 'ndjson';

/** The values of a {@link ValueFraming}. */
export type FramedBy<TFraming> = TFraming extends 'bytes' ? Uint8Array : unknown;

/** How messages become one type of value: not at all if it is a string. */
type DecodeTo<TValue> = [TValue] extends [string]
  ? {
      /**
       * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses it, a
       * function makes what it returns. Default: `'json'` for NDJSON and with a schema, else `'text'`.
       */
      readonly parse?: 'text' | ((message: RawMessage) => TValue) | undefined;
      /**
       * Validates every value (Standard Schema v1, synchronous) and gives it its type: one schema
       * for all messages, or an object of them by event name.
       */
      readonly schema?: StandardSchema<TValue> | SchemasByEvent<TValue> | undefined;
      readonly framing?: 'auto' | 'text' | 'lines' | 'sse' | TextFramingMaker | undefined;
    }
  : [TValue] extends [Uint8Array]
    ? DecodeFraming<'bytes'>
    :
        | DecodeFraming<'ndjson'>
        | (TextFraming & {
            /**
             * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses
             * it, a function makes what it returns. Default: `'json'` for NDJSON and with a schema,
             * else `'text'`.
             */
            readonly parse: 'json' | ((message: RawMessage) => TValue);
            readonly schema?: undefined;
          })
        | (TextFraming & {
            readonly parse?: 'text' | 'json' | ((message: RawMessage) => unknown) | undefined;
            /**
             * Validates every value (Standard Schema v1, synchronous) and gives it its type: one
             * schema for all messages, or an object of them by event name.
             */
            readonly schema: StandardSchema<TValue> | SchemasByEvent<TValue>;
          });

/** Bytes are no text: they are neither parsed nor validated. */
interface TextFraming {
  readonly framing?: Exclude<FramingName, 'bytes'> | 'auto' | TextFramingMaker | undefined;
}

/** A framing of the caller's own, for messages of text. */
type TextFramingMaker = (options: FramingOptions) => Framing;

interface DecodeFraming<TFraming> {
  readonly framing: TFraming;
  readonly parse?: undefined;
  readonly schema?: undefined;
}

/**
 * Options of a streaming fetch with values of a type that is written, or else text. It is inferred
 * from none of them, so that no callback can bend it.
 */
export type StreamingFetchOptions<TValue = string, TState = undefined> = RunOptions<
  NoInfer<TValue>
> &
  ReduceOptions<StreamMessage<NoInfer<TValue>>, TState> &
  DecodeTo<TValue>;

/** Options with `parse` or a schema, from which the type of the values is inferred. */
export type StreamingFetchValueOptions<TDecoder, TState = undefined> = RunOptions<
  FetchedBy<TDecoder>
> &
  ReduceOptions<StreamMessage<FetchedBy<TDecoder>>, TState> &
  TextFraming &
  (
    | {
        readonly parse?: 'text' | 'json' | ((message: RawMessage) => unknown) | undefined;
        readonly schema: TDecoder;
      }
    // The intersection lets a schema come first where the type is inferred and both are given.
    | { readonly parse: TDecoder & {}; readonly schema?: undefined }
  );

/** Options with a framing that says what the values are. */
export type StreamingFetchFramingOptions<TFraming, TState = undefined> = RunOptions<
  FramedBy<TFraming>
> &
  ReduceOptions<StreamMessage<FramedBy<TFraming>>, TState> &
  DecodeFraming<TFraming>;

/** Options as an argument: values other than strings need something that makes them. */
export type StreamingFetchArguments<TValue, TState> =
  | [options: StreamingFetchOptions<TValue, TState>]
  | ([TValue] extends [string] ? [options?: undefined] : never);

/** The state of a streaming fetch. Narrows on `status`. */
export type StreamingFetchSnapshot<TValue = string, TState = undefined> = LifecycleFields &
  MessageFields<StreamMessage<TValue>, TState> & {
    /** The text so far; it stays after an error and after an abort. */
    readonly text: string;
    /** The accepted response, `null` before it. */
    readonly response: {
      readonly status: number;
      readonly headers: Headers;
      readonly url: string;
    } | null;
    /** Bytes of the body so far. */
    readonly bytesReceived: number;
    /** Ms since the start: first byte, first message, end; `null` until then. */
    readonly timing: {
      readonly firstByteMs: number | null;
      readonly firstMessageMs: number | null;
      readonly durationMs: number | null;
    };
  };

/** What a caller can do with a streaming fetch. */
export interface StreamingFetchActions<TValue = string, TState = undefined> {
  /**
   * Sends the request; what there was is cleared at once. Resolves with the last state of this run
   * once that was flushed, and never rejects: look at its `status`.
   */
  start(overrides?: RequestOverrides): Promise<StreamingFetchSnapshot<TValue, TState>>;
  /** Ends the run: `aborted`, reason `caller`. The text stays. */
  abort(): void;
  /** Ends the run and clears everything. */
  reset(): void;
}

/** What `useStreamingFetch` returns. */
export type StreamingFetchResult<TValue = string, TState = undefined> = StreamingFetchSnapshot<
  TValue,
  TState
> &
  StreamingFetchActions<TValue, TState>;

/**
 * A streamed request, outside React or shared by components. Asking for its iterator starts it if it
 * is idle; the iteration ends at `done` and `aborted` and throws the error at `failed`.
 */
export interface StreamingFetchController<TValue = string, TState = undefined>
  extends ReadableStore<StreamingFetchSnapshot<TValue, TState>>,
    StreamingFetchActions<TValue, TState> {
  [Symbol.asyncIterator](): AsyncIterableIterator<StreamMessage<TValue>>;
}
