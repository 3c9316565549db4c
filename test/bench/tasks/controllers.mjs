/** Many controllers at once: identities that come and go, and many that share a connection. */
import { core } from './core.mjs';
import { heapInUse, timePerPass } from './measure.mjs';
import { encode } from './wire.mjs';

const { createEventSource } = core;

/**
 * A request that is never answered, and ends when it is aborted.
 *
 * @param {unknown} _url
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
function silence(_url, { signal }) {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/**
 * Subscriptions of so many identities, one after the other, each started and dropped.
 *
 * @param {{ size: number, quick: boolean }} options
 */
export function identities({ size, quick }) {
  let requests = 0;
  let aborted = 0;
  const fetch = (/** @type {unknown} */ url, /** @type {RequestInit} */ init) => {
    requests += 1;
    init.signal?.addEventListener('abort', () => {
      aborted += 1;
    });
    return silence(url, init);
  };
  async function comeAndGo() {
    for (let index = 0; index < size; index += 1) {
      const source = createEventSource(`http://localhost/${index}`, { fetch });
      const stop = source.subscribe(() => {});
      source.start();
      // The request leaves a few microtasks later.
      for (let turn = 0; requests <= index && turn < 20; turn += 1) await Promise.resolve();
      source.close();
      stop();
    }
    const answer = { sent: requests, stopped: aborted };
    requests = aborted = 0;
    return answer;
  }

  return {
    async verify() {
      const { sent, stopped } = await comeAndGo();
      const fault = stopped === size ? undefined : `${stopped} of ${size} requests were aborted`;
      return { expected: size, received: sent, fault };
    },
    async run() {
      const before = await heapInUse();
      let received = 0;
      let passes = 0;
      const cpu = await timePerPass(async () => {
        passes += 1;
        const { sent } = await comeAndGo();
        received += sent;
      }, quick);
      const memory = Math.max(0, (await heapInUse()) - before);
      return { expected: size * passes, received, costs: { cpu, memory } };
    },
  };
}

/** How many events come, one after the other. */
const SHARED_EVENTS = 20;

/**
 * So many subscriptions to one connection, and events that all of them get.
 *
 * @param {{ size: number, quick: boolean }} options
 */
export function sharedConnection({ size, quick }) {
  const data = encode('data: to all\n\n');
  let requests = 0;
  let round = 0;
  async function subscribeAll() {
    round += 1;
    // Not the one before, which lingers for a second.
    const url = `http://localhost/shared/${round}`;
    /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
    let wire;
    const fetch = async () => {
      requests += 1;
      const body = new ReadableStream({
        start(controller) {
          wire = controller;
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    let received = 0;
    const sources = Array.from({ length: size }, () =>
      createEventSource(url, {
        fetch,
        share: true,
        onMessage() {
          received += 1;
        },
      }),
    );
    for (const source of sources) source.subscribe(() => source.getSnapshot());
    for (const source of sources) source.start();
    const task = () => new Promise((resolve) => setImmediate(resolve));
    while (wire === undefined) await task();
    for (let sent = 1; sent <= SHARED_EVENTS; sent += 1) {
      wire.enqueue(data);
      while (received < sent * size) await task();
    }
    return { received, close: () => sources.forEach((source) => void source.close()) };
  }

  return {
    async verify() {
      requests = 0;
      const { received, close } = await subscribeAll();
      close();
      const fault = requests === 1 ? undefined : `${requests} requests were sent`;
      return { expected: size * SHARED_EVENTS, received, fault };
    },
    async run() {
      let all = 0;
      let passes = 0;
      const cpu = await timePerPass(async () => {
        passes += 1;
        const { received, close } = await subscribeAll();
        close();
        all += received;
      }, quick);
      return { expected: size * SHARED_EVENTS * passes, received: all, costs: { cpu } };
    },
  };
}
