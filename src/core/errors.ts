/** What went wrong. The README has cause and cure for each code. */
export type StreamErrorCode =
  | 'network'
  | 'http-status'
  | 'content-type'
  | 'no-body'
  | 'truncated'
  | 'message-too-large'
  | 'parse'
  | 'invalid'
  | 'in-band'
  | 'timeout-connect'
  | 'timeout-idle'
  | 'timeout-message'
  | 'retries-exhausted'
  | 'request-setup'
  | 'resume-blocked'
  | 'body-used'
  | 'invalid-url'
  | 'invalid-option'
  | 'async-schema'
  | 'range'
  | 'sink';

/** What is known beside the code; what does not apply is left out. */
export interface StreamErrorDetails {
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  readonly body?: string | undefined;
  readonly url?: string | undefined;
  readonly attempt?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly bytesReceived?: number | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('rivulet.StreamError');

/**
 * The one error family. Tell errors apart by `code`; recognise them with {@link isStreamError},
 * which also works for errors of another copy of this package.
 */
export class StreamError extends Error {
  readonly code: StreamErrorCode;
  /** Status of the response, `null` if there was none. */
  readonly status: number | null;
  /** Headers of the response, `null` if there was none. */
  readonly headers: Headers | null;
  /** Start of the response body as text, at most 64 KiB; `null` if none was read. */
  readonly body: string | null;
  /** The URL that was requested, `null` before one was known. */
  readonly url: string | null;
  /** Which request of the lifecycle failed, 1 for the first; 0 before any. */
  readonly attempt: number;
  /** What the server asked for with `Retry-After` (RFC 9110 10.2.3), in ms; else `null`. */
  readonly retryAfterMs: number | null;
  /** Body bytes this attempt had received. */
  readonly bytesReceived: number;

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

/** Makes an error that knows its request: URL, attempt and bytes so far. */
export type Fail = (
  code: StreamErrorCode,
  message: string,
  details?: StreamErrorDetails,
) => StreamError;

/** What an unknown throw says of itself. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
