'use client';

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
} from './core/download/types.ts';
export type { Environment, FetchLike, PageSignal } from './core/environment.ts';
export type { StreamErrorCode, StreamErrorDetails } from './core/errors.ts';
export { isStreamError, StreamError } from './core/errors.ts';
export type { ResumeMode } from './core/event-source/connection.ts';
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
} from './core/event-source/types.ts';
export { each } from './core/messages/each.ts';
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
} from './core/streaming-fetch/types.ts';
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
} from './core/types.ts';
export {
  StreamConfig,
  type StreamConfigOptions,
  type StreamConfigProps,
} from './hooks/stream-config.tsx';
export { useDownload } from './hooks/use-download.ts';
export { useEventSource } from './hooks/use-event-source.ts';
export { useStreamingFetch } from './hooks/use-streaming-fetch.ts';
