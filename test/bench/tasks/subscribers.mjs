import { core } from './core.mjs';

/**
 * Every way to read an event stream that takes part: each calls `take` with the data of every
 * message, or with what it parsed, and resolves at the end.
 *
 * @typedef {(response: () => Response, take: (data: unknown) => void) => Promise<void>} Subscriber
 */

const { createEventSource } = core;
const URL_OF_STREAM = 'http://localhost/events';

/**
 * A stream that ends with its body. The deadline is there to be paid for.
 *
 * @param {() => Response} response
 */
const optionsFor = (response) => ({
  fetch: async () => response(),
  retry: /** @type {const} */ (false),
  idleTimeoutMs: 60_000,
});

/**
 * @typedef {object} Startable a subscription, whatever its values are
 * @property {() => { readonly status: string, readonly error: unknown }} getSnapshot
 * @property {(listener: () => void) => () => void} subscribe
 * @property {() => void} start
 */

/**
 * Starts a subscription and waits for its end.
 *
 * @param {Startable} source
 * @returns {Promise<void>}
 */
function readToEnd(source) {
  return new Promise((resolve, reject) => {
    source.subscribe(() => {
      const { status, error } = source.getSnapshot();
      if (status === 'done') resolve();
      else if (status === 'failed') reject(error);
    });
    source.start();
  });
}

/** @type {Record<string, (options?: { maxMessageLength: number }) => Promise<Subscriber> | Subscriber>} */
const SUBSCRIBERS = {
  rivulet: (options) => (response, take) =>
    readToEnd(
      createEventSource(URL_OF_STREAM, {
        ...optionsFor(response),
        ...options,
        onMessage: ({ data }) => take(data),
      }),
    ),

  'rivulet, parsed': () => (response, take) =>
    readToEnd(
      createEventSource(URL_OF_STREAM, {
        ...optionsFor(response),
        parse: 'json',
        onMessage: ({ value }) => take(value),
      }),
    ),

  'rivulet, iterated': () => async (response, take) => {
    const source = createEventSource(URL_OF_STREAM, optionsFor(response));
    for await (const { data } of source) take(data);
  },

  'eventsource-parser': async () => {
    const { createParser } = await import('eventsource-parser');
    return async (response, take) => {
      const parser = createParser({ onEvent: ({ data }) => take(data) });
      const decoder = new TextDecoder();
      const reader = bodyOf(response()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    };
  },

  'eventsource-parser, parsed': async () => {
    const read = await SUBSCRIBERS['eventsource-parser']?.();
    return async (response, take) => read?.(response, (data) => take(JSON.parse(String(data))));
  },

  'eventsource-parser/stream': async () => {
    const { EventSourceParserStream } = await import('eventsource-parser/stream');
    return async (response, take) => {
      const messages = bodyOf(response())
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { data } of messages) take(data);
    };
  },

  eventsource: async () => {
    const { EventSource } = await import('eventsource');
    return (response, take) =>
      new Promise((resolve) => {
        const source = new EventSource(URL_OF_STREAM, { fetch: async () => response() });
        source.addEventListener('message', ({ data }) => take(data));
        source.addEventListener('error', () => {
          source.close();
          resolve();
        });
      });
  },

  '@microsoft/fetch-event-source': async () => {
    // Written for pages; it needs these names.
    Object.assign(globalThis, {
      window: globalThis,
      document: { addEventListener() {}, removeEventListener() {} },
    });
    const { fetchEventSource } = await import('@microsoft/fetch-event-source');
    return (response, take) =>
      fetchEventSource(URL_OF_STREAM, {
        fetch: async () => response(),
        openWhenHidden: true,
        onmessage: ({ data }) => take(data),
        onerror(error) {
          throw error;
        },
      });
  },

  'fetch-event-stream': async () => {
    const { events } = await import('fetch-event-stream');
    return async (response, take) => {
      for await (const { data = '' } of events(response())) take(data);
    };
  },

  openai: async () => {
    const { _iterSSEMessages } = await import('openai/core/streaming');
    return async (response, take) => {
      const messages = _iterSSEMessages(response(), new AbortController());
      for await (const { data } of messages) take(data);
    };
  },

  ai: async () => {
    const { jsonSchema, parseJsonEventStream } = await import('ai');
    // Without a `validate` it accepts everything, so nobody pays for validation.
    const schema = jsonSchema({});
    return async (response, take) => {
      const results = parseJsonEventStream({ stream: bodyOf(response()), schema });
      const reader = results.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        if (!value.success) throw value.error;
        take(value.value);
      }
    };
  },
};

/** @param {Response} response */
function bodyOf({ body }) {
  if (body === null) throw new Error('The response has no body.');
  return body;
}

/**
 * @param {string} name
 * @param {{ maxMessageLength: number }} [options]
 */
export async function findSubscriber(name, options) {
  const make = SUBSCRIBERS[name];
  if (make === undefined) throw new Error(`No subscriber ${name}.`);
  return make(options);
}
