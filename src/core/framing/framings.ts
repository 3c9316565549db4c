import { createBytesFraming } from './bytes.ts';
import type { Framing, FramingOptions } from './framing.ts';
import { createLineFraming } from './lines.ts';
import { createSseFraming } from './sse.ts';
import { createTextFraming, createWholeFraming, decoderFor } from './text.ts';

/** One way to cut a body into messages. */
export interface FramingEntry {
  /** The content types for which `'auto'` chooses it. */
  readonly types: readonly string[];
  /** What a request for it accepts. */
  readonly accept: string;
  /** What follows the data of each message in `text`; `null` if only `toText` adds to it. */
  readonly textEnd: '' | '\n' | null;
  /** How values are made unless the caller says otherwise. */
  readonly parse?: 'json';
  create(options: FramingOptions): Framing<string | Uint8Array>;
}

/** How the body of a streaming fetch is cut into messages. */
export type FramingName = 'text' | 'lines' | 'sse' | 'ndjson' | 'bytes';

/**
 * The framings. To add one, write its file, its name and its row. Rows are plain literals, so that
 * bundlers drop the table where nothing reads it.
 */
export const FRAMINGS: Readonly<Record<FramingName, FramingEntry>> = {
  text: { types: [], accept: '*/*', textEnd: '', create: createTextFraming },
  lines: {
    types: [],
    accept: '*/*',
    textEnd: '\n',
    create: (options) => createLineFraming(options, decoderFor(options.headers), false),
  },
  sse: {
    types: ['text/event-stream'],
    accept: 'text/event-stream',
    textEnd: '',
    create: createSseFraming,
  },
  ndjson: {
    types: [
      'application/x-ndjson',
      'application/ndjson',
      'application/x-ldjson',
      'application/jsonl',
      'application/x-jsonl',
      'application/jsonlines',
      'application/json-lines',
      'application/x-jsonlines',
      'application/stream+json',
      'text/x-ndjson',
    ],
    accept: 'application/x-ndjson',
    textEnd: null,
    parse: 'json',
    // JSON text that is exchanged is UTF-8 (RFC 8259 8.1).
    create: (options) => createLineFraming(options, new TextDecoder(), true),
  },
  bytes: { types: [], accept: '*/*', textEnd: null, create: createBytesFraming },
};

/** A framing of the table by its name, the one for the content type, or one of the caller's own. */
export type FramingOption =
  | FramingName
  | 'auto'
  | ((options: FramingOptions) => Framing<string | Uint8Array>);

/** Whether a body of this type is JSON as a whole. */
export const isJson = (essence: string): boolean =>
  essence === 'application/json' || essence.endsWith('+json');

/**
 * The framing in force: the one that is named, or for `'auto'` the one for the content type (event
 * streams, NDJSON, other text and JSON as text, all else as bytes).
 *
 * @param wantsValues Whether values are made of the messages: then a JSON body is one message.
 */
export function chooseFraming(
  name: FramingOption,
  essence: string,
  wantsValues: boolean,
): FramingEntry {
  if (typeof name === 'function') return { ...FRAMINGS.text, create: name };
  if (name !== 'auto') return FRAMINGS[name];
  const entries: readonly FramingEntry[] = Object.values(FRAMINGS);
  const named = entries.find(({ types }) => types.includes(essence));
  if (named !== undefined) return named;
  if (!isJson(essence)) {
    return essence === '' || essence.startsWith('text/') ? FRAMINGS.text : FRAMINGS.bytes;
  }
  // A JSON body has a value only as a whole.
  return wantsValues ? { ...FRAMINGS.text, create: createWholeFraming } : FRAMINGS.text;
}

/**
 * What is wrong with a MIME essence where messages are expected, in a sentence; `null` for nothing. A
 * page is no stream; other types are believed to be what the caller says, since servers label streams
 * wrongly.
 */
export function refusal(name: FramingOption, essence: string): string | null {
  const isPage = essence === 'text/html' && /^(auto|sse|ndjson)$/.test(String(name));
  return isPage ? `The server sent ${essence} instead of a stream.` : null;
}

/** What a request for such a framing accepts. */
export function acceptFor(name: FramingOption): string {
  return chooseFraming(name, '', false).accept;
}

/**
 * Makes a framing by its name: bytes in, messages out, for one response. It has no effects, and so
 * also serves to read a body that was not fetched.
 *
 * @example
 * const framing = createFraming('ndjson');
 * const bytes = new TextEncoder().encode('{"level":3}\n');
 * for (const item of framing.push(bytes)) if (item.kind === undefined) console.log(item.data);
 */
export function createFraming(name: 'bytes', options?: FramingOptions): Framing<Uint8Array>;
/** All other framings give text. */
export function createFraming(
  name: Exclude<FramingName, 'bytes'>,
  options?: FramingOptions,
): Framing;
/** If the name is known only at run time, so is the type of the messages. */
export function createFraming(
  name: FramingName,
  options?: FramingOptions,
): Framing<string | Uint8Array>;
export function createFraming(
  name: FramingName,
  options: FramingOptions = {},
): Framing<string | Uint8Array> {
  return FRAMINGS[name].create(options);
}
