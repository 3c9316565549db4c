/** The fields of one block of an event stream (WHATWG HTML 9.2.5). */
export interface EncodableMessage {
  readonly event?: string | undefined;
  /** Several lines become several `data:` fields; what is not a string is written as JSON. */
  readonly data?: unknown;
  readonly id?: string | number | undefined;
  /** Reconnection time, in ms. */
  readonly retry?: number | undefined;
  readonly comment?: string | undefined;
}

/**
 * One block of an event stream as text, its blank line included: the inverse of parsing.
 *
 * @param newline Line end, one of the three that the standard allows. Default LF.
 * @example encodeMessage({ event: 'price', data: { value: 3 }, id: 7 })
 */
export function encodeMessage(
  { comment, event, id, retry, data }: EncodableMessage,
  newline: '\n' | '\r\n' | '\r' = '\n',
): string {
  const lines: string[] = [];
  for (const line of comment?.split(/\r\n|\r|\n/) ?? []) lines.push(`: ${line}`);
  if (event !== undefined) lines.push(`event: ${event}`);
  if (id !== undefined) lines.push(`id: ${id}`);
  if (retry !== undefined) lines.push(`retry: ${retry}`);
  if (data !== undefined) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    for (const line of text.split(/\r\n|\r|\n/)) lines.push(`data: ${line}`);
  }
  return [...lines, '', ''].join(newline);
}
