import type {
  Bytes,
  LifecycleFields,
  ReadableStore,
  RequestOverrides,
  StandardSchema,
  StreamOptions,
} from '../types.ts';

/** What a download results in: a Blob, its bytes, its text, or its JSON value. */
export type DownloadAs = 'blob' | 'bytes' | 'text' | 'json';

/** The result of a download; one that went into a sink has none. */
type DownloadedAs<TAs, TValue = unknown> = TAs extends 'blob'
  ? Blob
  : TAs extends 'bytes'
    ? Bytes
    : TAs extends 'text'
      ? string
      : TAs extends 'json'
        ? TValue
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

/** What all downloads take, wherever their bytes go. */
export interface TransferOptions extends StreamOptions {
  /**
   * Keep what was loaded when paused, cut or failed, and ask for the rest. Sends `Range`. Across
   * origins the server must send `Access-Control-Expose-Headers: Content-Range, ETag`. Default false.
   */
  readonly resumable?: boolean | undefined;
  /** A size to show while the server names none, in bytes. */
  readonly expectedBytes?: number | undefined;
  /**
   * A response header with the decoded size in bytes, such as `X-File-Size`. Fewer bytes are
   * `truncated`.
   */
  readonly sizeHeader?: string | undefined;
  /**
   * The media types that are expected, such as `application/pdf` or `image/*`. They are sent as
   * `Accept`, and an answer of another type fails with `content-type`; a missing type and
   * `application/octet-stream` pass. Default: all.
   */
  readonly accept?: string | readonly string[] | undefined;
  /**
   * The file name, or a function of the name that `Content-Disposition` or the URL gives. Default: that
   * name.
   */
  readonly fileName?: string | ((name: string, response: Response) => string) | undefined;
  /** Called for every chunk, at once. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Options of a download whose result stays in memory. */
export interface DownloadOptions<TAs extends DownloadAs = 'blob'> extends TransferOptions {
  /** What the result is. Default `'blob'`. */
  readonly as?: TAs | undefined;
  readonly schema?: undefined;
  readonly saveTo?: undefined;
  readonly openSink?: undefined;
}

/** Options of a download whose JSON value a schema validates. */
export interface DownloadValueOptions<TValue> extends TransferOptions {
  readonly as: 'json';
  /**
   * Validates the value (Standard Schema v1); if it does not match, the download fails with `invalid`.
   * The result is the output of the schema.
   */
  readonly schema: StandardSchema<TValue>;
  readonly saveTo?: undefined;
  readonly openSink?: undefined;
}

/** What a sink is opened with. */
export interface SinkTarget {
  /** The name under which the file is saved. */
  readonly fileName: string;
  /** The answer; its body is read by the download. */
  readonly response: Response;
}

/** Options of a download that goes into a sink. */
export type DownloadToSinkOptions = TransferOptions & {
  readonly as?: undefined;
  readonly schema?: undefined;
} & (
    | {
        /**
         * Where the bytes go. A function is called synchronously in `start()`, so that a file picker has
         * its click; where it rejects with an `AbortError`, as a picker that the user closes does, the
         * download is `aborted`, reason `caller`.
         */
        readonly saveTo: DownloadSink | (() => DownloadSink | Promise<DownloadSink>);
        readonly openSink?: undefined;
      }
    | {
        /**
         * Gives the sink once the headers of the answer are good, so that a 404 leaves no empty file.
         * The click of `start()` is over by then: no picker opens.
         */
        readonly openSink: (target: SinkTarget) => DownloadSink | Promise<DownloadSink>;
        readonly saveTo?: undefined;
      }
  );

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
export type DownloadSnapshot<TAs = 'blob', TValue = unknown> =
  | (Extract<LifecycleFields, { status: 'done' }> &
      DownloadFields<DownloadedAs<TAs, TValue>> & { readonly result: DownloadedAs<TAs, TValue> })
  | (Exclude<LifecycleFields, { status: 'done' }> &
      DownloadFields<never> & { readonly result: undefined });

/** What a caller can do with a download. */
export interface DownloadActions<TAs = 'blob', TValue = unknown> {
  /**
   * Sends the request; what there was is cleared at once. Resolves with the last state of this run
   * once that was flushed, and never rejects: look at its `status`.
   */
  start(overrides?: RequestOverrides): Promise<DownloadSnapshot<TAs, TValue>>;
  /** Stops the transfer; a resumable one keeps what was loaded. */
  pause(): void;
  /**
   * Goes on after `pause()`, and after a failure with what a resumable download kept: the request is sent
   * again, for the rest, to the newest URL that the hook was given, since a signed one may have expired.
   * Where nothing was kept, a failure stays. Resolves as `start()` does.
   */
  resume(): Promise<DownloadSnapshot<TAs, TValue>>;
  /** Ends the run: `aborted`, reason `caller`. */
  abort(): void;
  /** Ends the run and clears everything. */
  reset(): void;
  /**
   * Saves the bytes that the server sent, whatever `as` made of them, under their file name or the
   * given one (an event, as with `onClick={save}`, is not a name). Returns whether there was anything
   * to save. Files that are saved in quick succession follow each other by 100 ms, because WebKit
   * loses one of two that are saved at once. A file stays available for 40 s, whatever becomes of the
   * component.
   */
  save(name?: string | object): boolean;
}

/** What `useDownload` returns. */
export type DownloadResult<TAs = 'blob', TValue = unknown> = DownloadSnapshot<TAs, TValue> &
  DownloadActions<TAs, TValue>;

/** A download outside React, or one that outlives its component. */
export interface DownloadController<TAs = 'blob', TValue = unknown>
  extends ReadableStore<DownloadSnapshot<TAs, TValue>>,
    DownloadActions<TAs, TValue> {}
