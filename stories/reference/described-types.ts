import type { DownloadValueOptions } from '../../src/core/download/types.ts';
import type {
  LifecycleFields,
  MessageFields,
  MessageOptions,
  ReduceOptions,
} from '../../src/core/types.ts';
import type {
  DownloadAs,
  DownloadOptions,
  DownloadResult,
  DownloadToSinkOptions,
  EventMap,
  EventSourceOptions,
  EventSourceResult,
  RequestOverrides,
  RetryOptions,
  StandardSchema,
  StreamConfigProps,
  StreamError,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamMessage,
  StreamOptions,
} from '../../src/index.ts';

/** Where one schema serves all messages. */
interface OneSchema {
  readonly schema?: StandardSchema<unknown> | undefined;
}

/** The framing that gives no text. */
interface BytesFraming {
  readonly framing?: 'bytes' | undefined;
}

/**
 * The types of the reference tables, with values of any type. Each property is a table of its own,
 * made by `describe-types.ts`.
 */
export interface DescribedTypes {
  EventSourceOptions: EventSourceOptions<EventMap, unknown> | OneSchema;
  EventSourceResult: EventSourceResult<EventMap, unknown>;
  StreamingFetchOptions: StreamingFetchOptions<unknown, unknown> | OneSchema | BytesFraming;
  StreamingFetchResult: StreamingFetchResult<unknown, unknown>;
  DownloadOptions:
    | DownloadOptions<DownloadAs>
    | DownloadValueOptions<unknown>
    | DownloadToSinkOptions;
  DownloadResult: DownloadResult;
  StreamConfigProps: StreamConfigProps;
  StreamOptions: StreamOptions;
  MessageOptions: MessageOptions<StreamMessage<unknown>>;
  ReduceOptions: ReduceOptions<StreamMessage<unknown>, unknown>;
  LifecycleFields: LifecycleFields;
  MessageFields: MessageFields<StreamMessage<unknown>, unknown>;
  RetryOptions: RetryOptions;
  RequestOverrides: RequestOverrides;
  StreamMessage: StreamMessage<unknown>;
  StreamError: Omit<StreamError, keyof Error>;
}
