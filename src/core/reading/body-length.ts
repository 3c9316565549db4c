/** The declared length of an unencoded body in bytes (RFC 9110 8.6), `null` where it says nothing. */
export function declaredLength(headers: Headers): number | null {
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') return null;
  const length = headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

/** Whether a body ended before its declared length, however the engine reports that. */
export function isCutShort(headers: Headers, bytesReceived: number): boolean {
  const declared = declaredLength(headers);
  return declared !== null && bytesReceived < declared;
}
