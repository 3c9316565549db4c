import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import type { StreamRecord } from '../demo-state.ts';
import { ConnectionDropped, type Pause, streamBody } from '../event-stream.ts';

/** The files there are: how many bytes they have, and the names that they go by outside. */
const FILES: Readonly<Record<string, { readonly size: number; readonly name: string }>> = {
  'levels.csv': { size: 240_000, name: 'Pegelstände “Rhein” 2026 🌊.csv' },
  'gauges.csv': { size: 60_000, name: 'gauges.csv' },
  'soundings.csv': { size: 420_000, name: 'soundings.csv' },
};

/** One request of a file, and how it was answered. */
interface FileRequest {
  /** The `Range` asked for, empty where there was none. */
  readonly range: string;
  /** The validator that `Range` depended on, empty where there was none. */
  readonly ifRange: string;
  readonly status: number;
}

/** What the server remembers of the files of one id. */
interface FileMemory {
  readonly asked: FileRequest[];
  hasDropped: boolean;
}

const MAX_ASKED = 100;

const RIVERS = ['Amazon', 'Danube', 'Mekong', 'Niger', 'Volga', 'Yukon', 'Zambezi'];

/** The bytes of a version of a file: rows of a table, the same at every visit. */
function bytesOf(size: number, version: number): Uint8Array<ArrayBuffer> {
  const lines = [`row,river,level_cm,version ${version}`];
  // No row is shorter than ten bytes.
  for (let row = 1; row <= size / 10; row += 1) {
    lines.push(`${row},${RIVERS[row % RIVERS.length]},${200 + ((row * 37 * version) % 290)}`);
  }
  return new TextEncoder().encode(lines.join('\n')).slice(0, size);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A name for all readers: ASCII for the old ones (RFC 6266), UTF-8 for the others (RFC 8187). */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/gu, '_');
  const escaped = encodeURIComponent(name).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16)}`;
  });
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`;
}

/** What part of a file a request gets. */
interface Part {
  readonly status: 200 | 206 | 416;
  readonly start: number;
  readonly end: number;
}

/** Answers `Range` and `If-Range` (RFC 9110 13.1.5, 14.2); a range of several parts is ignored. */
function partOf(context: DemoContext, size: number, etag: string): Part {
  const all: Part = { status: 200, start: 0, end: size };
  const match = /^bytes=(\d+)-(\d*)$/.exec(context.req.header('Range') ?? '');
  const ifRange = context.req.header('If-Range');
  if (match === null || (ifRange !== undefined && ifRange !== etag)) return all;
  const start = Number(match[1]);
  const end = match[2] === '' ? size : Math.min(size, Number(match[2]) + 1);
  return start < end ? { status: 206, start, end } : { ...all, status: 416 };
}

/** A body at the pace that was asked for, with the trouble that was asked for. */
function send(
  context: DemoContext,
  memory: FileMemory,
  bytes: Uint8Array,
  { start, end }: Part,
  chunkBytes: number,
): ReadableStream<Uint8Array> | null {
  const dropAt = memory.hasDropped ? Number.NaN : numberOf(context, 'drop', Number.NaN);
  const cutAt = numberOf(context, 'truncate', Number.NaN);
  async function* chunks(pause: Pause): AsyncGenerator<Uint8Array, void> {
    for (let from = start; from < end; from += chunkBytes) {
      if (from >= dropAt || from >= cutAt) {
        memory.hasDropped = true;
        // A broken connection takes with it what has not left yet.
        await pause(250);
        // A service worker can end a body before its length; over HTTP only the connection ends it.
        if (from >= cutAt && context.env.outgoing === undefined) return;
        throw new ConnectionDropped();
      }
      await pause(numberOf(context, 'interval', 100));
      yield bytes.subarray(from, Math.min(end, from + chunkBytes));
    }
  }
  return streamBody(context, 'text/csv', chunks).body;
}

/**
 * The file in gzip. Over HTTP it is; a service worker's answer is never decoded, so there the body
 * is what a page sees of it, decoded, under the headers that the page would see.
 */
async function sendEncoded(
  context: DemoContext,
  memory: FileMemory,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Response> {
  const encoded = await gzip(bytes);
  const body = context.env.outgoing === undefined ? bytes : encoded;
  const chunkBytes = Math.ceil((chunkBytesOf(context) * body.length) / bytes.length);
  return new Response(
    send(context, memory, body, { status: 200, start: 0, end: body.length }, chunkBytes),
    { headers: { ...headers, 'Content-Encoding': 'gzip', 'Content-Length': `${encoded.length}` } },
  );
}

const chunkBytesOf = (context: DemoContext) => Math.max(1, numberOf(context, 'chunk', 4000));

/** Sends a file, or what is asked of it. */
async function sendFile(context: DemoContext, memory: FileMemory): Promise<Response> {
  const file = FILES[context.req.param('name') ?? ''];
  if (file === undefined) return context.json({ error: 'There is no such file.' }, 404);
  const { name, size } = file;
  const version = context.req.query('changes') === undefined ? 1 : memory.asked.length + 1;
  const bytes = bytesOf(size, version);
  const etag = `"version-${version}"`;
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': dispositionOf(name),
    'Access-Control-Expose-Headers':
      'Content-Disposition, Content-Encoding, Content-Range, ETag, X-File-Size',
    ...(context.req.query('sized') !== undefined && { 'X-File-Size': `${size}` }),
  };
  if (context.req.query('encoding') === 'gzip') {
    return sendEncoded(context, memory, bytes, headers);
  }
  const hasRanges = context.req.query('ranges') !== 'none';
  const part = hasRanges
    ? partOf(context, size, etag)
    : { status: 200 as const, start: 0, end: size };
  const { status, start, end } = part;
  if (status === 416) {
    return new Response(null, { status, headers: { 'Content-Range': `bytes */${size}` } });
  }
  const isLong = context.req.query('length') !== 'none';
  return new Response(send(context, memory, bytes, part, chunkBytesOf(context)), {
    status,
    headers: {
      ...headers,
      ...(isLong && { 'Content-Length': `${end - start}` }),
      ...(hasRanges && { 'Accept-Ranges': 'bytes', ETag: etag }),
      ...(status === 206 && { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }),
    },
  });
}

/**
 * Files to be downloaded: `levels.csv`, `gauges.csv`, `soundings.csv`; any other name is 404.
 *
 * - `GET /files/{name}`: with `Range`, `If-Range`, a strong `ETag` and a `Content-Disposition`.
 *   `?chunk=4000 &interval=100` bytes and ms between them; `&length=none` says no length;
 *   `&ranges=none` has neither `Range` nor `ETag`; `&encoding=gzip` (no ranges); `&sized` adds
 *   `X-File-Size`; `&drop=100000` breaks the connection there, once; `&truncate=100000` always ends
 *   there; `&changes` makes every request meet another version of the file
 * - `GET /files/asked?id=`: the requests so far, each with `range`, `ifRange`, `status`
 */
export function fileRoutes(): Hono<DemoEnv> {
  const memories = new WeakMap<StreamRecord, FileMemory>();

  function memoryOf(context: DemoContext): FileMemory {
    const record = context.get('record');
    const known = memories.get(record) ?? { asked: [], hasDropped: false };
    memories.set(record, known);
    return known;
  }

  return new Hono<DemoEnv>()
    .get('/files/asked', (context) => context.json(memoryOf(context).asked))
    .get('/files/:name', async (context) => {
      const memory = memoryOf(context);
      const response = await sendFile(context, memory);
      memory.asked.push({
        range: context.req.header('Range') ?? '',
        ifRange: context.req.header('If-Range') ?? '',
        status: response.status,
      });
      if (memory.asked.length > MAX_ASKED) memory.asked.shift();
      return response;
    });
}
