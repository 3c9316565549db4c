'use client';

export { createDownload } from './core/download/create-download.ts';
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
} from './core/download/types.ts';
export type { Environment, PageSignal } from './core/environment.ts';
export type { StreamErrorCode, StreamErrorDetails } from './core/errors.ts';
export { isStreamError, StreamError } from './core/errors.ts';
export { createEventSource } from './core/event-source/create-event-source.ts';
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
} from './core/event-source/types.ts';
export { createStreamingFetch } from './core/streaming-fetch/create-streaming-fetch.ts';
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
} from './core/streaming-fetch/types.ts';
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
} from './core/types.ts';
export type { StreamConfigOptions } from './hooks/merge-config.ts';
export { StreamConfig, type StreamConfigProps } from './hooks/stream-config.tsx';
export { useDownload } from './hooks/use-download.ts';
export { useEventSource } from './hooks/use-event-source.ts';
export { useStreamingFetch } from './hooks/use-streaming-fetch.ts';
