export { type ReadStreamOptions, readStream } from './body/read-stream.ts';
export { createDownload } from './download/create-download.ts';
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
} from './download/types.ts';
export type { Environment, FetchLike } from './environment.ts';
export type { StreamErrorCode } from './errors.ts';
export { isStreamError, StreamError } from './errors.ts';
export { createEventSource } from './event-source/create-event-source.ts';
export type {
  EventSourceActions,
  EventSourceController,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
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
  StreamingFetchActions,
  StreamingFetchController,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
} from './streaming-fetch/types.ts';
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
} from './types.ts';
