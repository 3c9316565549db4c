import { isIdentity } from '../body/body-length.ts';

/** A `Content-Range` of bytes (RFC 9110 14.4). `null` start: `bytes` followed by `*`. */
export interface ContentRange {
  readonly start: number | null;
  readonly end: number | null;
  readonly completeLength: number | null;
}

/** Reads `Content-Range`; `null` where there is none, `undefined` where it makes no sense. */
export function parseContentRange(headers: Headers): ContentRange | null | undefined {
  const value = headers.get('content-range');
  if (value === null) return null;
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(value.trim());
  if (match === null) return undefined;
  const [, start, end, length] = match;
  const numberOf = (text: string | undefined) => (text === undefined ? null : Number(text));
  const completeLength = length === '*' ? null : numberOf(length);
  const range = { start: numberOf(start), end: numberOf(end), completeLength };
  const { start: first, end: last } = range;
  if (first === null || last === null) return range;
  return last < first || last >= (completeLength ?? Infinity) ? undefined : range;
}

/**
 * What proves that a later part belongs to the same file (RFC 9110 13.1.5): a strong ETag, or a
 * Last-Modified that is strong by its date (8.8.2.2), which only the same origin can tell. `null`
 * if there is none; a weak ETag is none.
 */
export function validatorOf(headers: Headers, isCrossOrigin: boolean): string | null {
  const etag = headers.get('etag');
  if (etag !== null && /^"[^"]*"$/.test(etag)) return etag;
  const modified = headers.get('last-modified');
  const date = headers.get('date');
  if (isCrossOrigin || etag !== null || modified === null || date === null) return null;
  return Date.parse(date) - Date.parse(modified) >= 1000 ? modified : null;
}

/** What was kept of a download, in order to ask for the rest of it. */
export interface Kept {
  readonly received: number;
  readonly validator: string;
  /** The size of the file, if an answer named it. */
  readonly size: number | null;
}

/** A part of the file: `skip` bytes of it are known already, and `end` is where it ends in the file. */
export interface RangePart {
  readonly type: 'part';
  readonly skip: number;
  readonly end: number;
  readonly completeLength: number | null;
}

/** How an answer relates to the bytes that were asked for. */
export type RangeVerdict =
  /** The whole file, from its first byte on. */
  | { readonly type: 'whole' }
  | RangePart
  /** A part whose place CORS hides. */
  | { readonly type: 'hidden' }
  /** It does not fit what was kept (`changed`), or nothing at all, for a reason. */
  | { readonly type: 'changed' | 'unfit'; readonly reason: string };

const unfit = (reason: string): RangeVerdict => ({ type: 'unfit', reason });
const changed = (reason: string): RangeVerdict => ({ type: 'changed', reason });

/**
 * Judges an accepted answer against what was asked for. A 206 must be of the same file, and may neither
 * begin after the kept bytes nor end before them; it may be less than was asked for (RFC 9110 15.3.7).
 *
 * @param kept What the request asked to continue; `null` if it asked for all.
 */
export function judgeRange(status: number, headers: Headers, kept: Kept | null): RangeVerdict {
  if (status !== 206) return { type: 'whole' };
  const type = headers.get('content-type') ?? '';
  if (/^multipart\/byteranges\b/i.test(type)) return unfit('it comes in several parts');
  if (!isIdentity(headers)) return unfit('it has a Content-Encoding');
  const range = parseContentRange(headers);
  if (range === null) return { type: 'hidden' };
  const { start = null, end = null, completeLength = null } = range ?? {};
  if (start === null || end === null) return unfit('its Content-Range makes no sense');
  const from = kept?.received ?? 0;
  if (start > from) return changed(`it begins at ${start} and not at ${from}`);
  if (kept !== null) {
    const { size } = kept;
    if (size !== null && completeLength !== null && completeLength !== size) {
      return changed(`the file now has ${completeLength} bytes and had ${size}`);
    }
    const validator = headers.get(kept.validator.startsWith('"') ? 'etag' : 'last-modified');
    if (validator !== null && validator !== kept.validator) {
      return changed('it is of another version of the file');
    }
  }
  if (end < from) return changed(`it ends at ${end}, before ${from}`);
  return { type: 'part', skip: from - start, end: end + 1, completeLength };
}
