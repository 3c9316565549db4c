import {
  createDownload,
  createEventSource,
  createStreamingFetch,
  type EventSourceSnapshot,
} from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';

/* Fetch functions other than those of browsers: wrappers, proxies, other runtimes. */

const URL_OF_ALL = 'https://api.example/x';
const EVENTS = { 'content-type': 'text/event-stream' };

type Answer = () => unknown;

function fetchOf(answer: Answer, calls: string[] = []) {
  return async (_: string, { method = 'GET' }: RequestInit) => {
    calls.push(method);
    // A function without types may return anything.
    return answer() as Response;
  };
}

/** How each of the three ends, without retries. */
async function endsOf(answer: Answer) {
  const environment = createTestEnvironment();
  const options = { environment, fetch: fetchOf(answer), retry: false } as const;
  const source = createEventSource(URL_OF_ALL, options);
  source.start();
  const ends = await Promise.all([
    createStreamingFetch(URL_OF_ALL, options).start(),
    createDownload(URL_OF_ALL, options).start(),
    environment.settle().then((): EventSourceSnapshot => source.getSnapshot()),
  ]);
  return ends.map(({ status, error }) => `${status} ${error?.code}: ${error?.message}`);
}

/** A body that delivers something and then breaks without saying why. */
function broken(): Response {
  let isSent = false;
  const body = new ReadableStream({
    pull(controller) {
      if (isSent) controller.error();
      else controller.enqueue(new TextEncoder().encode('data: a\n\n'));
      isSent = true;
    },
  });
  return new Response(body, { headers: EVENTS });
}

test('a body that breaks without a reason is broken', async () => {
  const broke = 'failed network: The connection broke after 9 bytes.';
  expect(await endsOf(broken)).toEqual([broke, broke, broke]);
});

test.each([[null], [undefined], [{}], ['text']])('%o is not a response', async (answer) => {
  const refused = 'failed network: The request failed: the fetch function returned no response.';
  expect(await endsOf(() => answer)).toEqual([refused, refused, refused]);
});

test.each(['opaque', 'opaqueredirect'])('an answer that is %s shows nothing', async (type) => {
  const answer = { type, ok: false, status: 0, headers: new Headers(), url: '', body: null };
  const hidden = `failed no-body: The answer is ${type}: it shows nothing.`;
  expect(await endsOf(() => answer)).toEqual([hidden, hidden, hidden]);
});

test('a relative URL stays what it was when the page changes its address', async () => {
  let base = 'https://app.example/a/';
  const asked: string[] = [];
  const environment = { ...createTestEnvironment(), baseUrl: () => base };
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response('id: 1\ndata: a\n\n', { headers: EVENTS });
  };
  const source = createEventSource('feed', { environment, fetch, resume: { query: 'after' } });
  source.start();
  await environment.settle();
  base = 'https://app.example/b/c';
  await environment.advance(5000);
  source.reconnect();
  await environment.settle();
  expect(asked.slice(0, 2)).toEqual(['feed', 'https://app.example/a/feed?after=1']);
  expect(asked.at(-1)).toBe('https://app.example/a/feed?after=1');
  source.close();
  // Each start of a request is a new one.
  const run = createStreamingFetch('feed', { environment, fetch });
  await run.start();
  expect(asked.at(-1)).toBe('feed');
  expect((await run.start()).response?.status).toBe(200);
});

describe('a body that somebody else reads', () => {
  const locked = (status: number) => {
    const response = new Response('data: a\n\n', {
      status,
      headers: { ...EVENTS, 'content-length': '9' },
    });
    response.body?.getReader();
    return response;
  };

  test('cannot be read', async () => {
    const unread = 'failed no-body: The response has no body to read.';
    expect(await endsOf(() => locked(200))).toEqual([unread, unread, unread]);
  });

  test('does not hide the status', async () => {
    const missing = 'failed http-status: The server answered with status 404.';
    expect(await endsOf(() => locked(404))).toEqual([missing, missing, missing]);
  });
});

test.each<[string, object]>([
  ['no `cancel`', { getReader() {} }],
  ['a `cancel` without a promise', { getReader() {}, cancel() {} }],
  [
    'a `cancel` that throws',
    {
      cancel() {
        throw new Error('never opened');
      },
    },
  ],
])('204 with a body that has %s is the end', async (_, body) => {
  const answer = { ok: true, status: 204, headers: new Headers(), url: '', body };
  const ended = 'done undefined: undefined';
  expect(await endsOf(() => answer)).toEqual([ended, ended, ended]);
});

test('a success is recognised by its status, and its origin by the request', async () => {
  const [answered] = await endsOf(() => {
    const { status, headers, body } = new Response('data: a\n\n', { headers: EVENTS });
    return { status, headers, body, url: '/proxied' };
  });
  expect(answered).toBe('done undefined: undefined');
});

test('a blank URL is not a URL', async () => {
  const calls: string[] = [];
  const fetch = fetchOf(broken, calls);
  for (const url of ['   ', '\n']) {
    const ended = await createDownload(() => url, { fetch }).start();
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'invalid-url' } });
    expect(() => createEventSource(url)).toThrow('URL');
  }
  expect(calls).toEqual([]);
});

test.each<[string, object]>([
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['an async iterable', (async function* () {})()],
])('%s as `body` is not sent as an empty object', async (_, body) => {
  const calls: string[] = [];
  const run = createStreamingFetch(URL_OF_ALL, { fetch: fetchOf(broken, calls) });
  // The types refuse it as well.
  const ended = await run.start({ body: body as never });
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'request-setup' } });
  expect(calls).toEqual([]);
});

test('a form of another implementation is sent as it is', async () => {
  class Form {
    parts: unknown[] = [];
    append(...part: unknown[]) {
      this.parts.push(part);
    }
  }
  const form = new Form();
  form.append('a', '1');
  const bodies: unknown[] = [];
  const fetch = async (_: string, { body }: RequestInit) => {
    bodies.push(body);
    return new Response('', { status: 204 });
  };
  // The `FormData` of React Native has no tag.
  await createStreamingFetch(URL_OF_ALL, { fetch, body: form as never }).start();
  expect(bodies).toEqual([form]);
});

test('a subscription that is not repeated says how its end is known', async () => {
  const environment = createTestEnvironment();
  const headers = { ...EVENTS, 'content-length': '9' };
  const fetch = fetchOf(() => new Response('data: a\n\n', { headers }));
  const source = createEventSource(URL_OF_ALL, { environment, fetch, body: {} });
  source.start();
  await environment.settle();
  expect(source.getSnapshot()).toMatchObject({ status: 'done', endedBy: 'length' });
});
