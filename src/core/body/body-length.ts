/**
 * Whether a body arrives as it was sent: no content coding that fetch would have decoded. An empty
 * value is none, and `aws-chunked` describes the upload only: the storage serves the file without it.
 */
export function isIdentity(headers: Headers): boolean {
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',');
  return codings.every((coding) => /^\s*(identity|aws-chunked)?\s*$/.test(coding));
}

/**
 * The declared length of an unencoded body in bytes (RFC 9110 8.6); `null` where there is none, or it
 * says nothing.
 */
export function declaredLength(headers: Headers): number | null {
  const length = headers.get('content-length');
  if (length === null || !/^\d+$/.test(length) || !isIdentity(headers)) return null;
  return Number(length);
}

/**
 * How many bytes a complete body has; `null` where nothing proves it. Across origins CORS shows the
 * length and may hide the coding, so the length proves nothing there, except of a range: browsers ask
 * for ranges without any coding.
 */
export function provenLength({ headers, type, status }: Response): number | null {
  const isHidden = type === 'cors' && status !== 206 && !headers.has('content-encoding');
  return isHidden ? null : declaredLength(headers);
}
