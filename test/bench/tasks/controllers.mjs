/** Many controllers at once: identities that come and go, and many that share a connection. */
import { core, share } from './core.mjs';
import { heapInUse, timePerPass } from './measure.mjs';
import { encode } from './wire.mjs';

const { createEventSource } = core;
const { inPage } = share;

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
  const requests = { sent: 0, aborted: 0 };
  const fetch = (/** @type {unknown} */ url, /** @type {RequestInit} */ init) => {
    requests.sent += 1;
    init.signal?.addEventListener('abort', () => {
      requests.aborted += 1;
    });
    return silence(url, init);
  };
  async function comeAndGo() {
    Object.assign(requests, { sent: 0, aborted: 0 });
    for (let index = 0; index < size; index += 1) {
      const source = createEventSource(`http://localhost/${index}`, { fetch });
      const stop = source.subscribe(() => {});
      source.start();
      // The request leaves a few microtasks later.
      for (let turn = 0; requests.sent === index && turn < 20; turn += 1) await Promise.resolve();
      source.close();
      stop();
    }
    return { ...requests };
  }

  return {
    async verify() {
      const { sent, aborted } = await comeAndGo();
      const fault = aborted === size ? undefined : `${aborted} of ${size} requests were aborted`;
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
      const memory = Math.max(1, (await heapInUse()) - before);
      return { expected: size * passes, received, costs: { cpu, memory } };
    },
  };
}

/** How many events come, one after the other. */
const SHARED_EVENTS = 20;

/** One turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * So many subscriptions to one connection, and events that all of them get.
 *
 * @param {{ size: number, quick: boolean }} options
 */
export function sharedConnection({ size, quick }) {
  const data = encode('data: to all\n\n');
  const counts = { rounds: 0, requests: 0, received: 0 };
  async function subscribeAll() {
    counts.rounds += 1;
    counts.requests = counts.received = 0;
    /** @type {TransformStream<Uint8Array, Uint8Array>} */
    const { readable, writable } = new TransformStream();
    const fetch = async () => {
      counts.requests += 1;
      return new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
    };
    // Not the connection of the round before, which lingers for a second.
    const url = `http://localhost/shared/${counts.rounds}`;
    const sources = Array.from({ length: size }, () =>
      createEventSource(url, {
        fetch,
        share: inPage,
        onMessage() {
          counts.received += 1;
        },
      }),
    );
    for (const source of sources) source.subscribe(() => source.getSnapshot());
    for (const source of sources) source.start();
    const wire = writable.getWriter();
    for (let sent = 1; sent <= SHARED_EVENTS; sent += 1) {
      await wire.write(data);
      while (counts.received < sent * size) await turn();
    }
    for (const source of sources) source.close();
    return { ...counts };
  }

  return {
    async verify() {
      const { requests, received } = await subscribeAll();
      const fault = requests === 1 ? undefined : `${requests} requests were sent`;
      return { expected: size * SHARED_EVENTS, received, fault };
    },
    async run() {
      let all = 0;
      let passes = 0;
      const cpu = await timePerPass(async () => {
        passes += 1;
        const { received } = await subscribeAll();
        all += received;
      }, quick);
      return { expected: size * SHARED_EVENTS * passes, received: all, costs: { cpu } };
    },
  };
}
