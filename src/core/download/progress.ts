import { declaredLength } from '../body/body-length.ts';
import type { DownloadProgress } from './types.ts';

/** A total with where it comes from. */
export interface Total {
  readonly bytes: number;
  readonly source: NonNullable<DownloadProgress['totalSource']>;
}

/** What else may know the size of a download. */
export interface TotalHints {
  readonly expectedBytes?: number | undefined;
  readonly sizeHeader?: string | undefined;
  /** The complete length that `Content-Range` names, if any. */
  readonly completeLength: number | null;
}

/** The decoded size that the header of the option `sizeHeader` names; `null` where there is none. */
export function namedSize(headers: Headers, sizeHeader: string | undefined): number | null {
  const named = sizeHeader === undefined ? null : headers.get(sizeHeader);
  return named !== null && /^\d+$/.test(named.trim()) ? Number(named) : null;
}

/**
 * The total of a download, in order of trust: Content-Range, the named header, the
 * caller's expectation, the Content-Length of an unencoded body. fetch hands out decoded bytes, so
 * the length of an encoded one says nothing.
 */
export function totalOf(headers: Headers, hints: TotalHints): Total | null {
  const { completeLength, sizeHeader, expectedBytes } = hints;
  if (completeLength !== null) return { bytes: completeLength, source: 'content-range' };
  const named = namedSize(headers, sizeHeader);
  if (named !== null) return { bytes: named, source: 'size-header' };
  if (expectedBytes !== undefined && expectedBytes >= 0)
    return { bytes: expectedBytes, source: 'expected' };
  const length = declaredLength(headers);
  return length === null ? null : { bytes: length, source: 'content-length' };
}

/** Before the end nothing looks finished. */
const MAX_BEFORE_DONE = 0.999;

/** The share that is loaded, and the same in whole percent; 1 and 100 only when it is done. */
export function shareOf(
  loaded: number,
  total: number | null,
  isDone: boolean,
): Pick<DownloadProgress, 'progress' | 'percent'> {
  if (isDone) return { progress: 1, percent: 100 };
  if (total === null) return { progress: null, percent: null };
  if (total === 0) return { progress: 0, percent: 0 };
  // Not computed from `progress`: 0.29 * 100 is less than 29.
  const percent = Math.min(Math.floor((loaded * 100) / total), 99);
  return { progress: Math.min(loaded / total, MAX_BEFORE_DONE), percent };
}

const HALF_LIFE_MS = 2000;
const SILENT_MS = 500;
const STALLED_MS = 2000;

/** Measures how fast bytes arrive. Fed with a clock reading each time. */
export interface RateMeter {
  /** Bytes begin to arrive, again after a pause: the time between does not count. */
  open(now: number, loaded: number): void;
  /** Takes a sample. */
  tick(now: number, loaded: number): void;
  /** Nothing arrives any more. */
  close(): void;
  bytesPerSecond(): number | null;
  /** `null` without a total, without a rate, and while nothing arrives. */
  secondsLeft(total: number | null): number | null;
}

/** An exponential average with a half-life of 2 s, `null` in the first 500 ms. */
export function createRateMeter(): RateMeter {
  let openedAt: number | null = null;
  let sampledAt = 0;
  let sampledBytes = 0;
  let lastProgressAt = 0;
  let isStalled = false;
  let rate: number | null = null;

  return {
    open(now, loaded) {
      openedAt = sampledAt = lastProgressAt = now;
      sampledBytes = loaded;
      isStalled = false;
      rate = null;
    },
    tick(now, loaded) {
      const elapsed = now - sampledAt;
      if (openedAt === null || elapsed <= 0) return;
      const present = ((loaded - sampledBytes) * 1000) / elapsed;
      const weight = 1 - 0.5 ** (elapsed / HALF_LIFE_MS);
      if (loaded > sampledBytes) lastProgressAt = now;
      isStalled = now - lastProgressAt >= STALLED_MS;
      if (rate !== null) rate += weight * (present - rate);
      else if (now - openedAt >= SILENT_MS) rate = present;
      // Until there is a rate, the sample grows: its first value is an average of all there was.
      if (rate === null) return;
      sampledAt = now;
      sampledBytes = loaded;
    },
    close() {
      openedAt = null;
      rate = null;
    },
    bytesPerSecond: () => (rate === null ? null : Math.round(rate)),
    secondsLeft(total) {
      if (total === null || rate === null || rate < 1 || isStalled) return null;
      return Math.max(0, (total - sampledBytes) / rate);
    },
  };
}
