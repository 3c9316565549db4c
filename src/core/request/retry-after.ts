import { MAX_TIMER_MS } from '../environment.ts';

/**
 * How long the server asks to be left alone, in ms: `Retry-After` (RFC 9110 10.2.3) in seconds or as an
 * HTTP date, or `retry-after-ms`, as providers of language models send it. `undefined` where there is
 * none or it makes no sense.
 *
 * @param now The wall clock: a date is one of the server's.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const ms = headers.get('retry-after-ms')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(ms)) return Math.min(Number(ms), MAX_TIMER_MS);
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, MAX_TIMER_MS);
  // `Date.parse` would take other numbers for dates too.
  const isDate = /^[a-z]/i.test(value);
  // The third form of RFC 9110 5.6.7 has no zone, and means UTC.
  const date = isDate ? Date.parse(/\d$/.test(value) ? `${value} GMT` : value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_TIMER_MS);
}
