import type { Framing, FramingOptions } from '../framing/framing.ts';
import type { FramingName, FramingOption } from '../framing/framings.ts';
import type {
  ByKind,
  Bytes,
  DecodedBy,
  Decoder,
  KeyOption,
  LifecycleFields,
  MessageFields,
  MessageOptions,
  ParseOption,
  RawMessage,
  ReadableStore,
  ReduceOptions,
  RequestOverrides,
  StandardSchema,
  StreamMessage,
  StreamOptions,
  Uninferred,
  valueType,
  WrittenArguments,
} from '../types.ts';

/** What the options of a streaming fetch have in common, however its values are made. */
export interface RunOptions<TValue> extends StreamOptions, MessageOptions<StreamMessage<TValue>> {
  /**
   * How the body is cut into messages. `'auto'` (default) goes by the content type: event streams,
   * NDJSON, other text and JSON as text, all else as bytes; HTML fails. A whole JSON body is one
   * message where its value is wanted (`parse`, `schema`). A function makes your own framing.
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

/** A framing of the caller's own, for messages of text. */
type TextFramingMaker = (options: FramingOptions) => Framing;

/** The framings whose messages are text, to be parsed and validated. */
type TextFraming = Exclude<FramingName, 'bytes'> | 'auto' | TextFramingMaker;

/**
 * What makes values of messages: a {@link Decoder}, a schema for each event name, or the framing alone.
 */
export type FetchDecoder = Decoder | SchemasByEvent<unknown> | FramingName | 'auto';

/** The values that a {@link FetchDecoder} makes: texts where nothing says more. */
export type FetchedBy<TDecoder> = [Uninferred] extends [TDecoder] ? string : Made<TDecoder>;

type Made<TDecoder> =
  TDecoder extends StandardSchema<infer TOutput>
    ? TOutput
    : TDecoder extends (message: RawMessage) => infer TMade
      ? TMade extends Framing
        ? string
        : TMade
      : TDecoder extends 'bytes'
        ? Bytes
        : TDecoder extends 'json' | 'ndjson'
          ? unknown
          : TDecoder extends string | undefined
            ? string
            : { [TName in keyof TDecoder]: DecodedBy<TDecoder[TName]> }[keyof TDecoder];

interface ParsedMessages<TParse> {
  /**
   * What makes a value of a message: `'text'` takes its data as it is, `'json'` parses it, a
   * function makes what it returns. Default: `'json'` for NDJSON and with a schema, else `'text'`.
   */
  readonly parse: TParse;
  readonly schema?: undefined;
  readonly framing?: TextFraming | undefined;
}

interface ValidatedMessages<TSchema> {
  readonly parse?: ParseOption | undefined;
  /**
   * Validates every value (Standard Schema v1, synchronous) and gives it its type: one schema for all
   * messages, or an object of them by event name.
   */
  readonly schema: TSchema;
  readonly framing?: TextFraming | undefined;
}

/** The framing says by itself what the values are. */
interface FramedMessages<TFraming> {
  readonly framing: TFraming;
  readonly parse?: undefined;
  readonly schema?: undefined;
}

/** How messages become values of one explicit type; strings need nothing. */
type DecodeTo<TValue> =
  | ByKind<
      TValue,
      Partial<ParsedMessages<'text' | ((message: RawMessage) => TValue) | undefined>> & {
        readonly framing?: Exclude<TextFraming, 'ndjson'> | undefined;
      },
      ParsedMessages<'json' | ((message: RawMessage) => TValue)> | FramedMessages<'ndjson'>
    >
  | ValidatedMessages<StandardSchema<TValue> | SchemasByEvent<TValue>>
  | ([Exclude<TValue, Uint8Array>] extends [never] ? FramedMessages<'bytes'> : never);

type WrittenOptions<TValue, TState> = RunOptions<TValue> &
  ReduceOptions<StreamMessage<TValue>, TState> &
  DecodeTo<TValue>;

/**
 * Options of a streaming fetch with an explicit type of its values; without one, they are text. The
 * type is not inferred from them, so that no callback can change it.
 */
export type StreamingFetchOptions<TValue = string, TState = undefined> = WrittenOptions<
  NoInfer<TValue>,
  TState
> & { readonly [valueType]?: readonly [TValue, TState] };

/**
 * Options as an argument, where the type of the values is explicit: values other than strings need
 * them.
 */
export type StreamingFetchArguments<TValue, TState> = WrittenArguments<
  TValue,
  StreamingFetchOptions<TValue, TState>
>;

/** Options from which the type of the values is inferred. */
export type StreamingFetchInferredOptions<TDecoder, TState = undefined> = RunOptions<
  FetchedBy<TDecoder>
> &
  ReduceOptions<StreamMessage<FetchedBy<TDecoder>>, TState> &
  (
    | ValidatedMessages<TDecoder>
    // Any function is accepted here: it is looked at last, after the framing.
    | ParsedMessages<TDecoder | ((message: RawMessage) => unknown)>
    // The intersection lets a schema and a parser come first where they are given.
    | FramedMessages<TDecoder & FramingOption>
    | Partial<FramedMessages<TextFraming | undefined>>
  ) & { readonly [valueType]?: undefined };

/** What a URL function requires of the options: a `key` where the request starts by itself. */
export type KeyedStart = KeyOption | { readonly autoStart?: false | undefined };

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
