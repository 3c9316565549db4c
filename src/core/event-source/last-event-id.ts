/** Longest last event id that is sent, in bytes of UTF-8. */
const MAX_ID_BYTES = 4096;

/**
 * A last event id as a header value: one character for each byte of its UTF-8 form, as WHATWG HTML
 * 9.2.3 encodes it and as fetch takes header values. `null` for an id that cannot be sent: one
 * with control characters or of more than 4 KiB.
 */
export function encodeLastEventId(id: string): string | null {
  const bytes = new TextEncoder().encode(id);
  if (bytes.length > MAX_ID_BYTES) return null;
  let encoded = '';
  for (const byte of bytes) {
    if (byte < 0x20 || byte === 0x7f) return null;
    encoded += String.fromCharCode(byte);
  }
  return encoded;
}

/**
 * A URL with a query parameter set. The rest is left exactly as it is, because it may be signed;
 * relative URLs stay relative, a fragment stays at the end.
 */
export function withQuery(url: string, name: string, value: string): string {
  const [beforeHash = '', ...hash] = url.split('#');
  const [path = '', ...query] = beforeHash.split('?');
  const others = query
    .join('?')
    .split('&')
    .filter((part) => part !== '' && !new URLSearchParams(part).has(name));
  const own = new URLSearchParams([[name, value]]).toString();
  return [`${path}?${[...others, own].join('&')}`, ...hash].join('#');
}

/**
 * Finds out whether a cross-origin server refuses the `Last-Event-ID` header in its preflight. The
 * browser reports that exactly like a server that is down, so before an id is given up, an attempt
 * without it must open and one with it must fail again right after.
 */
export interface HeaderTrial {
  /** A new lifecycle begins: what the server refused before, it may allow now. */
  renew(): void;
  /** Begins an attempt; returns whether it carries the id. */
  begin(hasId: boolean, isCrossOrigin: boolean): boolean;
  /** The request was answered. */
  answered(): void;
  /** The answer was accepted, of another origin or not. Returns `false` if this was only a probe. */
  opened(isForeign: boolean): boolean;
  /** No answer came. Returns `true` if that proves that the header is refused. */
  connectFailed(): boolean;
}

/** The trial of one connection. */
export function createHeaderTrial(): HeaderTrial {
  let phase: 'trust' | 'probe' | 'confirm' | 'blocked' = 'trust';
  let openedWithoutId = false;
  let carriesId = false;
  let isProbe = false;
  let suspicious = false;
  let wasForeign = false;

  return {
    renew() {
      phase = 'trust';
    },
    begin(hasId, isCrossOrigin) {
      isProbe = hasId && phase === 'probe';
      carriesId = hasId && (phase === 'trust' || phase === 'confirm');
      suspicious = (isCrossOrigin || wasForeign) && openedWithoutId;
      return carriesId;
    },
    answered() {
      if (carriesId) phase = 'trust';
    },
    opened(isForeign) {
      wasForeign = isForeign;
      if (!carriesId) openedWithoutId = true;
      if (isProbe) phase = 'confirm';
      return !isProbe;
    },
    connectFailed() {
      if (isProbe) phase = 'trust';
      if (!carriesId) return false;
      const proven = phase === 'confirm';
      if (proven) phase = 'blocked';
      else if (suspicious) phase = 'probe';
      return proven;
    },
  };
}
