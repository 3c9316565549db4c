import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Exchange, Route } from './stream-server.ts';

/** How a file is served. */
export interface FileRouteOptions {
  /** Whether parts are served, by strong ETag. Default true. */
  readonly ranges?: boolean | undefined;
  /** Codes the body where the client takes it; a range request never is. */
  readonly encoding?: keyof typeof ENCODERS | undefined;
  /** `false`: no Content-Length, chunks instead. */
  readonly declaresLength?: boolean | undefined;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** After how many bytes of its body a response is cut; `undefined` for never. */
  readonly cutAfter?: ((number: number) => number | undefined) | undefined;
  /** After how many bytes of its body a response is held; `undefined` for never. */
  readonly holdAfter?: ((number: number) => number | undefined) | undefined;
  /** The file as it is for this request. */
  readonly version?: ((number: number) => Uint8Array) | undefined;
}

const ENCODERS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
const CHUNK_BYTES = 16 * 1024;

/** The strong ETag of a content. */
function etagOf(file: Uint8Array): string {
  return `"${sha256(file).slice(0, 16)}"`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A content that compresses well and repeats nowhere. */
export function numberedLines(lines: number): Uint8Array {
  const text = Array.from({ length: lines }, (_, line) => `line ${line} of a large file\n`);
  return new TextEncoder().encode(text.join(''));
}

/** Serves a file, as a static file server does. */
export function fileRoute(file: Uint8Array, options: FileRouteOptions = {}): Route {
  return async (exchange) => {
    const { number, request, response } = exchange;
    const content = options.version?.(number) ?? file;
    const { ranges = true, encoding, declaresLength = true } = options;
    const etag = etagOf(content);
    if (ranges && request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag, ...options.headers }).end();
      return;
    }
    const range = ranges ? rangeOf(exchange, content) : null;
    if (range !== null && range.first >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}`, ...options.headers });
      response.end();
      return;
    }
    const isCoded =
      encoding !== undefined &&
      range === null &&
      String(request.headers['accept-encoding']).includes(encoding);
    const body = isCoded
      ? ENCODERS[encoding](content)
      : content.subarray(range?.first, range === null ? undefined : range.last + 1);
    response.writeHead(range === null ? 200 : 206, {
      'content-type': 'application/octet-stream',
      ...(ranges && { etag: isCoded ? `W/${etag}` : etag }),
      ...(declaresLength && { 'content-length': body.length }),
      ...(isCoded && { 'content-encoding': encoding }),
      ...(range !== null && {
        'content-range': `bytes ${range.first}-${range.last}/${content.length}`,
      }),
      ...options.headers,
    });
    const cutAfter = options.cutAfter?.(number) ?? Number.POSITIVE_INFINITY;
    const holdAfter = options.holdAfter?.(number) ?? Number.POSITIVE_INFINITY;
    await write(response, body.subarray(0, Math.min(cutAfter, holdAfter)));
    if (body.length <= Math.min(cutAfter, holdAfter)) response.end();
    // What was written is let out before the connection is cut.
    else if (cutAfter < holdAfter) response.write('', () => response.destroy());
  };
}

/** The first and the last byte that are asked for; `null` where the whole is. */
function rangeOf(
  { request }: Exchange,
  content: Uint8Array,
): Record<'first' | 'last', number> | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  if (match === null || (condition !== undefined && condition !== etagOf(content))) return null;
  const last = match[2] ? Number(match[2]) : content.length - 1;
  return { first: Number(match[1]), last: Math.min(last, content.length - 1) };
}

/** Writes bytes no faster than they are read. */
async function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  for (let at = 0; at < bytes.length && !response.closed; at += CHUNK_BYTES) {
    const drained = new Promise<void>((resolve) => response.once('drain', resolve));
    if (response.write(bytes.subarray(at, at + CHUNK_BYTES))) continue;
    await Promise.race([closed, drained]);
  }
}

/** What a server of another origin lets a page see and send. */
export interface CorsFileOptions {
  readonly exposeHeaders?: string | undefined;
  readonly allowHeaders?: string | undefined;
}

/** Serves a file to every origin. */
export function corsFileRoute(
  file: Uint8Array,
  { exposeHeaders, allowHeaders }: CorsFileOptions,
  options: FileRouteOptions = {},
): Route {
  const cors = {
    'access-control-allow-origin': '*',
    ...(exposeHeaders !== undefined && { 'access-control-expose-headers': exposeHeaders }),
    ...(allowHeaders !== undefined && { 'access-control-allow-headers': allowHeaders }),
  };
  const serve = fileRoute(file, { ...options, headers: { ...options.headers, ...cors } });
  return (exchange) => {
    if (exchange.request.method !== 'OPTIONS') return serve(exchange);
    exchange.response.writeHead(204, cors).end();
  };
}
