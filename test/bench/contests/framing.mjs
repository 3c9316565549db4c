/** Processor time of framing alone, beside `eventsource-parser` doing the same work: no reader, no hooks. */
import { inProcess } from '../framework/in-process.mjs';
import { speedAgainst } from '../framework/targets.mjs';
import { makeCorpus } from '../tasks/corpora.mjs';
import { timePerPass, warmUp } from '../tasks/measure.mjs';
import { cut, encode } from '../tasks/wire.mjs';

/** @typedef {import('../framework/contest.ts').Contest} Contest */

const PEER = 'eventsource-parser';
const CHUNK_BYTES = 16 * 1024;

/** @param {readonly string[]} texts */
const inLargeChunks = (texts) => cut(encode(texts.join('')), CHUNK_BYTES);

/** @param {number} count @param {(index: number) => string} makeText */
const repeat = (count, makeText) =>
  inLargeChunks(Array.from({ length: count }, (_, index) => makeText(index)));

/** @type {Record<string, { title: string, makeChunks: () => readonly Uint8Array[] }>} */
const SHAPES = {
  tiny: {
    title: 'tiny events, 16 KiB chunks',
    makeChunks: () => makeCorpus('tiny', '16 KiB', 20_000).chunks,
  },
  'json-each': {
    title: 'JSON of 200 bytes, one per chunk',
    makeChunks: () => makeCorpus('llm', 'event', 5000).chunks,
  },
  json: {
    title: 'JSON of 200 bytes, 16 KiB chunks',
    makeChunks: () => makeCorpus('llm', '16 KiB', 10_000).chunks,
  },
  named: {
    title: 'named events with ids, 16 KiB chunks',
    makeChunks: () =>
      repeat(10_000, (index) => `event: price\nid: ${index}\ndata: {"a":${index}}\n\n`),
  },
  crlf: {
    title: 'tiny events with CRLF, 16 KiB chunks',
    makeChunks: () => repeat(20_000, (index) => `data: ${index % 1000}\r\n\r\n`),
  },
  lines: {
    title: 'events of 1,000 data lines, 16 KiB chunks',
    makeChunks: () => repeat(20, () => `${'data: abcdefghij\n'.repeat(1000)}\n`),
  },
  large: {
    title: '20 events over 10 MB, 16 KiB chunks',
    makeChunks: () => repeat(20, () => `data: ${'x'.repeat(500_000)}\n\n`),
  },
  huge: {
    title: 'one event of 10 MB, 16 KiB chunks',
    makeChunks: () => repeat(1, () => `data: ${'x'.repeat(10_000_000)}\n\n`),
  },
};

/** How each contestant makes messages of chunks; both with names, ids that persist and a limit. */
const FRAMERS = {
  async rivulet() {
    const { core } = await import('../tasks/core.mjs');
    return () => {
      const framing = core.createFraming('sse');
      return (/** @type {Uint8Array} */ bytes) => framing.push(bytes);
    };
  },
  async [PEER]() {
    const { createParser } = await import('eventsource-parser');
    return () => {
      const decoder = new TextDecoder();
      /** @type {object[]} */
      let items = [];
      let lastEventId = '';
      const parser = createParser({
        maxBufferSize: 16 * 1024 * 1024,
        onId(id) {
          lastEventId = id;
        },
        onEvent({ event = 'message', data }) {
          items.push({ event, data, value: data, lastEventId, origin: '' });
        },
        onComment(comment) {
          items.push({ kind: 'comment', comment });
        },
      });
      return (/** @type {Uint8Array} */ bytes) => {
        items = [];
        parser.feed(decoder.decode(bytes, { stream: true }));
        return items;
      };
    };
  },
};

/**
 * The task of a process.
 *
 * @param {{ framer: keyof typeof FRAMERS, shape: string, quick: boolean }} options
 */
export async function frameChunks({ framer, shape, quick }) {
  const makeFramer = await FRAMERS[framer]();
  const chunks = SHAPES[shape]?.makeChunks() ?? [];
  // What both are to find: the `data` of the blocks, as text.
  const expected = Buffer.concat(chunks).toString().replaceAll('\r', '').split('\n\n').slice(0, -1);

  /** @param {(data: string) => void} take */
  function readAll(take) {
    const push = makeFramer();
    for (const bytes of chunks) {
      for (const item of push(bytes)) if ('data' in item) take(String(item.data));
    }
  }

  let read = 0;
  const pass = async () => {
    readAll((data) => {
      // The last character is looked at, so that text put together lazily is paid for.
      if (data.charCodeAt(data.length - 1) > 0) read += 1;
    });
  };
  if (!quick) await warmUp(pass);

  return {
    async verify() {
      /** @type {string[]} */
      const found = [];
      readAll((data) => void found.push(data));
      const wanted = expected.map((block) =>
        block
          .split('\n')
          .filter((line) => line.startsWith('data: '))
          .map((line) => line.slice(6))
          .join('\n'),
      );
      const first = wanted.findIndex((data, index) => data !== found[index]);
      return {
        expected: wanted.length,
        received: found.length,
        fault: first === -1 ? undefined : `message ${first} is another one`,
      };
    },
    async run() {
      read = 0;
      let passes = 0;
      const cpu = await timePerPass(async () => {
        passes += 1;
        await pass();
      }, quick);
      return { expected: expected.length * passes, received: read, costs: { cpu } };
    },
  };
}

/** @param {{ quick: boolean }} settings */
export function contests({ quick }) {
  return Object.entries(SHAPES).map(([shape, { title }]) => {
    /** @param {keyof typeof FRAMERS} framer */
    const contestant = (framer) => ({
      name: framer,
      open: inProcess({
        module: import.meta.url,
        task: 'frameChunks',
        options: { framer, shape, quick },
      }),
    });
    /** @type {Contest} */
    const contest = {
      id: `framing-${shape}`,
      title: `framing: ${title}`,
      runtime: 'Node',
      kind: 'comparison',
      measure: 'cpu',
      contestants: [contestant('rivulet'), contestant(PEER)],
      targets: [speedAgainst(PEER, 1)],
    };
    return contest;
  });
}
