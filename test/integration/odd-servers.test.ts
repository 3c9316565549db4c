import { runInNewContext } from 'node:vm';
import {
  createStreamingFetch,
  each,
  type HeadersInput,
  type RawMessage,
  type StreamingFetchOptions,
} from 'rivulet/core';
import { describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import { openEventStream, type Route } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* What servers do that no standard asks for, and what is made of it. */

const scene = createWireScene();

/** What an answer comes to whose chunks are read one by one. */
async function answerOf(
  contentType: string,
  chunks: readonly string[],
  options: StreamingFetchOptions = {},
) {
  const { onChunk, send } = createLockstep();
  await scene.serve(async ({ response, number }) => {
    if (number > 1) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'content-type': contentType }).flushHeaders();
    await send(response, chunks);
    response.end();
  });
  const codes: string[] = [];
  const { environment } = scene;
  const run = createStreamingFetch(scene.server.url('/'), {
    environment,
    onChunk,
    onError: ({ code }) => codes.push(code),
    ...options,
  });
  return { ...(await run.start()), codes };
}

const SSE = 'text/event-stream';
/** Values of JSON, whose type no test here looks at. */
const JSON_VALUES: object = { parse: 'json' };

describe('the request', () => {
  it.each<[string, () => HeadersInput]>([
    // Another realm, as an iframe or a test runner has one.
    ['a Map of another realm', () => runInNewContext("new Map([['authorization', 'Bearer x']])")],
    ['pairs of another realm', () => runInNewContext("[['authorization', 'Bearer x']]")],
    ['Headers', () => new Headers({ authorization: 'Bearer x' })],
  ])('has headers that are given as %s', async (_, make) => {
    const source = await scene.subscribe(({ response }) => openEventStream(response), {
      headers: make(),
    });
    await untilStatus(source, 'open');
    expect(scene.server.requests('/')[0]?.headers.authorization).toBe('Bearer x');
  });

  it('has a new ticket every time, where a server takes each only once', async () => {
    const used = new Set<string>();
    const route: Route = ({ request, response, number }) => {
      if (used.has(request.url)) {
        response.writeHead(403).end();
        return;
      }
      used.add(request.url);
      openEventStream(response);
      response.write(`id: ${number}\ndata: ${number}\n\n`);
      if (number < 3) response.end();
    };
    await scene.serve(route);
    let ticket = 0;
    const source = scene.createFrom(() => `${scene.server.url('/')}?ticket=${(ticket += 1)}`, {
      retry: { baseDelayMs: 1 },
    });
    source.start();
    const { messages } = await until(source, ({ data }) => data === '3');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3']);
  });
});

describe('an answer', () => {
  it('of JSON in two chunks is one value', async () => {
    const { status, data, messages, codes } = await answerOf(
      'application/json',
      ['{"items":[1,', '2]}'],
      JSON_VALUES,
    );
    expect([status, data, messages.length, codes]).toEqual(['done', { items: [1, 2] }, 1, []]);
  });

  it('of events that is labelled as JSON is read with `framing: sse`', async () => {
    const { status, text } = await answerOf('application/json', ['data: a\n\n', 'data: b\n\n'], {
      framing: 'sse',
    });
    expect([status, text]).toEqual(['done', 'ab']);
  });

  it('that is an HTML page is not a stream, whatever framing is named', async () => {
    const { error } = await answerOf('text/html', ['<h1>Sign in</h1>'], { framing: 'sse' });
    expect(error).toMatchObject({ code: 'content-type', body: '<h1>Sign in</h1>' });
  });

  it('with an error event in plain text fails with that text, also where JSON is expected', async () => {
    const { error, codes } = await answerOf(
      SSE,
      ['data: {"a":1}\n\n', 'event: error\ndata: The model is overloaded.\n\n'],
      { ...JSON_VALUES, errorWhen: ({ event, data }) => event === 'error' && data },
    );
    expect(error).toMatchObject({ code: 'in-band', message: 'The model is overloaded.' });
    expect(codes).toEqual(['in-band']);
  });

  it('that writes its error without framing is `truncated`, and the error holds it', async () => {
    const bare = 'error: {"message":"quota used up"}\n';
    const { error, text } = await answerOf(SSE, ['data: a\n\n', bare], { endWhen: '[DONE]' });
    expect(text).toBe('a');
    expect(error).toMatchObject({ code: 'truncated', body: bare.trim() });
  });

  it('with empty messages as signs of life is read, where JSON is expected', async () => {
    const { status, data, codes } = await answerOf(
      SSE,
      ['data:\n\n', 'data: {"a":1}\n\n', 'data: \n\n'],
      { ...JSON_VALUES, onInvalid: 'fail' },
    );
    expect([status, data, codes]).toEqual(['done', { a: 1 }, []]);
  });

  it('whose last message has a space after it is done', async () => {
    const { status, endedBy } = await answerOf(SSE, ['data: a\n\n', 'data: [DONE] \n\n'], {
      endWhen: '[DONE]',
    });
    expect([status, endedBy]).toEqual(['done', 'sentinel']);
  });

  it('with two objects in one block gives both', async () => {
    const parse = each(({ data }: RawMessage) =>
      data.split('\n').map((line): string => JSON.parse(line).text),
    );
    const { status, text } = await answerOf(SSE, ['data: {"text":"a"}\ndata: {"text":"b"}\n\n'], {
      parse,
      toText: ({ value }) => value,
    });
    expect([status, text]).toEqual(['done', 'ab']);
  });

  it('that breaks off after nothing but a comment is asked for again', async () => {
    await scene.serve(({ response, number }) => {
      openEventStream(response);
      if (number === 1) response.write(': processing\n\n', () => response.destroy());
      else response.end('data: a\n\n');
    });
    const { environment } = scene;
    const run = createStreamingFetch(scene.server.url('/'), {
      environment,
      retry: { baseDelayMs: 1 },
    });
    expect(await run.start()).toMatchObject({ status: 'done', text: 'a', attempt: 2 });
  });
});

it.each([507, 521, 529, 530])(
  'status %i, as proxies and models send it, is tried again',
  async (status) => {
    const source = await scene.subscribe(
      ({ response, number }) => {
        if (number === 1) response.writeHead(status).end('<h1>Web server is down</h1>');
        else openEventStream(response);
      },
      { retry: { baseDelayMs: 1 } },
    );
    expect((await untilStatus(source, 'open')).attempt).toBe(2);
  },
);
