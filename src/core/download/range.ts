import { isIdentity } from '../reading/body-length.ts';

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
  const isUpsideDown = range.start !== null && range.end !== null && range.end < range.start;
  return isUpsideDown ? undefined : range;
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

/** What was kept of a download, to ask for the rest of it. */
export interface Kept {
  readonly received: number;
  readonly validator: string;
  readonly total: number | null;
}

/** What to do with an answer: begin at 0, go on at the end, or refuse with a reason. */
export type RangeVerdict =
  | { readonly type: 'fresh' | 'continue' }
  | { readonly type: 'refuse'; readonly reason: string };

const refuse = (reason: string): RangeVerdict => ({ type: 'refuse', reason });

/**
 * Judges an accepted answer against what was asked for (decision 20). A 206 must begin where the kept
 * bytes end and be of the same file; anything else but a whole representation is refused.
 *
 * @param kept What the request asked to continue; `null` if it asked for all.
 */
export function judgeRange(status: number, headers: Headers, kept: Kept | null): RangeVerdict {
  if (status !== 206) return { type: 'fresh' };
  const type = headers.get('content-type') ?? '';
  if (/^multipart\/byteranges\b/i.test(type)) return refuse('it comes in several parts');
  if (!isIdentity(headers)) return refuse('it has a Content-Encoding');
  const range = parseContentRange(headers);
  if (range === undefined) return refuse('its Content-Range makes no sense');
  // CORS hides Content-Range unless it is exposed; the first part can only begin at 0.
  if (range === null) return kept === null ? { type: 'fresh' } : refuse(HIDDEN_RANGE);
  const start = kept?.received ?? 0;
  if (range.start !== start) return refuse(`it begins at ${range.start} and not at ${start}`);
  const { completeLength, end } = range;
  if (completeLength !== null && end !== completeLength - 1)
    return refuse('it is not all the rest');
  if (kept === null) return { type: 'fresh' };
  if (kept.total !== null && completeLength !== null && completeLength !== kept.total) {
    return refuse(`the file now has ${completeLength} bytes and had ${kept.total}`);
  }
  const validator = headers.get(kept.validator.startsWith('"') ? 'etag' : 'last-modified');
  if (validator !== null && validator !== kept.validator) {
    return refuse('it is of another version of the file');
  }
  return { type: 'continue' };
}

const HIDDEN_RANGE =
  'its Content-Range cannot be read; across origins the server must send ' +
  '`Access-Control-Expose-Headers: Content-Range, ETag`';
