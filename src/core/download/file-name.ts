/** Longest file name, in characters: what common file systems take. */
const MAX_LENGTH = 200;

/**
 * The name of a downloaded file: the option, then `filename*` (RFC 8187), then `filename`
 * (RFC 6266), then the last segment of the URL. Never a path, never anything invisible.
 */
export function fileNameOf(
  option: string | undefined,
  disposition: string | null,
  url: string,
): string {
  const parameters = disposition === null ? undefined : parseDisposition(disposition);
  const candidates = [
    option,
    parameters && decodeExtended(parameters.get('filename*')),
    parameters && decodePlain(parameters.get('filename')),
    lastSegment(url),
  ];
  for (const candidate of candidates) {
    const name = sanitise(candidate ?? '');
    if (name !== '') return name;
  }
  return 'download';
}

/** The parameters of a Content-Disposition, by lower-case name; the first of a name counts. */
function parseDisposition(value: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const pattern = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:\\[\s\S]|[^"\\])*)(?:"|$)|([^;]*))/g;
  for (const [, name = '', quoted, token] of value.matchAll(pattern)) {
    const key = name.toLowerCase();
    // Servers do not escape the backslashes of a path.
    const text = quoted === undefined ? (token ?? '').trim() : quoted.replace(/\\(["\\])/g, '$1');
    if (!parameters.has(key)) parameters.set(key, text);
  }
  return parameters;
}

/** An extended value: charset, language, percent-encoded bytes (RFC 8187 3.2). */
function decodeExtended(value: string | undefined): string | undefined {
  const match = /^([^']*)'[^']*'(.*)$/.exec(value ?? '');
  if (match === null) return undefined;
  const [, charset = '', encoded = ''] = match;
  if (!/^(utf-8|iso-8859-1)$/i.test(charset)) return undefined;
  const bytes: number[] = [];
  for (const [part] of encoded.matchAll(/%[0-9a-f]{2}|[\s\S]/gi)) {
    bytes.push(part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0));
  }
  return decode(bytes, charset);
}

/** A plain value: UTF-8 where its bytes are that, as many servers send it, else as it is. */
function decodePlain(value = ''): string {
  const bytes = Array.from(value, (character) => character.charCodeAt(0));
  return (bytes.every((byte) => byte <= 0xff) && decode(bytes, 'utf-8')) || value;
}

function decode(bytes: readonly number[], charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

function lastSegment(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const segment =
    path
      .replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
      .split('/')
      .pop() ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * The last segment of a path (RFC 6266 4.3), without invisible characters, leading dots and blanks.
 */
function sanitise(name: string): string {
  const segment = /[^/\\]*$/.exec(name)?.[0] ?? '';
  const visible = Array.from(segment).filter(
    (character) => !isHarmful(character.codePointAt(0) ?? 0),
  );
  const base = visible
    .join('')
    .replace(/^[.\s]+/, '')
    .trimEnd();
  const characters = Array.from(base);
  if (characters.length <= MAX_LENGTH) return base;
  const [ending = ''] = /\.\w{1,10}$/.exec(base) ?? [];
  return characters.slice(0, MAX_LENGTH - ending.length).join('') + ending;
}

function isHarmful(code: number): boolean {
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  // Characters without width, line separators, and what turns the direction of writing.
  const isInvisible =
    code === 0x061c ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff;
  // The separator of Windows drives and streams.
  return isControl || isInvisible || code === 0x3a;
}
