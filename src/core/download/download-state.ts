import { type Environment, isolate } from '../environment.ts';
import { hintFalseTotal } from '../hints.ts';
import { fileNameOf } from './file-name.ts';
import { createRateMeter, shareOf, type Total, totalOf } from './progress.ts';
import type { DownloadProgress } from './types.ts';

/** The options that decide what is shown. */
export interface DownloadStateOptions {
  readonly expectedBytes?: number | undefined;
  readonly sizeHeader?: string | undefined;
  readonly fileName?: string | ((name: string, response: Response) => string) | undefined;
}

/** What a download shows beside its lifecycle and its result. */
export interface DownloadState {
  /** A run begins, or all is cleared. */
  begin(): void;
  /** A body begins, at 0 or after what was kept. */
  begun(response: Response, url: string, from: number, completeLength: number | null): void;
  received(loaded: number): void;
  /** What was loaded is thrown away. */
  restart(): void;
  /** All is there; a run that had no body takes its name from the URL. */
  finish(url: string): void;
  /** Ticks while bytes may arrive, and not otherwise. */
  follow(isOpen: boolean): void;
  progress(isDone: boolean): DownloadProgress;
  fileName(): string | null;
  restarted(): boolean;
  expected(): number | null;
}

const TICK_MS = 250;

/**
 * Counts a download.
 *
 * @param onTick Called four times a second while it is open: rate and time left have changed.
 */
export function createDownloadState(
  environment: Environment,
  options: () => DownloadStateOptions,
  onTick: () => void,
): DownloadState {
  const meter = createRateMeter();
  let loaded = 0;
  let total: Total | null = null;
  /** More came than the total said: from then on it is unknown. */
  let isDemoted = false;
  let hasRestarted = false;
  let fileName: string | null = null;
  let source: { readonly url: string; readonly isCors: boolean } | null = null;
  let cancelTick: (() => void) | null = null;

  /** The name that is known without an answer. */
  function stringOption(): string | undefined {
    const { fileName: option } = options();
    return typeof option === 'string' ? option : undefined;
  }

  function tick(): void {
    cancelTick = environment.setTimer(() => {
      meter.tick(environment.now(), loaded);
      tick();
      onTick();
    }, TICK_MS);
  }

  return {
    begin() {
      loaded = 0;
      total = null;
      isDemoted = hasRestarted = false;
      fileName = null;
    },
    begun(response, url, from, completeLength) {
      const { headers, type } = response;
      loaded = from;
      source = { url, isCors: type === 'cors' };
      if (from === 0) {
        const { fileName: option } = options();
        const disposition = headers.get('content-disposition');
        const name =
          typeof option === 'function'
            ? isolate(environment, option, fileNameOf(undefined, disposition, url), response)
            : option;
        fileName = fileNameOf(typeof name === 'string' ? name : undefined, disposition, url);
      }
      // The headers of a later part say nothing of the whole, but for its complete length.
      if (isDemoted || (from > 0 && completeLength === null)) return;
      total = totalOf(headers, { ...options(), completeLength });
    },
    received(bytes) {
      loaded = bytes;
      if (total === null || loaded <= total.bytes) return;
      total = null;
      isDemoted = true;
      if (source !== null)
        hintFalseTotal(environment, source.url, source.isCors, options().sizeHeader);
    },
    restart() {
      loaded = 0;
      hasRestarted = true;
      if (cancelTick !== null) meter.open(environment.now(), 0);
    },
    finish(url) {
      fileName ??= fileNameOf(stringOption(), null, url);
    },
    follow(isOpen) {
      if (isOpen === (cancelTick !== null)) return;
      if (isOpen) {
        meter.open(environment.now(), loaded);
        tick();
      } else {
        cancelTick?.();
        cancelTick = null;
        meter.close();
      }
    },
    progress(isDone) {
      // At the end it is known how much there was, whatever was expected.
      const isTrue = !isDone || total?.bytes === loaded;
      const known = isTrue ? total : { bytes: loaded, source: 'loaded' as const };
      return {
        loaded,
        total: known?.bytes ?? null,
        totalSource: known?.source ?? null,
        ...shareOf(loaded, known?.bytes ?? null, isDone),
        bytesPerSecond: meter.bytesPerSecond(),
        secondsLeft: meter.secondsLeft(known?.bytes ?? null),
      };
    },
    fileName() {
      const option = stringOption();
      return fileName ?? (option === undefined ? null : fileNameOf(option, null, ''));
    },
    restarted: () => hasRestarted,
    expected: () => total?.bytes ?? null,
  };
}
