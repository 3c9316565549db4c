/** What went wrong. The guide "Errors" in Storybook has cause and cure for each code. */
export type StreamErrorCode =
  /** No answer, or the connection broke. Browsers report a refusal by CORS the same way. */
  | 'network'
  /** A status that is not a success; `status` and `body` say more. */
  | 'http-status'
  /** The body is not of the expected type, often a login page. */
  | 'content-type'
  /** The response has nothing to read. */
  | 'no-body'
  /**
   * The body ended before its declared length, inside a character, or without the message of
   * `endWhen`.
   */
  | 'truncated'
  /** One message grew past `maxMessageLength`. */
  | 'message-too-large'
  /** `parse` threw, or the message is not JSON. `onInvalid` decides what becomes of it. */
  | 'parse'
  /** A message does not match its `schema`. `onInvalid` decides what becomes of it. */
  | 'invalid'
  /** `errorWhen` found an error inside the stream; `body` is the message that said so. */
  | 'in-band'
  /** No response headers within `connectTimeoutMs`. */
  | 'timeout-connect'
  /** No byte within `idleTimeoutMs`. */
  | 'timeout-idle'
  /** No message within `messageTimeoutMs`. */
  | 'timeout-message'
  /** `retry.maxAttempts` requests in a row failed; `cause` is the last failure. */
  | 'retries-exhausted'
  /**
   * `headers`, `body`, a URL function, `saveTo` or `openSink` threw; `cause` is what was thrown.
   */
  | 'request-setup'
  /** The last event id cannot be sent: a preflight refuses it, or it cannot be a header value. */
  | 'resume-blocked'
  /** A `ReadableStream` would have been sent twice. */
  | 'body-used'
  /** The page's own Content-Security-Policy forbids the request. */
  | 'blocked'
  /** The URL cannot be requested. */
  | 'invalid-url'
  /** An option is wrong. In development it is thrown, by the render or by `createX`. */
  | 'invalid-option'
  /** The schema validates asynchronously. */
  | 'async-schema'
  /** The answer does not continue the download. */
  | 'range'
  /** Writing to a sink failed, or it cannot start over; or the browser has no room for a Blob. */
  | 'sink';

/** What is known besides the code; what does not apply is left out. */
export interface StreamErrorDetails {
  readonly status?: number | null | undefined;
  readonly headers?: Headers | null | undefined;
  readonly body?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly attempt?: number | undefined;
  readonly retryAfterMs?: number | null | undefined;
  readonly bytesReceived?: number | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('rivulet.StreamError');

/**
 * The one error class of this library. Tell errors apart by `code`; recognise them with
 * {@link isStreamError}, which also works for errors of another copy of this package.
 */
export class StreamError extends Error {
  /** What went wrong. */
  declare readonly code: StreamErrorCode;
  /** Status of the response, `null` if there was none. */
  declare readonly status: number | null;
  /** Headers of the response, `null` if there was none. */
  declare readonly headers: Headers | null;
  /** Start of the response body as text, at most 64 KiB; `null` if none was read. */
  declare readonly body: string | null;
  /** The URL that was requested, `null` before one was known. */
  declare readonly url: string | null;
  /** Which request of the lifecycle failed, 1 for the first; 0 before any. */
  declare readonly attempt: number;
  /** What the server asked for with `Retry-After` (RFC 9110 10.2.3), in ms; else `null`. */
  declare readonly retryAfterMs: number | null;
  /** Body bytes this attempt had received. */
  declare readonly bytesReceived: number;

  constructor(code: StreamErrorCode, message: string, details: StreamErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StreamError';
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.status = details.status ?? null;
    this.headers = details.headers ?? null;
    this.body = details.body ?? null;
    this.url = details.url ?? null;
    this.attempt = details.attempt ?? 0;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.bytesReceived = details.bytesReceived ?? 0;
  }

  /** The body parsed as JSON, `undefined` where it is not JSON. */
  get json(): unknown {
    if (this.body === null) return undefined;
    try {
      return JSON.parse(this.body);
    } catch {
      return undefined;
    }
  }
}

/** Whether a value is a {@link StreamError}, of this copy of the package or another. */
export function isStreamError(value: unknown): value is StreamError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The message of whatever was thrown, without the full stop at its end that some browsers add. */
export function messageOf(thrown: unknown): string {
  return String(thrown instanceof Error ? thrown.message : thrown).replace(/\.$/, '');
}
