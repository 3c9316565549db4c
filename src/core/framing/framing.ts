import type { StreamErrorCode } from '../errors.ts';

/** Longest message that is accepted unless the caller says otherwise, in characters or bytes. */
const DEFAULT_MAX_MESSAGE_LENGTH = 16 * 1024 * 1024;

/**
 * A framed message: the final object, whose `value` is its data until `parse` or a schema makes
 * another.
 */
export interface FramedMessage<TData = string> {
  readonly kind?: undefined;
  /** `'message'` where there is no name (WHATWG HTML 9.2.6). */
  readonly event: string;
  readonly data: TData;
  readonly value: unknown;
  /** The last event id as of this message; it persists over messages. */
  readonly lastEventId: string;
  readonly origin: string;
}

/** What framing makes of bytes, in order. */
export type FramedItem<TData = string> =
  | FramedMessage<TData>
  /** A block with an id and no data: moves the last event id and dispatches nothing. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'retry'; readonly retryMs: number }
  | { readonly kind: 'comment'; readonly comment: string }
  /** Nothing can be framed after this; what came before it counts. */
  | { readonly kind: 'error'; readonly code: StreamErrorCode; readonly message: string };

/** What the end of the body leaves behind. */
export interface FramingEnd<TData = string> {
  /** What the end completed, such as a last line without a newline. */
  readonly items: readonly FramedItem<TData>[];
  /**
   * The message that a blank line would have dispatched. HTML 9.2.6 discards an incomplete block;
   * it is worth a look only to recognise a sentinel.
   */
  readonly unfinished?: FramedMessage<TData> | undefined;
  /** Whether the body ended inside a character. */
  readonly cutCharacter: boolean;
}

/** Turns the bytes of one response into items. */
export interface Framing<TData = string> {
  push(bytes: Uint8Array): readonly FramedItem<TData>[];
  end(): FramingEnd<TData>;
}

/** What a framing is told about the response whose bytes it gets. */
export interface FramingOptions {
  /** Headers of the response: text and lines are decoded by the charset of its content type. */
  readonly headers?: Headers | undefined;
  /** Longest message, in characters or bytes. Default 16 Mi, `Infinity` for none. */
  readonly maxMessageLength?: number | undefined;
  /** The last event id before the first message. Default empty. */
  readonly lastEventId?: string | undefined;
  /** The origin of the response, for its messages. Default empty. */
  readonly origin?: string | undefined;
}

/** The limit that these options set; anything but a positive number means the default. */
export function limitOf({ maxMessageLength = 0 }: FramingOptions): number {
  return maxMessageLength > 0 ? maxMessageLength : DEFAULT_MAX_MESSAGE_LENGTH;
}

/** A message of a framing without event names and ids. */
export function plainMessage<TData>(
  data: TData,
  { lastEventId = '', origin = '' }: FramingOptions,
): FramedMessage<TData> {
  return { event: 'message', data, value: data, lastEventId, origin };
}

/** The item that ends a framing whose message grew past its limit. */
export function tooLarge(limit: number, unit = 'characters'): FramedItem<never> {
  const message = `A message is longer than ${limit} ${unit}.`;
  return { kind: 'error', code: 'message-too-large', message };
}
