import type { StreamError } from '../errors.ts';

/** Longest message that is taken unless the caller says otherwise, in characters or bytes. */
export const DEFAULT_MAX_MESSAGE_LENGTH: number = 16 * 1024 * 1024;

/** A framed message, before `parse`. */
export interface FramedMessage<TData = string> {
  readonly kind?: undefined;
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly data: TData;
}

/** What framing makes of bytes, in order. */
export type FramedItem<TData = string> =
  | FramedMessage<TData>
  /** A block with an id and no data: moves the last event id and dispatches nothing. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'retry'; readonly retryMs: number }
  | { readonly kind: 'comment'; readonly comment: string }
  /** Nothing can be framed after this; what came before it counts. */
  | { readonly kind: 'error'; readonly error: StreamError };

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
