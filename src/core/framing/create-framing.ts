import { type Fail, StreamError } from '../errors.ts';
import { createBytesFraming } from './bytes.ts';
import type { FramingName } from './choose-framing.ts';
import { DEFAULT_MAX_MESSAGE_LENGTH, type Framing } from './framing.ts';
import { createLineFraming } from './lines.ts';
import { createSseFraming } from './sse.ts';
import { createTextFraming, decoderFor } from './text.ts';

/** What a framing may know of the response whose bytes it gets. */
export interface FramingOptions {
  /** Headers of the response: text and lines are decoded by the charset of its content type. */
  readonly headers?: Headers | undefined;
  /** Longest message, in characters or bytes. Default 16 Mi, `Infinity` for none. */
  readonly maxMessageLength?: number | undefined;
  /** Makes the errors of `message-too-large`. Default: plain ones. */
  readonly fail?: Fail | undefined;
}

const failPlainly: Fail = (code, message, details) => new StreamError(code, message, details);

/**
 * Makes a framing by its name: bytes in, messages out, for one response. It has no effects, and so
 * also serves to read a body that was not fetched.
 *
 * @example
 * const framing = createFraming('ndjson');
 * for (const item of framing.push(bytes)) if (item.kind === undefined) console.log(item.data);
 */
export function createFraming(name: 'bytes', options?: FramingOptions): Framing<Uint8Array>;
/** All other framings give text. */
export function createFraming(
  name: Exclude<FramingName, 'bytes'>,
  options?: FramingOptions,
): Framing;
/** Where the name is known only at run time, so is what the messages are. */
export function createFraming(
  name: FramingName,
  options?: FramingOptions,
): Framing<string | Uint8Array>;
export function createFraming(
  name: FramingName,
  options: FramingOptions = {},
): Framing<string | Uint8Array> {
  const { headers, maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH, fail = failPlainly } = options;
  const decoder = headers === undefined ? new TextDecoder() : decoderFor(headers);
  switch (name) {
    case 'sse':
      return createSseFraming(maxMessageLength, fail);
    case 'bytes':
      return createBytesFraming(maxMessageLength, fail);
    case 'text':
      return createTextFraming(decoder, maxMessageLength, fail);
    case 'lines':
      return createLineFraming({ decoder, skipBlank: false, maxMessageLength }, fail);
    default: {
      // JSON text that is exchanged is UTF-8 (RFC 8259 8.1).
      const utf8 = new TextDecoder();
      return createLineFraming({ decoder: utf8, skipBlank: true, maxMessageLength }, fail);
    }
  }
}
