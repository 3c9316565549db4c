import type { Fail } from '../errors.ts';
import { messageOf } from '../errors.ts';
import type { BodyInput, HeadersInput, StreamOptions } from '../types.ts';

/** What a controller adds to the request that the caller described. */
export interface RequestDefaults {
  /** `Accept`, unless the caller sends one. */
  readonly accept: string;
  /** Headers of the library's own, over those of the caller. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Defaults of fetch options such as `cache`. */
  readonly init?: RequestInit | undefined;
}

/** A request ready to be sent. */
export interface BuiltRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly method: string; readonly headers: Headers };
}

/** The method: the one given, else POST with a body and GET without; upper case as fetch sends it. */
export function methodOf(options: Pick<StreamOptions, 'method' | 'body'>): string {
  const hasBody = options.body !== undefined && options.body !== null;
  return (options.method ?? (hasBody ? 'POST' : 'GET')).toUpperCase();
}

/** Copies headers into a `Headers`, the later over the earlier by name. */
function mergeHeaders(...sources: readonly (HeadersInput | undefined)[]): Headers {
  const merged = new Headers();
  for (const source of sources) {
    for (const [name, value] of headerEntries(source)) merged.set(name, value);
  }
  return merged;
}

/** Two `headers` options as one: evaluated for every attempt, the second over the first by name. */
export function combineHeaders(
  outer: StreamOptions['headers'],
  inner: StreamOptions['headers'],
): StreamOptions['headers'] {
  if (outer === undefined || inner === undefined) return inner ?? outer;
  return async () => {
    const sources = [outer, inner].map((source) => (isFunction(source) ? source() : source));
    return mergeHeaders(...(await Promise.all(sources)));
  };
}

function headerEntries(source: HeadersInput | undefined): Iterable<readonly [string, string]> {
  if (source === undefined) return [];
  if (source instanceof Headers) return source;
  if (Array.isArray(source)) return new Headers(source);
  return Object.entries(source).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
}

/** Whether fetch takes the body as it is, so that it is not sent as JSON. */
function isPlatformBody(body: BodyInput): body is BodyInit {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  const tag = Object.prototype.toString.call(body).slice(8, -1);
  return [
    'ArrayBuffer',
    'SharedArrayBuffer',
    'Blob',
    'File',
    'FormData',
    'URLSearchParams',
    'ReadableStream',
  ].includes(tag);
}

/** Whether a body can be read only once. */
export function isStreamBody(body: unknown): body is ReadableStream {
  return Object.prototype.toString.call(body) === '[object ReadableStream]';
}

/**
 * Whether fetch sends streams. Where it does not, it throws, or it sends the text
 * `[object ReadableStream]` (then the request has a content type).
 */
export function sendsStreams(): boolean {
  let asks = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      asks = true;
      return 'half';
    },
  };
  try {
    const { headers } = new Request('http://localhost', init);
    return asks && !headers.has('content-type');
  } catch {
    return false;
  }
}

/** Plain objects and arrays: the bodies that are sent as JSON. */
export function isJsonBody(body: unknown): body is Readonly<Record<string, unknown>> | unknown[] {
  if (Array.isArray(body)) return true;
  if (typeof body !== 'object' || body === null) return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Evaluates the caller's `headers` and `body` for one attempt and makes a request of them. Whatever
 * they throw is a `request-setup` error.
 */
export async function buildRequest(
  url: string,
  options: StreamOptions,
  defaults: RequestDefaults,
  fail: Fail,
): Promise<BuiltRequest> {
  const [given, body] = await Promise.all([
    evaluate('headers', options.headers, fail),
    evaluate('body', options.body, fail),
  ]);
  const headers = setUp('headers', fail, () => {
    const merged = mergeHeaders({ accept: defaults.accept }, given, defaults.headers);
    const json = body !== undefined && body !== null && !isPlatformBody(body);
    if (json && !merged.has('content-type')) merged.set('content-type', 'application/json');
    return merged;
  });
  const init: BuiltRequest['init'] & { duplex?: 'half' } = {
    ...defaults.init,
    ...options.requestInit,
    method: methodOf(options),
    headers,
  };
  if (options.credentials !== undefined) init.credentials = options.credentials;
  if (body !== undefined && body !== null) {
    init.body = setUp('body', fail, () => (isPlatformBody(body) ? body : JSON.stringify(body)));
    if (isStreamBody(body)) init.duplex = 'half';
  }
  return { url, init };
}

async function evaluate<TValue>(
  option: 'headers' | 'body',
  source: TValue | (() => TValue | Promise<TValue>) | undefined,
  fail: Fail,
): Promise<TValue | undefined> {
  if (!isFunction(source)) return source;
  try {
    return await source();
  } catch (cause) {
    throw setupError(option, cause, fail);
  }
}

function isFunction<TValue>(
  source: TValue | (() => TValue | Promise<TValue>) | undefined,
): source is () => TValue | Promise<TValue> {
  return typeof source === 'function';
}

function setUp<TValue>(option: 'headers' | 'body', fail: Fail, make: () => TValue): TValue {
  try {
    return make();
  } catch (cause) {
    throw setupError(option, cause, fail);
  }
}

function setupError(option: 'headers' | 'body', cause: unknown, fail: Fail) {
  return fail(
    'request-setup',
    `The request could not be made: \`${option}\` failed with "${messageOf(cause)}".`,
    { cause },
  );
}
