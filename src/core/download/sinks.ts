import { messageOf } from '../errors.ts';
import { decoderFor } from '../framing/text.ts';
import type { Attempt } from '../request/attempt.ts';
import type { StandardSchema } from '../types.ts';
import type { DownloadAs, DownloadSink, SinkTarget } from './types.ts';

/** The options that say where a download goes; the public types say which belong together. */
export interface SinkOptions {
  readonly as?: DownloadAs | undefined;
  readonly schema?: StandardSchema<unknown> | undefined;
  readonly saveTo?: DownloadSink | (() => DownloadSink | Promise<DownloadSink>) | undefined;
  readonly openSink?: ((target: SinkTarget) => DownloadSink | Promise<DownloadSink>) | undefined;
}

/** Makes an error that knows the run. */
type Fail = Attempt['fail'];

/** What a download results in. */
export interface Downloaded {
  readonly result: unknown;
  /** The bytes as the server sent them, unless they went into a sink. */
  readonly file?: Blob | Uint8Array<ArrayBuffer>;
}

/** Where the bytes of a download go. Bytes come in order. */
export interface Sink {
  /** Takes a chunk; pending while the sink cannot take more. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Forgets what was written: the download begins again at 0. */
  restart(): Promise<void> | undefined;
  /** The download is complete; gives its result. */
  finish(headers: Headers): Promise<Downloaded>;
  /** The download will not be complete. */
  abort(reason: unknown): void;
}

/** Large enough for few parts, small enough to leave the script's memory soon. */
const PART_BYTES = 8 * 1024 * 1024;

/** Collects a Blob in parts of 8 MiB; a browser keeps them outside the memory of the page. */
function createBlobSink(fail: Fail): Sink {
  let parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;

  function pack(): void {
    parts.push(new Blob(chunks));
    chunks = [];
    size = 0;
  }

  function clear(): void {
    parts = [];
    chunks = [];
    size = 0;
  }

  return {
    write(bytes) {
      // The chunks of a response body are never backed by shared memory.
      chunks.push(bytes as Uint8Array<ArrayBuffer>);
      size += bytes.length;
      if (size >= PART_BYTES) pack();
      return undefined;
    },
    restart() {
      clear();
      return undefined;
    },
    async finish(headers) {
      pack();
      const blob = new Blob(parts, { type: headers.get('content-type') ?? '' });
      clear();
      try {
        // Chromium creates a Blob even if it has no room for it; only reading it shows that.
        await blob.slice(0, 1).arrayBuffer();
      } catch (cause) {
        throw fail('sink', `The browser has no room for a Blob of ${blob.size} bytes.`, { cause });
      }
      return { result: blob, file: blob };
    },
    abort: clear,
  };
}

/** Collects bytes in one array, allocated at once when the size is known. */
function createBytesSink(
  expected: () => number | null,
  convert: (bytes: Uint8Array<ArrayBuffer>, headers: Headers) => unknown = (bytes) => bytes,
): Sink {
  let bytes = new Uint8Array(0);
  let length = 0;

  function reserve(needed: number): void {
    if (needed <= bytes.length) return;
    const next = allocate(length === 0 ? (expected() ?? 0) : 2 * length, needed);
    next.set(bytes.subarray(0, length));
    bytes = next;
  }

  function clear(): void {
    bytes = new Uint8Array(0);
    length = 0;
  }

  return {
    write(chunk) {
      reserve(length + chunk.length);
      bytes.set(chunk, length);
      length += chunk.length;
      return undefined;
    },
    restart() {
      length = 0;
      return undefined;
    },
    async finish(headers) {
      const file = length === bytes.length ? bytes : bytes.slice(0, length);
      clear();
      return { result: await convert(file, headers), file };
    },
    abort: clear,
  };
}

/**
 * Allocates what is wanted, or only what is needed where there is no memory for that: a size may be
 * wrong.
 */
function allocate(wanted: number, needed: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Math.max(wanted, needed));
  } catch {
    return new Uint8Array(needed);
  }
}

/** A stream that can be truncated, as those of the File System Access API can. */
interface Truncatable {
  truncate(size: number): Promise<void>;
  seek(position: number): Promise<void>;
}

function isTruncatable(stream: object): stream is Truncatable {
  return 'truncate' in stream && typeof stream.truncate === 'function' && 'seek' in stream;
}

/** Writes into the caller's sink; holds nothing, and passes its backpressure on. */
function createStreamSink(stream: WritableStream<Uint8Array>, fail: Fail): Sink {
  let writer = stream.getWriter();
  /** Pending while the stream is unlocked to be truncated: it cannot be aborted meanwhile. */
  let cutting = Promise.resolve();

  const guard = async (step: Promise<void>): Promise<void> => {
    try {
      await step;
    } catch (cause) {
      throw fail('sink', `Writing failed: ${messageOf(cause)}.`, { cause });
    }
  };

  return {
    write(bytes) {
      const step = guard(writer.write(bytes));
      // Nobody waits for it any more if the transfer is paused meanwhile.
      step.catch(() => {});
      return step;
    },
    async restart() {
      if (!isTruncatable(stream)) {
        throw fail('sink', 'The download starts over, but its sink cannot be truncated.');
      }
      // The stream's own methods need the lock for themselves.
      writer.releaseLock();
      cutting = guard(stream.truncate(0).then(() => stream.seek(0))).finally(() => {
        writer = stream.getWriter();
      });
      await cutting;
    },
    async finish() {
      await guard(writer.close());
      return { result: undefined };
    },
    abort(reason) {
      const abort = () => writer.abort(reason);
      cutting.then(abort, abort).catch(() => {});
    },
  };
}

/** Decodes as Encoding 6.1 does: a byte order mark overrides the charset of the content type. */
function textOf(bytes: Uint8Array<ArrayBuffer>, headers: Headers): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const isMarked = first === 0xef && second === 0xbb && bytes[2] === 0xbf;
  return decoderFor(isMarked ? undefined : headers).decode(bytes);
}

/** The JSON value of a file, validated. */
async function valueOf(
  text: string,
  schema: StandardSchema<unknown> | undefined,
  fail: Fail,
): Promise<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fail('parse', `The file is not JSON: ${messageOf(cause)}.`, { cause });
  }
  if (schema === undefined) return value;
  let verdict: Awaited<ReturnType<StandardSchema<unknown>['~standard']['validate']>>;
  try {
    verdict = await schema['~standard'].validate(value);
  } catch (cause) {
    throw fail('invalid', `The schema failed: ${messageOf(cause)}.`, { cause });
  }
  const { issues } = verdict;
  if (issues === undefined) return verdict.value;
  const why = issues[0]?.message ?? 'it does not say why';
  throw fail('invalid', `The file does not match its schema: ${why}.`, { cause: issues });
}

/** Collects a download in memory. */
function createMemorySink(
  { as = 'blob', schema }: SinkOptions,
  expected: () => number | null,
  fail: Fail,
): Sink {
  if (as === 'blob') return createBlobSink(fail);
  if (as === 'bytes') return createBytesSink(expected);
  if (as === 'text') return createBytesSink(expected, textOf);
  return createBytesSink(expected, (bytes, headers) =>
    valueOf(textOf(bytes, headers), schema, fail),
  );
}

/**
 * Opens the sink of a run. Calls `saveTo` at once: a file picker needs the click that started the
 * download. Rejects with what `saveTo` or `openSink` threw.
 *
 * @param expected How many bytes are expected, once that is known.
 * @param target The answer, for `openSink`.
 */
export async function openSink(
  options: SinkOptions,
  expected: () => number | null,
  fail: Fail,
  target?: SinkTarget,
): Promise<Sink> {
  const { saveTo } = options;
  const given =
    target && options.openSink
      ? options.openSink(target)
      : typeof saveTo === 'function'
        ? saveTo()
        : saveTo;
  if (saveTo === undefined && options.openSink === undefined) {
    return createMemorySink(options, expected, fail);
  }
  const sink = await given;
  // The caller's own function may return anything.
  if (typeof sink !== 'object') throw new Error('it returned no sink');
  const stream = 'createWritable' in sink ? await sink.createWritable() : sink;
  // Handles of some browsers have no `createWritable`.
  if (typeof stream.getWriter !== 'function') {
    throw fail('sink', 'This browser cannot write to the file handle.');
  }
  return createStreamSink(stream, fail);
}
