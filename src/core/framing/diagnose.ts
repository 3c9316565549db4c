import type { Environment } from '../environment.ts';
import { hintBuffering, hintNoMessages } from '../hints.ts';
import type { FramedItem } from './framing.ts';

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Looks at the first chunks of an event stream for the two classic mistakes of servers. */
export interface Diagnosis {
  chunk(bytes: Uint8Array, items: readonly FramedItem<unknown>[]): void;
  end(): void;
}

/** How much of a body without messages is looked at, in bytes. */
const EXCERPT_BYTES = 64;
const SLOW_MS = 2000;
const BURST_MS = 50;
const BURST_MESSAGES = 10;

function createDiagnosis(environment: Environment, url: string, waitedMs: number): Diagnosis {
  const openedAt = environment.now();
  let excerpt: number[] | null = [];
  let early = 0;
  let finished = false;

  function judge(isEnd: boolean): void {
    if (excerpt === null || excerpt.length === 0) return;
    const text = new TextDecoder().decode(new Uint8Array(excerpt));
    const looksRight = /(^|[\r\n])(data|event|id|retry)?:/.test(text);
    if (isEnd || (excerpt.length >= EXCERPT_BYTES && !looksRight)) {
      hintNoMessages(environment, url, text);
    }
    if (isEnd || excerpt.length >= EXCERPT_BYTES) excerpt = null;
  }

  return {
    chunk(bytes, items) {
      if (finished) return;
      if (items.length > 0) excerpt = null;
      if (excerpt !== null) {
        excerpt.push(...bytes.subarray(0, EXCERPT_BYTES - excerpt.length));
        if (excerpt.length >= EXCERPT_BYTES) judge(false);
      }
      const inBurst = waitedMs > SLOW_MS && environment.now() - openedAt <= BURST_MS;
      if (inBurst) {
        early += items.length;
        if (early >= BURST_MESSAGES) hintBuffering(environment, url);
      }
      finished = excerpt === null && (!inBurst || early >= BURST_MESSAGES);
    },
    end: () => judge(true),
  };
}

/**
 * Says once, in development, that a body is no event stream, or that something on the way holds the
 * messages back. `null` in production, where bundlers drop all of it.
 *
 * @param waitedMs How long the headers took.
 */
export function diagnose(
  environment: Environment,
  url: string,
  waitedMs: number,
): Diagnosis | null {
  try {
    if (process.env.NODE_ENV !== 'production') return createDiagnosis(environment, url, waitedMs);
  } catch {}
  return null;
}
