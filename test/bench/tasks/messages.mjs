/** Reads a corpus as a stream of messages, by one of the subscribers. */
import { isDeepStrictEqual } from 'node:util';
import { makeCorpus } from './corpora.mjs';
import { timePerPass, warmUp } from './measure.mjs';
import { findSubscriber } from './subscribers.mjs';
import { responseOf } from './wire.mjs';

/**
 * @typedef {object} MessageOptions
 * @property {string} subscriber
 * @property {import('./corpora.mjs').CorpusName} corpus
 * @property {import('./corpora.mjs').Chunking} chunking
 * @property {number} events
 * @property {boolean} parsed whether the subscriber gives values in place of texts
 * @property {boolean} quick
 */

/** @param {MessageOptions} options */
export async function messages({ subscriber, corpus, chunking, events, parsed, quick }) {
  const { messages: sent, chunks } = makeCorpus(corpus, chunking, events);
  const subscribe = await findSubscriber(subscriber);
  const response = () => responseOf(chunks);

  async function verify() {
    /** @type {unknown[]} */
    const received = [];
    await subscribe(response, (data) => void received.push(data));
    const wanted = parsed ? sent.map((data) => JSON.parse(data)) : sent;
    const first = wanted.findIndex((data, index) => !isDeepStrictEqual(received[index], data));
    return {
      expected: sent.length,
      received: received.length,
      fault: first === -1 ? undefined : `message ${first} is another one`,
    };
  }

  let isWarm = quick;

  async function run() {
    let received = 0;
    let passes = 0;
    const pass = () => {
      passes += 1;
      return subscribe(response, () => {
        received += 1;
      });
    };
    if (!isWarm) await warmUp(pass);
    isWarm = true;
    const cpu = await timePerPass(pass, quick);
    return { expected: sent.length * passes, received, costs: { cpu } };
  }

  return { verify, run };
}
