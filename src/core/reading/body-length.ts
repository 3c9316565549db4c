/** Whether a body arrives as it was sent: no content coding that fetch would have decoded. */
export function isIdentity(headers: Headers): boolean {
  const encoding = headers.get('content-encoding');
  return encoding === null || encoding.toLowerCase() === 'identity';
}

/** The declared length of an unencoded body in bytes (RFC 9110 8.6), `null` where it says nothing. */
export function declaredLength(headers: Headers): number | null {
  const length = headers.get('content-length');
  if (length === null || !/^\d+$/.test(length) || !isIdentity(headers)) return null;
  return Number(length);
}

/**
 * Whether a body ended before its declared length, however the engine reports that. Across origins
 * CORS shows the length and may hide the coding, so a clean end there is taken for the end.
 *
 * @param hasEnded Whether the engine reported an end and not an error.
 */
export function isCutShort(response: Response, bytesReceived: number, hasEnded: boolean): boolean {
  const { headers, type } = response;
  const declared = declaredLength(headers);
  if (declared === null || bytesReceived >= declared) return false;
  return !(hasEnded && type === 'cors' && !headers.has('content-encoding'));
}
