/** What stays in memory of long chunks of which one short message each is kept. */
import { core } from './core.mjs';
import { heapInUse } from './measure.mjs';
import { encode } from './wire.mjs';

const CHUNK_BYTES = 64 * 1024;

/** @param {number} index */
const keptText = (index) => `kept message ${String(index).padStart(7, '0')}`;

/**
 * A chunk with one message that is wanted, and much that is not.
 *
 * @param {number} index
 */
function makeChunk(index) {
  const wanted = `event: keep\ndata: ${keptText(index)}\n\n`;
  const rest = 'event: other\ndata: ';
  return encode(`${wanted}${rest}${'x'.repeat(CHUNK_BYTES - wanted.length - rest.length - 2)}\n\n`);
}

/** @param {number} count */
function makeResponse(count) {
  let next = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (next === count) controller.close();
      else controller.enqueue(makeChunk(next));
      next += 1;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/**
 * Each reads the stream and gives what keeps the texts.
 *
 * @type {Record<string, (count: number) => Promise<readonly { readonly data: string }[]>>}
 */
const KEEPERS = {
  async rivulet(count) {
    const source = core.createEventSource('http://localhost/', {
      fetch: async () => makeResponse(count),
      retry: false,
      events: ['keep'],
      maxMessages: count,
    });
    await new Promise((resolve) => {
      source.subscribe(() => {
        if (source.getSnapshot().status === 'done') resolve(undefined);
      });
      source.start();
    });
    return source.getSnapshot().messages;
  },

  async 'eventsource-parser'(count) {
    const { createParser } = await import('eventsource-parser');
    /** @type {{ data: string }[]} */
    const kept = [];
    const parser = createParser({
      onEvent(message) {
        if (message.event === 'keep') kept.push(message);
      },
    });
    const decoder = new TextDecoder();
    for await (const bytes of makeResponse(count).body ?? []) {
      parser.feed(decoder.decode(bytes, { stream: true }));
    }
    return kept;
  },

  async 'texts of their own'(count) {
    return Array.from({ length: count }, (_, index) => {
      return { data: Buffer.from(keptText(index)).toString() };
    });
  },
};

/** @param {{ keeper: string, count: number }} options */
export function retention({ keeper, count }) {
  const keep = KEEPERS[keeper];
  if (keep === undefined) throw new Error(`Nobody keeps like ${keeper}.`);
  /** @param {readonly { readonly data: string }[]} kept */
  const answer = (kept) => ({
    expected: count,
    received: kept.filter(({ data }, index) => data === keptText(index)).length,
  });
  return {
    async verify() {
      return answer(await keep(count));
    },
    async run() {
      // What the first stream of a process takes for itself is none of this one.
      await keep(Math.ceil(count / 100));
      const before = await heapInUse();
      const kept = await keep(count);
      const memory = Math.max(1, (await heapInUse()) - before);
      return { ...answer(kept), costs: { memory } };
    },
  };
}
