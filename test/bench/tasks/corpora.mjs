/** What is streamed: texts that the contestants must all find again. */
import { cut, encode } from './wire.mjs';

/**
 * @typedef {'llm' | 'tiny'} CorpusName
 * @typedef {'event' | '16 KiB'} Chunking one chunk for each event, or chunks of 16 KiB
 *
 * @typedef {object} Corpus
 * @property {readonly string[]} messages the data of each event
 * @property {readonly Uint8Array<ArrayBuffer>[]} chunks
 */

const WORDS = [
  'The',
  ' river',
  ' runs',
  ' on',
  ',',
  ' and',
  ' never',
  ' waits',
  ' 川は',
  ' 流れる',
];

/** @type {Record<CorpusName, (index: number) => string>} */
const DATA = {
  // As language models answer: 200 characters of JSON around one token.
  llm: (index) =>
    JSON.stringify({
      id: 'chatcmpl-8c1f6a5e2d904b7b',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'model-large-2026',
      choices: [{ index: 0, delta: { content: WORDS[index % WORDS.length] }, finish_reason: null }],
    }),
  tiny: (index) => String(index % 1000),
};

/**
 * @param {CorpusName} name
 * @param {Chunking} chunking
 * @param {number} events
 * @returns {Corpus}
 */
export function makeCorpus(name, chunking, events) {
  const messages = Array.from({ length: events }, (_, index) => DATA[name](index));
  const blocks = messages.map((data) => `data: ${data}\n\n`);
  const chunks =
    chunking === 'event' ? blocks.map(encode) : cut(encode(blocks.join('')), 16 * 1024);
  return { messages, chunks };
}
