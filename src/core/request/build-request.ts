import { messageOf } from '../errors.ts';
import type { BodyInput, HeadersInput, StreamOptions } from '../types.ts';
import type { Attempt } from './attempt.ts';

/** What a controller adds to the request that the caller described. */
export interface RequestDefaults {
  /** The URL to request, where it is not as the caller gave it. */
  readonly url?: string | undefined;
  /** `Accept`, unless the caller sends one. */
  readonly accept: string;
  /** Headers of the library's own, over those of the caller. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether the answer must not come from a cache. Sets the option `cache`, which needs no preflight.
   */
  readonly isLive?: boolean | undefined;
}

/** What fetch is called with, but for the signal. */
export type BuiltRequest = RequestInit & {
  readonly method: string;
  readonly headers: Headers;
  duplex?: 'half';
};

/** The method: the one given, else POST with a body and GET without; upper case as fetch sends it. */
export function methodOf(options: Pick<StreamOptions, 'method' | 'body'>): string {
  // In production a method may be anything.
  return String(options.method ?? (options.body == null ? 'GET' : 'POST')).toUpperCase();
}

/**
 * Headers as pairs. Objects of the platform are recognised by what they can do: `Headers` of another realm
 * or a polyfill, and a `Map`, iterate as pairs, and an older polyfill has only `forEach`.
 */
function headerPairs(source: HeadersInput | undefined): Iterable<readonly [string, string]> {
  if (source == null) return [];
  if (Symbol.iterator in source) return source;
  const record: Readonly<Record<string, unknown>> = source;
  const pairs: [string, string][] = [];
  const add = (value: unknown, name: string) => {
    if (value !== undefined) pairs.push([name, String(value)]);
  };
  if (typeof record['forEach'] === 'function') record['forEach'](add);
  else for (const [name, value] of Object.entries(record)) add(value, name);
  return pairs;
}

/**
 * Copies headers into a `Headers`, the later source over the earlier by name. Pairs of one source that
 * share a name are combined, as in fetch.
 */
function mergeHeaders(...sources: readonly (HeadersInput | undefined)[]): Headers {
  const merged = new Headers();
  for (const source of sources) {
    const own = new Headers();
    for (const [name, value] of headerPairs(source)) own.append(name, value);
    own.forEach((value, name) => merged.set(name, value));
  }
  return merged;
}

/** Two `headers` options as one: evaluated for every attempt, the second over the first by name. */
export function combineHeaders(
  outer: StreamOptions['headers'],
  inner: StreamOptions['headers'],
): StreamOptions['headers'] {
  if (outer === undefined || inner === undefined) return inner ?? outer;
  return async () => mergeHeaders(...(await Promise.all([outer, inner].map(evaluate))));
}

async function evaluate<TValue>(
  source: TValue | (() => TValue | Promise<TValue>),
): Promise<TValue> {
  // No value of these options is a function by itself.
  return typeof source === 'function' ? (source as () => TValue | Promise<TValue>)() : source;
}

/**
 * What the platform calls an object, such as `Blob` or `FormData`, whatever realm it comes from.
 */
export function tagOf(value: unknown): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  // Under a compatibility date before 2024-09-26, objects of workerd have no tag.
  return tag === 'Object' ? (Object(value).constructor?.name ?? tag) : tag;
}

/** Whether fetch takes the body as it is, so that it is not sent as JSON. */
function isPlatformBody(body: NonNullable<BodyInput>): boolean {
  return (
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    // The `FormData` of React Native and of polyfills has no tag.
    ('append' in body && typeof body.append === 'function') ||
    /^(Shared)?ArrayBuffer$|^(Blob|File|FormData|URLSearchParams|ReadableStream)$/.test(tagOf(body))
  );
}

const isIterable = (body: unknown) =>
  Symbol.iterator in Object(body) || Symbol.asyncIterator in Object(body);

/** Plain objects and arrays: the bodies that are sent as JSON and take part in the identity. */
export function isJsonBody(body: unknown): body is object {
  if (Array.isArray(body)) return true;
  if (typeof body !== 'object' || body === null) return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || prototype === null;
}

/** Streams that were sent. They can be read only once, so no lifecycle can send them again. */
const usedBodies = new WeakSet<object>();

/** Makes a request that is never sent; `null` if the runtime does not accept its options. */
function tryRequest(init: RequestInit & { readonly duplex?: 'half' }): Request | null {
  try {
    return new Request('http://localhost', init);
  } catch {
    return null;
  }
}

/** A stream serves one attempt, and only where streams are sent at all. */
export function claimBody({ body, duplex }: BuiltRequest, { fail }: Attempt): void {
  if (duplex === undefined) return;
  // A runtime that cannot send streams may take one for the text `[object ReadableStream]`, which
  // gives the request a content type.
  const tried = tryRequest({ method: 'POST', body: new ReadableStream(), duplex });
  if (tried === null || tried.headers.has('content-type')) {
    throw fail('invalid-option', 'This runtime cannot send a stream as `body`.');
  }
  // Its tag says that it is one.
  const stream = body as ReadableStream;
  if (usedBodies.has(stream) || stream.locked) {
    throw fail('body-used', 'The body is a stream that was sent before.');
  }
  usedBodies.add(stream);
}

const NO_STORE = { cache: 'no-store' } as const;

/**
 * Whether the runtime accepts the option `cache`: workerd throws under an old compatibility date.
 * Where there is no `Request` to try it with, that is left to fetch.
 */
const takesCache = () => typeof Request !== 'function' || tryRequest(NO_STORE) !== null;

/**
 * Evaluates the caller's `headers` and `body` for one attempt and makes a request of them. Whatever
 * they throw is a `request-setup` error. `null` if the lifecycle went on meanwhile.
 */
export async function buildRequest(
  attempt: Attempt,
  options: StreamOptions,
  defaults: RequestDefaults,
): Promise<BuiltRequest | null> {
  let step = 'headers';
  try {
    const given = evaluate(options.headers);
    const made = evaluate(options.body);
    // If `headers` fails first, a failure of `body` must not go unhandled.
    made.catch(() => {});
    const headers = mergeHeaders({ accept: defaults.accept }, await given, defaults.headers);
    step = 'body';
    const body = await made;
    if (!attempt.owns()) return null;
    const request: BuiltRequest = {
      ...(defaults.isLive && takesCache() && NO_STORE),
      ...options.requestInit,
      method: methodOf(options),
      headers,
    };
    if (options.credentials !== undefined) request.credentials = options.credentials;
    if (body != null) {
      const isJson = !isPlatformBody(body);
      if (isJson && !Array.isArray(body) && isIterable(body)) {
        // As JSON it would be an empty object.
        throw new Error('an iterable can be sent neither as it is nor as JSON');
      }
      if (isJson && !headers.has('content-type')) headers.set('content-type', 'application/json');
      // Whatever is not a body of the platform is written as JSON.
      request.body = (isJson ? JSON.stringify(body) : body) as NonNullable<RequestInit['body']>;
      if (tagOf(body) === 'ReadableStream') request.duplex = 'half';
    }
    return request;
  } catch (cause) {
    throw attempt.fail('request-setup', `\`${step}\` failed: ${messageOf(cause)}.`, { cause });
  }
}
