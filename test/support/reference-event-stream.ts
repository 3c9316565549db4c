/*
 * WHATWG HTML 9.2.5 and 9.2.6, word by word and of the whole stream at once: too slow and too
 * forgetful for use, and easy to compare with the standard.
 */

/** What a stream says, in order. */
export type ReferenceItem =
  | { readonly event: string; readonly data: string; readonly lastEventId: string }
  | { readonly id: string }
  | { readonly retry: number }
  | { readonly comment: string };

/** "Streams must be decoded using the UTF-8 decode algorithm", which strips one leading BOM. */
function decode(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Lines end in CRLF, LF or CR; what follows the last line end is no line. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/).slice(0, -1);
}

function interpret(lines: readonly string[]): ReferenceItem[] {
  const items: ReferenceItem[] = [];
  let dataBuffer = '';
  let eventTypeBuffer = '';
  let lastEventIdBuffer = '';
  let blockHasId = false;

  function processField(field: string, value: string): void {
    if (field === 'event') {
      eventTypeBuffer = value;
    } else if (field === 'data') {
      dataBuffer += `${value}\n`;
    } else if (field === 'id') {
      if (value.includes('\0')) return;
      lastEventIdBuffer = value;
      blockHasId = true;
    } else if (field === 'retry') {
      if (/^[0-9]+$/.test(value)) items.push({ retry: Number.parseInt(value, 10) });
    }
  }

  function dispatch(): void {
    if (dataBuffer === '') {
      if (blockHasId) items.push({ id: lastEventIdBuffer });
    } else {
      items.push({
        event: eventTypeBuffer === '' ? 'message' : eventTypeBuffer,
        data: dataBuffer.slice(0, -1),
        lastEventId: lastEventIdBuffer,
      });
    }
    dataBuffer = '';
    eventTypeBuffer = '';
    blockHasId = false;
  }

  for (const line of lines) {
    const colon = line.indexOf(':');
    if (line === '') dispatch();
    else if (colon === 0) items.push({ comment: line.slice(1).replace(/^ /, '') });
    else if (colon === -1) processField(line, '');
    else processField(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  return items;
}

/** What a stream of these bytes says. */
export function referenceItems(bytes: Uint8Array): ReferenceItem[] {
  return interpret(linesOf(decode(bytes)));
}

/** The message that the end of the stream discards, if a blank line would have dispatched one. */
export function referenceUnfinished(bytes: Uint8Array): ReferenceItem | undefined {
  const isMessage = (item: ReferenceItem) => 'data' in item;
  const text = decode(bytes);
  const complete = interpret(linesOf(text)).filter(isMessage);
  return interpret(linesOf(`${text}\n\n`)).filter(isMessage)[complete.length];
}
