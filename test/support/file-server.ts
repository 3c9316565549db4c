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
    const first = ranges ? firstByte(exchange, content) : null;
    const etag = etagOf(content);
    const isCoded =
      encoding !== undefined &&
      first === null &&
      String(request.headers['accept-encoding']).includes(encoding);
    const body = isCoded ? ENCODERS[encoding](content) : content.subarray(first ?? 0);
    if (first !== null && first >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}`, ...options.headers });
      response.end();
      return;
    }
    response.writeHead(first === null ? 200 : 206, {
      'content-type': 'application/octet-stream',
      ...(ranges && { etag: isCoded ? `W/${etag}` : etag }),
      ...(declaresLength && { 'content-length': body.length }),
      ...(isCoded && { 'content-encoding': encoding }),
      ...(first !== null && {
        'content-range': `bytes ${first}-${content.length - 1}/${content.length}`,
      }),
      ...options.headers,
    });
    await send(response, body, options.cutAfter?.(number));
  };
}

/** The first byte that is asked for; `null` where the whole is. */
function firstByte({ request }: Exchange, content: Uint8Array): number | null {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  if (match === null || (condition !== undefined && condition !== etagOf(content))) return null;
  return Number(match[1]);
}

/** Writes a body no faster than it is read, and cuts the connection where it should. */
async function send(
  response: ServerResponse,
  body: Uint8Array,
  cutAfter = Number.POSITIVE_INFINITY,
): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const end = Math.min(body.length, cutAfter);
  for (let at = 0; at < end && !response.closed; at += CHUNK_BYTES) {
    const chunk = body.subarray(at, Math.min(at + CHUNK_BYTES, end));
    const drained = new Promise<void>((resolve) => response.once('drain', resolve));
    if (!response.write(chunk)) await Promise.race([closed, drained]);
  }
  if (cutAfter >= body.length) response.end();
  // What was written is let out before the connection is cut.
  else response.write('', () => response.destroy());
}
