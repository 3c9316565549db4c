/** The fields of one Server-Sent Event; those left out are not sent. */
export interface EventFields {
  readonly event?: string;
  readonly data?: string;
  readonly id?: string | number;
  /** Reconnection time in ms. */
  readonly retry?: number;
}

/** One event as it goes over the wire (WHATWG HTML 9.2.5); every line of the data gets its field. */
export function encodeEvent({ event, data, id, retry }: EventFields): string {
  const lines = [
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`)),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** A comment: bytes that keep a connection alive and reach no message handler. */
export function encodeComment(text: string): string {
  return `: ${text}\n\n`;
}
