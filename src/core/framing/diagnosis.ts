import type { Environment } from '../environment.ts';
import { hintBuffering, hintIgnoredEnd, hintNoBlankLine, hintNoMessages } from '../hints.ts';
import type { Attempt } from '../request/attempt.ts';
import type { FramedItem } from './framing.ts';

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Looks at the chunks of an event stream for the classic mistakes of servers. */
export interface Diagnosis {
  chunk(bytes: Uint8Array, items: readonly FramedItem<unknown>[]): void;
  end(): void;
}

/** How much of the start and of the end of a body is looked at, in bytes. */
const EXCERPT_BYTES = 64;
const SLOW_MS = 2000;
const BURST_MS = 50;
const BURST_MESSAGES = 10;
/**
 * This many chunks that each begin a line, over more than `SLOW_MS`, are many messages and not a long
 * one.
 */
const FIELD_CHUNKS = 10;
const KNOWN_FIELD = /(^|[\r\n])(data|event|id|retry):/;
/**
 * Fields of other names are ignored and are not a mistake: some servers send `ping: ` to show life.
 */
const ANY_FIELD = /(^|[\r\n])[\w-]*:/;
const BLANK_LINE = /(\r\n|\r|\n)(\r\n|\r|\n)/;

const decode = (bytes: Iterable<number>) => new TextDecoder().decode(Uint8Array.from(bytes));

/** Watches for a body that makes no message. */
function createSilenceWatch(environment: Environment, url: string, openedAt: number) {
  let excerpt: number[] = [];
  let fieldChunks = 0;
  let atLineStart = true;
  let hasMessages = false;
  let hasSpoken = false;

  /** Says what is missing, once. */
  function say(hint: typeof hintNoMessages, text: string): void {
    hasSpoken = true;
    hint(environment, url, text);
  }

  return {
    chunk(bytes: Uint8Array, items: readonly FramedItem<unknown>[]): void {
      hasMessages ||= items.some(({ kind }) => kind === undefined);
      if (hasMessages || hasSpoken) return;
      // Comments and retry times are signs of life from a server that knows the format; an id alone is
      // not.
      if (items.some(({ kind }) => kind !== 'id')) {
        excerpt = [];
        fieldChunks = 0;
        atLineStart = true;
        return;
      }
      excerpt.push(...bytes.subarray(0, EXCERPT_BYTES - excerpt.length));
      const beginsField = /^(data|event|id)\b/.test(decode(bytes.subarray(0, 6)));
      if (atLineStart && beginsField) fieldChunks += 1;
      atLineStart = /[\r\n]$/.test(decode(bytes.subarray(-1)));
      const text = decode(excerpt);
      if (!ANY_FIELD.test(text)) {
        if (excerpt.length >= EXCERPT_BYTES && text.trim() !== '') say(hintNoMessages, text);
      } else if (fieldChunks >= FIELD_CHUNKS && environment.now() - openedAt > SLOW_MS) {
        if (!BLANK_LINE.test(text)) say(hintNoBlankLine, text);
      }
    },
    /** Returns whether there was a message. */
    end(): boolean {
      const text = decode(excerpt);
      if (hasMessages || hasSpoken || text.trim() === '') return hasMessages;
      if (!ANY_FIELD.test(text)) say(hintNoMessages, text);
      else if (KNOWN_FIELD.test(text) && !BLANK_LINE.test(text)) say(hintNoBlankLine, text);
      return false;
    },
  };
}

/** The last block of a body if it is meant as an event but is not one, because it has no data. */
function ignoredBlock(tail: string): string | null {
  const blocks = tail.trimEnd().split(/(?:\r\n|\r|\n){2,}/);
  // Without a blank line before it, this may be only the end of a block.
  if (blocks.length < 2) return null;
  const lines = blocks.at(-1)?.split(/\r\n|\r|\n/) ?? [];
  const meant = lines.filter((line) => !/^(:|id\b|retry\b)/.test(line));
  return meant.length === 0 || meant.some((line) => /^data\b/.test(line)) ? null : meant.join('\n');
}

function createDiagnosis(
  environment: Environment,
  { url = '', startedAt }: Attempt,
  headers: Headers,
): Diagnosis {
  const openedAt = environment.now();
  const isEncoded = headers.has('content-encoding');
  const silence = createSilenceWatch(environment, url, openedAt);
  const tail = new Uint8Array(EXCERPT_BYTES);
  let firstAt: number | null = null;
  // Firefox shows no headers before the first byte of the body, however early they came.
  let isLate = openedAt - startedAt > SLOW_MS && !/firefox/i.test(globalThis.navigator?.userAgent);
  let early = 0;

  return {
    chunk(bytes, items) {
      silence.chunk(bytes, items);
      const last = bytes.subarray(-EXCERPT_BYTES);
      tail.copyWithin(0, last.length);
      tail.set(last, EXCERPT_BYTES - last.length);
      if (firstAt === null) {
        firstAt = environment.now();
        // A compressor sends the headers at once, and holds back the body.
        isLate ||= isEncoded && firstAt - openedAt > SLOW_MS;
      }
      if (!isLate || early >= BURST_MESSAGES) return;
      if (environment.now() - firstAt > BURST_MS) return;
      early += items.length;
      if (early >= BURST_MESSAGES) hintBuffering(environment, url);
    },
    end() {
      const block = silence.end() ? ignoredBlock(decode(tail)) : null;
      if (block !== null) hintIgnoredEnd(environment, url, block);
    },
  };
}

/**
 * Says once, in development, that a body is not an event stream, that its end is ignored, or that
 * something on the way holds the messages back. `null` in production, where bundlers drop all of it.
 */
export function diagnose(
  environment: Environment,
  attempt: Attempt,
  response: Response,
): Diagnosis | null {
  try {
    if (process.env.NODE_ENV !== 'production') {
      return createDiagnosis(environment, attempt, response.headers);
    }
  } catch {}
  return null;
}
