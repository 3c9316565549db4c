import { MAX_TIMER_MS } from '../environment.ts';

/**
 * The `Retry-After` header in ms from now (RFC 9110 10.2.3): seconds or an HTTP date. `undefined`
 * where there is none or it makes no sense.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, MAX_TIMER_MS);
  // `Date.parse` would take other numbers for dates too.
  const date = /^[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_TIMER_MS);
}
