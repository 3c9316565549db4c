/** A MIME type by its `type/subtype`, before parameters (WHATWG MIME Sniffing 4.4). */
const ESSENCE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** Splits a header list at its commas, but not inside quoted strings (Fetch 2.2.2). */
const VALUES = /(?:"(?:\\.|[^"\\])*"?|[^,"])+/g;

/** What a `Content-Type` says. */
export interface MimeType {
  /** Lower case, without parameters; empty where there is none or it makes no sense. */
  readonly essence: string;
  readonly charset: string | undefined;
}

/**
 * Extracts a MIME type from the header list, as Fetch does (2.2.3): of several, such as one of a
 * framework and one of a proxy, the last valid one; a charset carries over to a later type with the same
 * essence.
 */
export function mimeTypeOf(headers: Headers): MimeType {
  let essence = '';
  let charset: string | undefined;
  for (const value of (headers.get('content-type') ?? '').match(VALUES) ?? []) {
    const next = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
    if (!ESSENCE.test(next) || next === '*/*') continue;
    const named = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(value)?.[1];
    charset = next === essence ? (named ?? charset) : named;
    essence = next;
  }
  return { essence, charset };
}
