import { type Fail, messageOf } from '../errors.ts';
import { decoderFor } from '../framing/text.ts';
import type { DownloadAs, DownloadToSinkOptions } from './types.ts';

/** The options that say where a download goes. */
export interface SinkOptions {
  readonly as?: DownloadAs | undefined;
  readonly saveTo?: DownloadToSinkOptions['saveTo'] | undefined;
}

/** Where the bytes of a download go. Bytes come in order. */
export interface Sink {
  /** Takes a chunk; pending while the sink cannot take more. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Forgets what was written: the download begins again at 0. */
  restart(): Promise<void> | undefined;
  /** The download is complete; gives its result. */
  finish(headers: Headers): Promise<unknown>;
  /** The download will not be complete. */
  abort(reason: unknown): void;
}

/** Large enough for few parts, small enough to leave the script's memory soon (decision 22). */
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
        // Chromium makes a Blob that it has no room for all the same, and tells only who reads it.
        await blob.slice(0, 1).arrayBuffer();
      } catch (cause) {
        const text = `The browser has no room for a Blob of ${blob.size} bytes.`;
        throw fail('sink', `${text} Write large files to disk with \`saveTo\`.`, { cause });
      }
      return blob;
    },
    abort: clear,
  };
}

/** Collects bytes in one array, allocated at once when the size is known. */
function createBytesSink(
  expected: () => number | null,
  convert: (bytes: Uint8Array<ArrayBuffer>, headers: Headers) => unknown,
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
      const whole = length === bytes.length ? bytes : bytes.slice(0, length);
      clear();
      return convert(whole, headers);
    },
    abort: clear,
  };
}

/** Room for what is wanted; for what is needed where no memory has that, since a size may be wrong. */
function allocate(wanted: number, needed: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Math.max(wanted, needed));
  } catch {
    return new Uint8Array(needed);
  }
}

/** A stream that can be cut back, as those of the File System Access API can. */
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
  /** Without the lock there is no way to abort. */
  let cutting = Promise.resolve();

  const guard = async (step: Promise<void>): Promise<void> => {
    try {
      await step;
    } catch (cause) {
      throw fail('sink', `Writing to \`saveTo\` failed: ${messageOf(cause)}.`, { cause });
    }
  };

  return {
    write(bytes) {
      const step = guard(writer.write(bytes));
      // Nobody waits for it any more if the transfer is held back meanwhile.
      step.catch(() => {});
      return step;
    },
    async restart() {
      if (!isTruncatable(stream)) {
        throw fail(
          'sink',
          'The download begins again, but `saveTo` cannot be cut back. Use a file handle, or a ' +
            'server that answers Range requests with a strong ETag.',
        );
      }
      // The stream's own methods need its lock.
      writer.releaseLock();
      cutting = guard(stream.truncate(0).then(() => stream.seek(0))).finally(() => {
        writer = stream.getWriter();
      });
      await cutting;
    },
    async finish() {
      await guard(writer.close());
    },
    abort(reason) {
      const abort = () => writer.abort(reason);
      cutting.then(abort, abort).catch(() => {});
    },
  };
}

/** Collects a download in memory. */
function createMemorySink(as: DownloadAs, expected: () => number | null, fail: Fail): Sink {
  switch (as) {
    case 'blob':
      return createBlobSink(fail);
    case 'bytes':
      return createBytesSink(expected, (bytes) => bytes);
    case 'text':
      return createBytesSink(expected, (bytes, headers) => decoderFor(headers).decode(bytes));
    default:
      return createBytesSink(expected, (bytes) => {
        try {
          return JSON.parse(new TextDecoder().decode(bytes));
        } catch (cause) {
          throw fail('parse', `The file is not JSON: ${messageOf(cause)}.`, { cause });
        }
      });
  }
}

/**
 * Opens the sink of a run. Calls `saveTo` at once: a file picker needs the click that started the
 * download.
 *
 * @param expected How many bytes are expected, once that is known.
 */
export async function openSink(
  { saveTo, as = 'blob' }: SinkOptions,
  expected: () => number | null,
  fail: Fail,
): Promise<Sink> {
  if (saveTo === undefined) return createMemorySink(as, expected, fail);
  try {
    const target = typeof saveTo === 'function' ? await saveTo() : saveTo;
    const stream = 'createWritable' in target ? await target.createWritable() : target;
    return createStreamSink(stream, fail);
  } catch (cause) {
    const text = `The request could not be made: \`saveTo\` failed with "${messageOf(cause)}".`;
    throw fail('request-setup', text, { cause });
  }
}
