/**
 * How the cost of a stream grows with its length: linearly, it should be. In Node by processor time,
 * in Chromium with React by the time of the main thread.
 */
import { chromiumContests } from './growth-in-chromium.mjs';
import { compare, report } from './rounds.mjs';

/** @type {typeof import('rivulet/core')} */
const { createEventSource, createStreamingFetch } = await import(
  new URL('../../dist/core.js', import.meta.url).href
);

const CHUNK_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/**
 * A fetch that answers with these bytes, cut into chunks as a network would.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} chunkBytes
 */
function answering(bytes, chunkBytes) {
  return async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent >= bytes.length) controller.close();
        else controller.enqueue(bytes.subarray(sent, sent + chunkBytes));
        sent += chunkBytes;
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

/**
 * The processor time of a task, in ms.
 *
 * @param {() => Promise<void>} task
 */
async function processorTime(task) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * A subscription to an answer, followed like a component does, up to its sentinel.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} messages how many are expected
 */
function subscription(bytes, messages) {
  const fetch = answering(bytes, CHUNK_BYTES);
  return () =>
    processorTime(async () => {
      const source = createEventSource('http://localhost/', {
        fetch,
        endWhen: { event: 'end' },
        maxMessageLength: Number.POSITIVE_INFINITY,
        reduce: (count) => count + 1,
        initialState: 0,
      });
      await new Promise((resolve) => {
        source.subscribe(() => {
          if (source.getSnapshot().status === 'done') resolve(undefined);
        });
        source.start();
      });
      const { state } = source.getSnapshot();
      if (state !== messages) throw new Error(`${state} of ${messages} messages came.`);
    });
}

/**
 * A streamed answer of tokens, each a chunk and an event.
 *
 * @param {number} tokens
 */
function answer(tokens) {
  const token = encoder.encode('data: token \n\n');
  const fetch = answering(repeat(token, tokens), token.length);
  return () =>
    processorTime(async () => {
      const run = createStreamingFetch('http://localhost/', { fetch });
      run.subscribe(() => run.getSnapshot().text);
      const { status, text } = await run.start();
      const expected = 6 * tokens;
      if (status !== 'done' || text.length !== expected) {
        throw new Error(`${status} after ${text.length} of ${expected} characters.`);
      }
    });
}

/**
 * @param {Uint8Array} bytes
 * @param {number} times
 */
function repeat(bytes, times) {
  const all = new Uint8Array(bytes.length * times);
  for (let index = 0; index < times; index += 1) all.set(bytes, index * bytes.length);
  return all;
}

const END = 'event: end\ndata: \n\n';

/** @param {number} megabytes */
function oneEvent(megabytes) {
  const text = `data: ${'x'.repeat(megabytes * 1_000_000)}\n\n${END}`;
  return subscription(encoder.encode(text), 1);
}

/** @param {number} count */
function manyEvents(count) {
  const lines = Array.from({ length: count }, (_, index) => `id: ${index}\ndata: event\n\n`);
  return subscription(encoder.encode(lines.join('') + END), count);
}

/** @type {import('./rounds.mjs').Contest[]} */
const contests = [
  {
    name: 'one event of 10 and 20 MB (Node)',
    factor: 2,
    goal: 2.4,
    small: oneEvent(10),
    large: oneEvent(20),
  },
  {
    name: '10,000 and 100,000 events (Node)',
    factor: 10,
    goal: 12,
    small: manyEvents(10_000),
    large: manyEvents(100_000),
  },
  {
    name: '10,000 and 100,000 tokens (Node)',
    factor: 10,
    goal: 12,
    small: answer(10_000),
    large: answer(100_000),
  },
];

/** @param {{ rounds: number }} options */
export async function main({ rounds }) {
  const inChromium = await chromiumContests();
  try {
    report(await compare([...contests, ...inChromium.contests], rounds));
  } finally {
    await inChromium.close();
  }
}
