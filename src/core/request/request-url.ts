import type { Environment } from '../environment.ts';
import { messageOf, StreamError } from '../errors.ts';
import type { UrlSource } from '../types.ts';
import type { Attempt } from './attempt.ts';

/**
 * The text of a URL; `null` for anything but a string that is not blank, or an object with such an
 * `href`.
 */
export function urlText(url: unknown): string | null {
  const { href }: { href?: unknown } = Object(url);
  const text = typeof url === 'string' ? url : href;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
}

/** The URL of one attempt: that of the caller, or what the caller's function returns now. */
export async function evaluateUrl(attempt: Attempt, url: UrlSource | null): Promise<unknown> {
  if (typeof url !== 'function') return url;
  try {
    return await url();
  } catch (cause) {
    throw attempt.fail('request-setup', `\`url\` failed: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * The absolute form of a request URL. Throws `invalid-url` for what cannot be requested, without
 * repeating it: it may hold a password.
 */
export function resolveUrl(url: unknown, base: string | undefined, { number }: Attempt): URL {
  const text = urlText(url);
  const refuse = (message: string) => new StreamError('invalid-url', message, { attempt: number });
  if (text === null) throw refuse('There is no URL to request.');
  let resolved: URL;
  try {
    resolved = new URL(text, base);
  } catch {
    throw refuse('The URL is not valid.');
  }
  if (resolved.username !== '' || resolved.password !== '') {
    throw refuse('The URL carries credentials.');
  }
  return resolved;
}

/** Whether a request leaves the origin of the page; never outside a browser. */
export function isCrossOrigin(url: URL, environment: Environment): boolean {
  const base = environment.baseUrl();
  return base !== undefined && new URL(base).origin !== url.origin;
}
