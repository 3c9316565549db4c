'use client';

export type {
  DownloadActions,
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadProgress,
  DownloadResult,
  DownloadSink,
  DownloadSnapshot,
  DownloadToSinkOptions,
  FileHandleLike,
} from './core/download/types.ts';
export type { Environment, FetchLike } from './core/environment.ts';
export type { StreamErrorCode } from './core/errors.ts';
export { isStreamError, StreamError } from './core/errors.ts';
export type {
  EventSourceActions,
  EventSourceController,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
} from './core/event-source/types.ts';
export { each } from './core/messages/each.ts';
export type {
  StreamingFetchActions,
  StreamingFetchController,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
} from './core/streaming-fetch/types.ts';
export type {
  AbortReason,
  Accumulator,
  BodyInput,
  Bytes,
  EndedBy,
  ErrorInfo,
  EventMap,
  FlushMode,
  HeadersInput,
  MessageOf,
  PauseReason,
  RawMessage,
  ReadableStore,
  RequestOverrides,
  RetryOptions,
  StandardSchema,
  Status,
  StreamMessage,
  StreamOptions,
  UrlSource,
} from './core/types.ts';
export {
  StreamConfig,
  type StreamConfigProps,
} from './hooks/stream-config.tsx';
export { useDownload } from './hooks/use-download.ts';
export { useEventSource } from './hooks/use-event-source.ts';
export { useStreamingFetch } from './hooks/use-streaming-fetch.ts';
