import { createStreamingFetch, type StreamingFetchSnapshot } from 'rivulet/core';
import { describe, expect, it, test } from 'vitest';
import * as recipes from '../../stories/examples/llm-recipes.ts';
import { createWire, everyCut } from '../support/wire.ts';
import { answers } from './answers.ts';
import { type RecipeName, readChunks, readResponse, recipeNames } from './read-answer.ts';

const encoder = new TextEncoder();
const withCrlf = (body: string) => body.replaceAll('\n', '\r\n');

/** A body in one piece. */
function read(name: RecipeName, body: string): Promise<StreamingFetchSnapshot<unknown>> {
  return readChunks(name, answers[name].contentType, [encoder.encode(body)]);
}

/** Everything of an end that must not depend on how the body was cut. */
function essence({ status, error, text, messages }: StreamingFetchSnapshot<unknown>) {
  const values = messages.map(({ event, value, lastEventId }) => ({ event, value, lastEventId }));
  return { status, code: error?.code, body: error?.body, text, values };
}

/** Whether the server ends its answers with a message, and not with the connection. */
const hasEnd = (name: RecipeName) => name !== 'nestSse';

test('there is a test for every recipe', () => {
  expect(Object.keys(recipes).toSorted()).toEqual(recipeNames.toSorted());
});

describe.each(recipeNames)('the recipe %s', (name) => {
  const { complete, text, partial, partialText, error, errorMessage, afterError } = answers[name];

  it('reads an answer to its end, past all that is no text', async () => {
    expect(await read(name, complete)).toMatchObject({ status: 'done', text, error: null });
  });

  it.each([
    ['LF', complete],
    ['CRLF', withCrlf(complete)],
  ])('reads the same, value for value, cut at every byte, with %s', async (_, body) => {
    const whole = essence(await read(name, body));
    expect([whole.status, whole.text]).toEqual(['done', text]);
    for (const chunks of everyCut(body)) {
      expect(essence(await readChunks(name, answers[name].contentType, chunks))).toEqual(whole);
    }
  });

  it.each([
    ['LF', partial + error + afterError],
    ['CRLF', withCrlf(partial + error + afterError)],
  ])('fails at an error in the stream, cut at every byte, with %s', async (_, body) => {
    const whole = await read(name, body);
    expect(whole).toMatchObject({
      status: 'failed',
      text: partialText,
      error: { code: 'in-band', status: null },
    });
    expect(whole.error?.message).toContain(errorMessage);
    expect(whole.error?.body).toContain(errorMessage);
    for (const chunks of everyCut(body)) {
      const snapshot = await readChunks(name, answers[name].contentType, chunks);
      expect(essence(snapshot)).toEqual(essence(whole));
    }
  });

  it('keeps the text of an answer that breaks off, cut at every byte', async () => {
    for (const chunks of everyCut(partial)) {
      const snapshot = await readChunks(name, answers[name].contentType, chunks);
      expect(snapshot.text).toBe(partialText);
      expect(snapshot.error?.code).toBe(hasEnd(name) ? 'truncated' : undefined);
    }
  });

  it('takes an HTML page, and JSON in place of a stream, for no answer', async () => {
    const html = new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html' } });
    expect((await readResponse(name, html)).error?.code).toBe('content-type');
  });

  it('gives the error of a refused request as JSON', async () => {
    const refusal = new Response('{"error":{"message":"no such model"}}', { status: 404 });
    const { error: failure } = await readResponse(name, refusal);
    expect(failure).toMatchObject({ code: 'http-status', status: 404 });
    expect(failure?.json).toEqual({ error: { message: 'no such model' } });
  });
});

describe('an answer that breaks off', () => {
  test.each(recipeNames.filter(hasEnd))('of %s, at whatever byte, is `truncated`', async (name) => {
    const { complete, text, contentType } = answers[name];
    const bytes = encoder.encode(complete);
    let ended = false;
    for (let length = 0; length <= bytes.length; length += 1) {
      const snapshot = await readChunks(name, contentType, [bytes.subarray(0, length)]);
      expect(text.startsWith(snapshot.text)).toBe(true);
      // The beginning with which it ends well is complete, and every longer one ends well too.
      ended ||= snapshot.status === 'done';
      const expected = ended ? { status: 'done', text } : { error: { code: 'truncated' } };
      expect(snapshot).toMatchObject(expected);
    }
    expect(ended).toBe(true);
  });
});

describe('an end marker', () => {
  test.each<[RecipeName, string, number]>([
    ['openAiChat', 'its blank line', 1],
    ['openAiChat', 'its newline', 2],
    ['aiSdkMessages', 'its blank line', 1],
    ['aiSdkMessages', 'its newline', 2],
    ['anthropicMessages', 'its blank line', 1],
    ['anthropicMessages', 'its newline', 2],
    ['ollama', 'its newline', 1],
  ])('of %s is recognised without %s, cut at every byte', async (name, _, missing) => {
    const { complete, text, contentType } = answers[name];
    for (const body of [complete.slice(0, -missing), withCrlf(complete).slice(0, -2 * missing)]) {
      for (const chunks of everyCut(body)) {
        const snapshot = await readChunks(name, contentType, chunks);
        expect([snapshot.status, snapshot.text]).toEqual(['done', text]);
      }
    }
  });

  test.each(recipeNames.filter(hasEnd))(
    'of %s ends the request, whatever follows',
    async (name) => {
      const { complete, contentType, text } = answers[name];
      let isCancelled = false;
      const endless = new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(encoder.encode(complete)),
          cancel() {
            isCancelled = true;
          },
        }),
        { headers: { 'content-type': contentType } },
      );
      const snapshot = await readResponse(name, endless);
      expect([snapshot.status, snapshot.text]).toEqual(['done', text]);
      expect(isCancelled).toBe(true);
    },
  );
});

describe('minutes of nothing but comments', () => {
  test('are life, and add nothing', async () => {
    const wire = createWire({ contentType: 'text/event-stream' });
    const { complete, text, partial } = answers.openAiChat;
    const run = createStreamingFetch('/api', {
      ...recipes.openAiChat,
      environment: wire.environment,
      idleTimeoutMs: 30_000,
    });
    const end = run.start();
    await wire.send(partial);
    await wire.environment.advance(100);
    const before = run.getSnapshot().messages.length;
    for (let minute = 0; minute < 12; minute += 1) {
      await wire.environment.advance(15_000);
      await wire.send(': OPENROUTER PROCESSING\n\n');
    }
    expect(run.getSnapshot().status).toBe('open');
    expect(run.getSnapshot().messages).toHaveLength(before);
    await wire.send(complete.slice(partial.length));
    expect(await end).toMatchObject({ status: 'done', text });
  });
});

describe('variants on the wire', () => {
  const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

  test.each<[string, RecipeName, string, string]>([
    ['an event named error', 'openAiChat', 'event: error\ndata: {"message":"x"}\n\n', '"message"'],
    ['an error that is a text', 'openAiChat', data({ error: 'no memory' }), 'no memory'],
    ['an error without a message', 'openAiChat', data({ error: { code: 7 } }), '"code":7'],
    [
      'a failed response',
      'openAiResponses',
      data({ type: 'response.failed', response: { error: { message: 'moderated' } } }),
      'moderated',
    ],
    ['an abort by the server', 'aiSdkMessages', data({ type: 'abort' }), 'gave up'],
    ['an error without a message', 'anthropicMessages', data({ type: 'error' }), '"error"'],
  ])('%s, of %s, is `in-band`', async (_, name, body, message) => {
    const { error } = await read(name, answers[name].partial + body);
    expect(error?.code).toBe('in-band');
    expect(error?.message).toContain(message);
  });

  test('an answer that is cut at its token limit is `done`', async () => {
    const incomplete = data({ type: 'response.incomplete', response: { error: null } });
    const { status, text } = await read(
      'openAiResponses',
      answers.openAiResponses.partial + incomplete,
    );
    expect([status, text]).toEqual(['done', ' Grüße,']);
  });

  test('a prompt that Gemini blocks is `done`, without text', async () => {
    const {
      status,
      text,
      data: value,
    } = await read('gemini', data({ promptFeedback: { blockReason: 'SAFETY' } }));
    expect([status, text]).toEqual(['done', '']);
    expect(value).toMatchObject({ promptFeedback: { blockReason: 'SAFETY' } });
  });

  test('Gemini separates with CR too', async () => {
    const { complete, text } = answers.gemini;
    for (const chunks of everyCut(complete.replaceAll('\n', '\r'))) {
      const snapshot = await readChunks('gemini', 'text/event-stream', chunks);
      expect([snapshot.status, snapshot.text]).toEqual(['done', text]);
    }
  });

  test('an error of Gemini that is no event at all is `truncated`, and no success', async () => {
    const { error } = await read('gemini', `${answers.gemini.partial}{"error":{"code":503}}`);
    expect(error?.code).toBe('truncated');
  });

  test('Ollama speaks through `response` when it completes a prompt', async () => {
    const lines = '{"response":" a"}\n{"response":"b","done":false}\n{"response":"","done":true}\n';
    expect(await read('ollama', lines)).toMatchObject({ status: 'done', text: ' ab' });
  });

  test('fields without the space, a byte order mark, several data lines', async () => {
    const tight = answers.openAiChat.complete.replaceAll('data: ', 'data:');
    expect((await read('openAiChat', `\ufeff${tight}`)).text).toBe(answers.openAiChat.text);
    const split = 'data: {"type":"text-delta",\ndata: "delta":"a"}\n\ndata: [DONE]\n\n';
    expect(await read('aiSdkMessages', split)).toMatchObject({ status: 'done', text: 'a' });
  });

  test('a message that is no JSON is reported, and the answer goes on', async () => {
    const { complete, text, partial } = answers.openAiChat;
    const body = `${partial}data: {"choices\n\n${complete.slice(partial.length)}`;
    expect(await read('openAiChat', body)).toMatchObject({ status: 'done', text });
  });
});
