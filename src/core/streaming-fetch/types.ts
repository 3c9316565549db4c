import type { FramingName } from '../framing/choose-framing.ts';
import type {
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
   * NDJSON, other text and JSON as text, all else as bytes; HTML fails.
   */
  readonly framing?: FramingName | 'auto' | undefined;
  /** What a message adds to `text`. Default: its data, for text, lines (with a newline) and events. */
  readonly toText?: ((message: StreamMessage<TValue>) => string) | undefined;
  /**
   * Recognises an error inside a stream of status 200: `true`, or a text that says what went wrong.
   * It fails with `in-band`, whatever comes after it. A throw counts as "no".
   */
  readonly errorWhen?:
    | ((message: StreamMessage<TValue>) => boolean | string | null | undefined)
    | undefined;
  /** What `start()` does while a request runs: `'replace'` it (default), or `'ignore'` the call. */
  readonly whenBusy?: 'replace' | 'ignore' | undefined;
  /** Longest `text`, in characters; the newest is kept. Default `Infinity`. */
  readonly maxTextLength?: number | undefined;
  /** Start once for each identity, without being asked to. Default false. */
  readonly autoStart?: boolean | undefined;
}

/** Schemas for all messages, or for each event name. */
type Schemas<TValue> = StandardSchema<TValue> | Readonly<Record<string, StandardSchema<TValue>>>;

/** Options of a streaming fetch whose values are the text of the messages. */
export type StreamingFetchOptions<TValue = string, TState = undefined> = RunOptions<TValue> &
  ReduceOptions<StreamMessage<TValue>, TState> & {
    readonly parse?: 'text' | undefined;
    readonly schema?: undefined;
    readonly framing?: 'auto' | 'text' | 'lines' | 'sse' | undefined;
  };

/** Options with `parse` or a schema, which make the values. */
export type StreamingFetchValueOptions<TValue, TState = undefined> = RunOptions<TValue> &
  ReduceOptions<StreamMessage<TValue>, TState> &
  (
    | {
        readonly parse?: 'text' | 'json' | ((message: RawMessage) => unknown) | undefined;
        readonly schema: Schemas<TValue>;
      }
    | { readonly parse: (message: RawMessage) => TValue; readonly schema?: undefined }
    | { readonly parse: 'json'; readonly schema?: undefined }
    | { readonly framing: 'ndjson'; readonly parse?: undefined; readonly schema?: undefined }
  );

/** Options with `framing: 'bytes'`: every message is a chunk. */
export type StreamingFetchBytesOptions<TState = undefined> = RunOptions<Uint8Array> &
  ReduceOptions<StreamMessage<Uint8Array>, TState> & {
    readonly framing: 'bytes';
    readonly parse?: undefined;
    readonly schema?: undefined;
  };

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
