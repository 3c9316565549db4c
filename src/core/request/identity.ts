import type { StreamOptions, UrlSource } from '../types.ts';
import { isJsonBody, methodOf, tagOf } from './build-request.ts';
import { urlText } from './request-url.ts';

/** JSON texts of bodies, so that a body is written out only when its reference changed. */
const jsonTexts = new WeakMap<object, string>();

function jsonTextOf(body: object): string | null {
  const known = jsonTexts.get(body);
  if (known !== undefined) return known;
  try {
    const text = JSON.stringify(body);
    jsonTexts.set(body, text);
    return text;
  } catch {
    // What cannot be written as JSON fails as `request-setup` when it is sent.
    return null;
  }
}

/** The part of a body that takes part in the identity; `null` for bodies that have no text. */
function bodyIdentity(body: StreamOptions['body']): string | null {
  if (typeof body === 'string') return body;
  if (tagOf(body) === 'URLSearchParams') return String(body);
  return isJsonBody(body) ? jsonTextOf(body) : null;
}

/**
 * What makes two requests the same: method, URL as text, body and `key`. Headers, callbacks and URL
 * functions take no part, so inline objects and arrows are safe; another user belongs in `key`.
 */
export function identityOf(
  url: UrlSource | null,
  options: Pick<StreamOptions, 'method' | 'body' | 'key'>,
): string | null {
  if (url === null) return null;
  return JSON.stringify([
    methodOf(options),
    typeof url === 'function' ? null : urlText(url),
    bodyIdentity(options.body),
    options.key ?? null,
  ]);
}
