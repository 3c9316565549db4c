/** Streams of growing length: one huge event, many events, an answer of many tokens. */
import { core } from './core.mjs';
import { heapInUse, timePerPass } from './measure.mjs';
import { findSubscriber } from './subscribers.mjs';
import { cut, encode, responseOf } from './wire.mjs';

const { createEventSource, createStreamingFetch } = core;
const CHUNK_BYTES = 64 * 1024;

/**
 * One event of so many characters.
 *
 * @param {{ subscriber: string, size: number, quick: boolean }} options
 */
export async function hugeEvent({ subscriber, size, quick }) {
  const subscribe = await findSubscriber(subscriber, {
    maxMessageLength: Number.POSITIVE_INFINITY,
  });
  const data = 'a river runs '.repeat(Math.ceil(size / 13)).slice(0, size);
  const chunks = cut(encode(`data: ${data}\n\n`), CHUNK_BYTES);
  const read = async () => {
    /** @type {unknown[]} */
    const received = [];
    await subscribe(
      () => responseOf(chunks),
      (text) => void received.push(text),
    );
    const [text] = received;
    return { expected: 1, received: received.length, isSame: text === data };
  };

  return {
    async verify() {
      const { isSame, ...answer } = await read();
      return { ...answer, fault: isSame ? undefined : 'its text is another one' };
    },
    async run() {
      let received = 0;
      let passes = 0;
      const cpu = await timePerPass(async () => {
        passes += 1;
        const answer = await read();
        received += answer.received;
      }, quick);
      return { expected: passes, received, costs: { cpu } };
    },
  };
}

/**
 * Events into the state of a subscription that somebody shows.
 *
 * @param {{ size: number, quick: boolean }} options
 */
export function manyEvents({ size, quick }) {
  const blocks = Array.from({ length: size }, (_, index) => `id: ${index}\ndata: event\n\n`);
  const chunks = cut(encode(blocks.join('')), CHUNK_BYTES);
  return streamTask(size, quick, async (onProgress) => {
    const source = createEventSource('http://localhost/', {
      fetch: async () => responseOf(chunks),
      retry: false,
      reduce: (count) => count + 1,
      initialState: 0,
      onChunk: onProgress,
    });
    await new Promise((resolve) => {
      source.subscribe(() => {
        if (source.getSnapshot().status === 'done') resolve(undefined);
      });
      source.start();
    });
    return source.getSnapshot().state;
  });
}

/**
 * An answer of tokens, each a chunk and an event, that somebody shows.
 *
 * @param {{ size: number, quick: boolean }} options
 */
export function manyTokens({ size, quick }) {
  const TOKEN = 'token ';
  const chunk = encode(`data: ${TOKEN}\n\n`);
  const chunks = Array.from({ length: size }, () => chunk);
  return streamTask(size, quick, async (onProgress) => {
    const run = createStreamingFetch('http://localhost/', {
      fetch: async () => responseOf(chunks),
      onChunk: onProgress,
    });
    // Whoever shows a text reads it: then it is one, and not a heap of pieces.
    run.subscribe(() => run.getSnapshot().text.at(-1));
    const { text } = await run.start();
    return text === TOKEN.repeat(size) ? size : Math.floor(text.length / TOKEN.length);
  });
}

/** How many chunks there are between two looks at the heap. */
const CHUNKS_PER_LOOK = 64;

/**
 * A stream whose cost is measured in two passes: its time, and how high the heap rose.
 *
 * @param {number} expected
 * @param {boolean} quick
 * @param {(onProgress: (() => void) | undefined) => Promise<number>} stream gives how many came
 */
function streamTask(expected, quick, stream) {
  /** @returns {Promise<{ received: number, heap: number }>} */
  async function watchHeap() {
    const before = await heapInUse();
    let peak = before;
    let chunks = 0;
    const received = await stream(() => {
      chunks += 1;
      if (chunks % CHUNKS_PER_LOOK !== 1) return;
      const { heapUsed, external } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + external);
    });
    return { received, heap: peak - before };
  }

  return {
    async verify() {
      return { expected, received: await stream(undefined) };
    },
    async run() {
      const { received, heap } = await watchHeap();
      let all = received;
      let passes = 1;
      const cpu = await timePerPass(async () => {
        passes += 1;
        all += await stream(undefined);
      }, quick);
      return { expected: expected * passes, received: all, costs: { cpu, heap } };
    },
  };
}
