import type { Environment } from '../environment.ts';
import type { Fail } from '../errors.ts';

/** The absolute form of a request URL, or an `invalid-url` error that says what is wrong with it. */
export function resolveUrl(url: string, environment: Environment, fail: Fail): URL {
  const base = environment.baseUrl();
  let resolved: URL;
  try {
    resolved = new URL(url, base);
  } catch (cause) {
    const advice =
      base === undefined
        ? 'Outside a browser only absolute URLs can be requested.'
        : 'Give a URL that is valid against the page.';
    throw fail('invalid-url', `${JSON.stringify(url)} is not a URL. ${advice}`, { cause });
  }
  if (resolved.username !== '' || resolved.password !== '') {
    throw fail(
      'invalid-url',
      `${JSON.stringify(url)} carries credentials, which fetch refuses. Send them in \`headers\`.`,
    );
  }
  return resolved;
}

/** Whether a request leaves the origin of the page; never outside a browser. */
export function isCrossOrigin(url: URL, environment: Environment): boolean {
  const base = environment.baseUrl();
  return base !== undefined && new URL(base).origin !== url.origin;
}
