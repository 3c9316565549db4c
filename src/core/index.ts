export { type ReadStreamOptions, readStream } from './body/read-stream.ts';
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
  DownloadValueOptions,
  FileHandleLike,
} from './download/types.ts';
export type { Environment, FetchLike, PageSignal } from './environment.ts';
export type { StreamErrorCode, StreamErrorDetails } from './errors.ts';
export { isStreamError, StreamError } from './errors.ts';
export type { ResumeMode } from './event-source/connection.ts';
export { createEventSource } from './event-source/create-event-source.ts';
export type {
  CredentialsOptions,
  EventDecoder,
  EventSourceActions,
  EventSourceArguments,
  EventSourceController,
  EventSourceInferredOptions,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
  EventsBy,
  SchemasByName,
  Share,
} from './event-source/types.ts';
export type {
  FramedItem,
  FramedMessage,
  Framing,
  FramingEnd,
  FramingOptions,
} from './framing/framing.ts';
export { createFraming, type FramingName } from './framing/framings.ts';
export { each } from './messages/each.ts';
export { createStreamingFetch } from './streaming-fetch/create-streaming-fetch.ts';
export type {
  FetchDecoder,
  FetchedBy,
  StreamingFetchActions,
  StreamingFetchArguments,
  StreamingFetchController,
  StreamingFetchInferredOptions,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
} from './streaming-fetch/types.ts';
export type {
  AbortReason,
  Accumulator,
  BodyInput,
  Bytes,
  DecodedBy,
  Decoder,
  EndedBy,
  EndWhen,
  ErrorInfo,
  EventMap,
  FlushMode,
  HeadersInput,
  LifecycleFields,
  MessageFields,
  MessageOf,
  MessageOptions,
  ParseOption,
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
  Unread,
  UrlInput,
  UrlSource,
  ValueOf,
} from './types.ts';
