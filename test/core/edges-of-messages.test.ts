import { createEventSource, createStreamingFetch, each, StreamError } from 'rivulet/core';
import {
  createMockFetch,
  createMockStream,
  createTestEnvironment,
  type MockStream,
} from 'rivulet/testing';
import { expect, test } from 'vitest';

function setUp(headers: Record<string, string> = { 'content-type': 'text/event-stream' }) {
  const streams: MockStream[] = [];
  const mock = createMockFetch(() => {
    const s = createMockStream({ headers });
    streams.push(s);
    return s;
  });
  const environment = createTestEnvironment({ fetch: mock.fetch });
  return { streams, mock, environment };
}

test('a throw of the snapshot of an accumulator is reported, and the stream goes on', async () => {
  const { streams, environment } = setUp();
  let n = 0;
  const job = createStreamingFetch('http://a.test/', {
    environment,
    flush: 'sync',
    accumulate: () => ({
      push() {
        n += 1;
      },
      snapshot() {
        if (n === 1) throw new Error('mine');
        return n;
      },
    }),
  });
  const end = job.start();
  await environment.settle();
  streams[0]?.send('a');
  await environment.settle();
  streams[0]?.send('b');
  await environment.settle();
  streams[0]?.close();
  await environment.advance(100);
  const s = job.getSnapshot();
  const r = await Promise.race([end, environment.advance(1000).then(() => 'pending')]);
  expect(r).not.toBe('pending');
  expect(s.status).toBe('done');
});

test('a slow body of an error is not a connect timeout', async () => {
  const stream = createMockStream({
    status: 503,
    headers: { 'retry-after': '60', 'content-type': 'text/plain' },
  });
  const mock = createMockFetch(() => stream);
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const errors: StreamError[] = [];
  const es = createEventSource('http://a.test/', {
    environment,
    connectTimeoutMs: 500,
    onError: (e) => void errors.push(e),
  });
  es.start();
  await environment.advance(3000);
  es.close();
  expect(errors[0]?.code).toBe('http-status');
});

test('a 401 with a slow body refreshes under a connect timeout', async () => {
  const mock = createMockFetch(() =>
    createMockStream({ status: 401, headers: { 'content-type': 'text/plain' } }),
  );
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const errors: StreamError[] = [];
  let refreshed = 0;
  const es = createEventSource('http://a.test/', {
    environment,
    connectTimeoutMs: 500,
    onUnauthorized: () => {
      refreshed += 1;
    },
    onError: (e) => void errors.push(e),
  });
  es.start();
  await environment.advance(10000);
  es.close();
  expect(refreshed).toBe(1);
});

test('an empty second answer under keepPrevious completes an accumulator of its own', async () => {
  const { streams, environment } = setUp();
  const job = createStreamingFetch('http://a.test/', {
    environment,
    flush: 'sync',
    keepPrevious: true,
    accumulate: () => {
      let n = 0;
      return {
        push() {
          n += 1;
        },
        end() {
          if (n === 0) throw new StreamError('truncated', 'nothing');
        },
        snapshot: () => n,
      };
    },
  });
  let end = job.start();
  await environment.settle();
  streams[0]?.send('a');
  streams[0]?.close();
  expect((await end).status).toBe('done');
  end = job.start();
  await environment.settle();
  streams[1]?.close();
  const s = await end;
  expect(s.status).toBe('failed');
});

test('a run without messages hands its accumulator to no other', async () => {
  const { streams, environment } = setUp();
  let made = 0;
  const job = createStreamingFetch('http://a.test/', {
    environment,
    flush: 'sync',
    keepPrevious: true,
    accumulate: () => {
      made += 1;
      return { push() {}, snapshot: () => 0 };
    },
  });
  let end = job.start();
  await environment.settle();
  streams[0]?.close();
  await end;
  const first = made;
  end = job.start();
  await environment.settle();
  streams[1]?.close();
  await end;
  expect(made).toBe(first + 1);
});

test('a predicate is asked about each value of an unfinished block', async () => {
  const { streams, environment } = setUp();
  const job = createStreamingFetch('http://a.test/', {
    environment,
    parse: each(({ data }) => data.split('|')),
    endWhen: ({ value }) => value === 'END',
  });
  const end = job.start();
  await environment.settle();
  streams[0]?.write('data: a|b\n\ndata: c|END');
  streams[0]?.close();
  const s = await end;
  expect(s.status).toBe('done');
});

test('an in-band error is reported at once while the page may be leaving', async () => {
  const { streams, environment } = setUp();
  const seen: string[] = [];
  const job = createStreamingFetch('http://a.test/', {
    environment,
    endWhen: '[DONE]',
    errorWhen: ({ data }) => data === 'bad',
    onMessage: ({ data }) => void seen.push(data),
  });
  void job.start();
  await environment.settle();
  streams[0]?.send('a');
  await environment.settle();
  environment.beforeUnload();
  streams[0]?.send('bad');
  streams[0]?.send('c');
  streams[0]?.send('[DONE]');
  streams[0]?.send('after done');
  await environment.settle();
  await environment.advance(6000);
  expect(seen).toEqual(['a']);
  expect(job.getSnapshot().error?.code).toBe('in-band');
});

test('a late verdict of a schema ends no later run', async () => {
  const { streams, environment } = setUp();
  let answer: (result: { value: unknown }) => void = () => {};
  let first = true;
  const errors: string[] = [];
  const schema = {
    '~standard': {
      version: 1 as const,
      vendor: 'x',
      validate: (value: unknown) => {
        if (first) {
          first = false;
          return new Promise<{ value: unknown }>((resolve) => {
            answer = resolve;
          });
        }
        return { value };
      },
    },
  };
  const job = createStreamingFetch('http://a.test/', {
    environment,
    schema,
    onError: (e) => void errors.push(e.code),
  });
  void job.start();
  await environment.settle();
  streams[0]?.send('1');
  await environment.settle();
  void job.start();
  await environment.settle();
  streams[1]?.send('2');
  await environment.settle();
  answer({ value: 1 });
  await environment.settle();
  expect(job.getSnapshot().status).toBe('open');
});
