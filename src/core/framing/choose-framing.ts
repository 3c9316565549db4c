/** How the body of a streaming fetch is cut into messages. */
export type FramingName = 'text' | 'lines' | 'sse' | 'ndjson' | 'bytes';

const NDJSON_TYPES: readonly string[] = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/stream+json',
];

/** The framing that `'auto'` chooses for a MIME essence. */
function framingOf(essence: string): FramingName {
  if (essence === 'text/event-stream') return 'sse';
  if (NDJSON_TYPES.includes(essence)) return 'ndjson';
  return essence === '' || essence.startsWith('text/') || isJson(essence) ? 'text' : 'bytes';
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json');
}

/** The framing in force: the one named, or by the content type (decision 6). */
export function chooseFraming(name: FramingName | 'auto', essence: string): FramingName {
  return name === 'auto' ? framingOf(essence) : name;
}

/** What is wrong with a MIME essence where messages are expected; `null` for nothing. */
export function complaintAbout(name: FramingName | 'auto', essence: string): string | null {
  const isHtml =
    essence === 'text/html' && (name === 'auto' || name === 'sse' || name === 'ndjson');
  const isWhole = isJson(essence) && !NDJSON_TYPES.includes(essence) && name === 'sse';
  if (!isHtml && !isWhole) return null;
  return (
    `Expected a stream, but the server sent ${essence}. Check the URL and the server's ` +
    "Content-Type; to read it as it is, use `framing: 'text'`."
  );
}

/** What a request for such a framing accepts. */
export function acceptFor(name: FramingName | 'auto'): string {
  if (name === 'sse') return 'text/event-stream';
  return name === 'ndjson' ? 'application/x-ndjson' : '*/*';
}
