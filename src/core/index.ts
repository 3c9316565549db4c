export { createDownload } from './download/create-download.ts';
export type {
  DownloadActions,
  DownloadAs,
  DownloadController,
  DownloadedAs,
  DownloadOptions,
  DownloadProgress,
  DownloadResult,
  DownloadSink,
  DownloadSnapshot,
  DownloadToSinkOptions,
  FileHandleLike,
} from './download/types.ts';
export type { Environment, PageSignal } from './environment.ts';
export type { Fail, StreamErrorCode, StreamErrorDetails } from './errors.ts';
export { isStreamError, StreamError } from './errors.ts';
export { createEventSource } from './event-source/create-event-source.ts';
export type {
  CredentialsOptions,
  EventSourceActions,
  EventSourceArguments,
  EventSourceController,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
  EventSourceValueOptions,
  ResumeMode,
  SchemasByName,
} from './event-source/types.ts';
export type { FramingName } from './framing/choose-framing.ts';
export { createFraming, type FramingOptions } from './framing/create-framing.ts';
export type { FramedItem, FramedMessage, Framing, FramingEnd } from './framing/framing.ts';
export { type RetryDelayInput, retryDelay } from './lifecycle/retry-delay.ts';
export { type ReadStreamOptions, readStream } from './reading/stream-reader.ts';
export { createStreamingFetch } from './streaming-fetch/create-streaming-fetch.ts';
export type {
  FetchDecoder,
  FetchedBy,
  FramedBy,
  StreamingFetchActions,
  StreamingFetchArguments,
  StreamingFetchController,
  StreamingFetchFramingOptions,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
  StreamingFetchValueOptions,
  ValueFraming,
} from './streaming-fetch/types.ts';
export type {
  AbortReason,
  BodyInput,
  DecodedBy,
  Decoder,
  EndWhen,
  ErrorInfo,
  EventMap,
  FetchLike,
  FlushMode,
  HeadersInput,
  LifecycleFields,
  MessageFields,
  MessageOf,
  MessageOptions,
  PauseReason,
  RawMessage,
  ReadableStore,
  ReadyState,
  ReduceOptions,
  RequestOverrides,
  RetryOptions,
  StandardSchema,
  StandardSchemaResult,
  Status,
  StreamMessage,
  StreamOptions,
  ValueOf,
} from './types.ts';
