import type { LifecycleFields, ReadableStore, RequestOverrides, StreamOptions } from '../types.ts';

/** What a download gives: a Blob, its bytes, its text, or its JSON value. */
export type DownloadAs = 'blob' | 'bytes' | 'text' | 'json';

/** The result of a download; one that went into a sink has none. */
export type DownloadedAs<TAs> = TAs extends 'blob'
  ? Blob
  : TAs extends 'bytes'
    ? Uint8Array
    : TAs extends 'text'
      ? string
      : TAs extends 'json'
        ? unknown
        : undefined;

/** A file handle of the File System Access API, as far as a download needs it. */
export interface FileHandleLike {
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

/** Where a download is written. */
export type DownloadSink = FileHandleLike | WritableStream<Uint8Array>;

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes so far, decoded; at the end the bytes of the result. */
  readonly loaded: number;
  /** All bytes, `null` while unknown. */
  readonly total: number | null;
  /** Where `total` comes from, in order of trust. */
  readonly totalSource:
    | 'content-range'
    | 'size-header'
    | 'expected'
    | 'content-length'
    | 'loaded'
    | null;
  /** 0 to 1, `null` while unknown; 1 only in `done`. For `<progress value={progress ?? undefined}>`. */
  readonly progress: number | null;
  /** `progress` in whole percent, rounded down. */
  readonly percent: number | null;
  /** Average rate with a half-life of 2 s; `null` in the first 500 ms and when not open. */
  readonly bytesPerSecond: number | null;
  /** Estimate at that rate; `null` while the total is unknown, or nothing arrives. */
  readonly secondsLeft: number | null;
}

interface TransferOptions extends StreamOptions {
  /** Keep what was loaded when paused or cut, and ask for the rest. Sends `Range`. Default false. */
  readonly resumable?: boolean | undefined;
  /** A size to show while the server names none, in bytes. */
  readonly expectedBytes?: number | undefined;
  /** A response header with the decoded size in bytes, such as `X-File-Size`. */
  readonly sizeHeader?: string | undefined;
  /** The file name; default: `Content-Disposition`, then the URL. */
  readonly fileName?: string | undefined;
  /** Every chunk, at once. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Options of a download whose result stays in memory. */
export interface DownloadOptions<TAs extends DownloadAs = 'blob'> extends TransferOptions {
  /** What the result is. Default `'blob'`. */
  readonly as?: TAs | undefined;
  readonly saveTo?: undefined;
}

/** Options of a download that goes into a sink. */
export interface DownloadToSinkOptions extends TransferOptions {
  readonly as?: undefined;
  /**
   * Where the bytes go. A function is called synchronously in `start()`, so that a file picker has
   * its click.
   */
  readonly saveTo: DownloadSink | (() => DownloadSink | Promise<DownloadSink>);
}

/** The fields of a snapshot beside the lifecycle. */
interface DownloadFields<TResult> extends DownloadProgress {
  /** The file's name, `null` before the response unless the option gives it. */
  readonly fileName: string | null;
  /** What was downloaded, in the form of `as`; `undefined` until `done`, and with a sink. */
  readonly result: TResult | undefined;
  /** Whether what was loaded had to be thrown away and loaded again. */
  readonly restarted: boolean;
}

/** The state of a download. Narrows on `status`: `result` is there in `done`. */
export type DownloadSnapshot<TAs = 'blob'> =
  | (Extract<LifecycleFields, { status: 'done' }> &
      DownloadFields<DownloadedAs<TAs>> & { readonly result: DownloadedAs<TAs> })
  | (Exclude<LifecycleFields, { status: 'done' }> &
      DownloadFields<never> & { readonly result: undefined });

/** What a caller can do with a download. */
export interface DownloadActions<TAs = 'blob'> {
  /**
   * Sends the request; what there was is cleared at once. Resolves with the last state of this run
   * once that was flushed, and never rejects: look at its `status`.
   */
  start(overrides?: RequestOverrides): Promise<DownloadSnapshot<TAs>>;
  /** Stops the transfer; a resumable one keeps what was loaded. */
  pause(): void;
  /** Goes on after `pause()`. */
  resume(): void;
  /** Ends the run: `aborted`, reason `caller`. */
  abort(): void;
  /** Ends the run and clears everything. */
  reset(): void;
  /** Saves the result under its file name; returns whether there was one. */
  save(): boolean;
}

/** What `useDownload` returns. */
export type DownloadResult<TAs = 'blob'> = DownloadSnapshot<TAs> & DownloadActions<TAs>;

/** A download outside React, or one that outlives its component. */
export interface DownloadController<TAs = 'blob'>
  extends ReadableStore<DownloadSnapshot<TAs>>,
    DownloadActions<TAs> {}
