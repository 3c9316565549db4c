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

/** Whether a server says that its answer is complete: by its last message or by a reason for the end. */
const hasEnd = (name: RecipeName) => name !== 'nestSse';
/** Whether it does so with a message after which nothing counts. */
const hasEndMarker = (name: RecipeName) => hasEnd(name) && name !== 'gemini';

test('there is a test for every recipe', () => {
  expect(Object.keys(recipes).toSorted()).toEqual(recipeNames.toSorted());
});

describe.each(recipeNames)('the recipe %s', (name) => {
  const { complete, text, partial, partialText, error, errorMessage, afterError } = answers[name];

  it('reads an answer to its end, past everything that is not text', async () => {
    expect(await read(name, complete)).toMatchObject({ status: 'done', text, error: null });
  });

  it('passes over blank messages that keep the connection alive', async () => {
    const isLines = answers[name].contentType.includes('ndjson');
    const alive = isLines ? '\n' : 'data:\n\ndata: \n\n';
    // Plain text may be blank; JSON is not.
    const blanks = name === 'nestSse' ? 2 : 0;
    const { status, messages } = await read(name, alive + complete);
    const { length } = (await read(name, complete)).messages;
    expect([status, messages.length]).toEqual(['done', length + blanks]);
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

  test.each(recipeNames.filter(hasEndMarker))(
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
    ['an event named error', 'openAiChat', 'event: error\ndata: {"message":"x"}\n\n', 'x'],
    ['an event named error with text', 'openAiChat', 'event: error\ndata: busy\n\n', 'busy'],
    [
      'an error in an error',
      'openAiResponses',
      data({ type: 'error', error: { message: 'quota used up' } }),
      'quota used up',
    ],
    ['a blocked prompt', 'gemini', data({ promptFeedback: { blockReason: 'SAFETY' } }), 'SAFETY'],
    ['an error that is a text', 'openAiChat', data({ error: 'no memory' }), 'no memory'],
    ['an error without a message', 'openAiChat', data({ error: { code: 7 } }), 'reported an error'],
    [
      'a failed response',
      'openAiResponses',
      data({ type: 'response.failed', response: { error: { message: 'moderated' } } }),
      'moderated',
    ],
    ['an abort by the server', 'aiSdkMessages', data({ type: 'abort' }), 'gave up'],
    [
      'an error without a message',
      'anthropicMessages',
      data({ type: 'error' }),
      'reported an error',
    ],
  ])('%s, of %s, is `in-band`', async (_, name, body, message) => {
    const { error } = await read(name, answers[name].partial + body);
    expect(error?.code).toBe('in-band');
    expect(error?.message).toContain(message);
    expect(body).toContain(error?.body);
  });

  const chat = (delta: object, reason?: string) =>
    data({ choices: [{ delta, finish_reason: reason ?? null }] });
  const message = (given: { readonly type: string }) =>
    `event: ${given.type}\n${data({ ...given })}`;
  const reasonOfAnthropic = (reason: string) =>
    message({ type: 'message_delta', ...{ delta: { stop_reason: reason } } }) +
    message({ type: 'message_stop' });
  const candidate = (text: string, finishReason: string) =>
    data({ candidates: [{ content: { parts: [{ text }] }, finishReason }] });

  test.each<[string, RecipeName, string, string]>([
    ['that is complete', 'openAiChat', `${chat({}, 'stop')}data: [DONE]\n\n`, 'stop'],
    ['that is cut at its limit', 'openAiChat', `${chat({}, 'length')}data: [DONE]\n\n`, 'length'],
    [
      'that is filtered',
      'openAiChat',
      `${chat({}, 'content_filter')}data: [DONE]\n\n`,
      'content_filter',
    ],
    ['that is complete', 'openAiResponses', data({ type: 'response.completed' }), 'completed'],
    [
      'that is cut at its limit',
      'openAiResponses',
      data({
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' } },
      }),
      'max_output_tokens',
    ],
    ['that is complete', 'anthropicMessages', reasonOfAnthropic('end_turn'), 'end_turn'],
    [
      'that is cut at its limit',
      'anthropicMessages',
      reasonOfAnthropic('max_tokens'),
      'max_tokens',
    ],
    ['that is refused', 'anthropicMessages', reasonOfAnthropic('refusal'), 'refusal'],
    ['that is complete', 'gemini', candidate('', 'STOP'), 'STOP'],
    ['that is cut at its limit', 'gemini', candidate('', 'MAX_TOKENS'), 'MAX_TOKENS'],
    ['that is filtered', 'gemini', candidate('', 'SAFETY'), 'SAFETY'],
    [
      'that is cut at its limit',
      'ollama',
      `${JSON.stringify({ done: true, done_reason: 'length' })}\n`,
      'length',
    ],
    [
      'that is cut at its limit',
      'aiSdkMessages',
      `${data({ type: 'finish', finishReason: 'length' })}data: [DONE]\n\n`,
      'length',
    ],
  ])('an answer %s, of %s, says so beside the text', async (_, name, end, reason) => {
    const { partial, partialText } = answers[name];
    expect(await read(name, partial + end)).toMatchObject({
      status: 'done',
      text: partialText,
      state: reason,
    });
  });

  test.each<[RecipeName, string]>([
    [
      'openAiChat',
      `${chat({ refusal: 'I cannot ' }) + chat({ refusal: 'do that.' }) + chat({}, 'stop')}data: [DONE]\n\n`,
    ],
    [
      'openAiResponses',
      message({ type: 'response.refusal.delta', ...{ delta: 'I cannot ' } }) +
        message({ type: 'response.refusal.delta', ...{ delta: 'do that.' } }) +
        message({ type: 'response.completed' }),
    ],
  ])('a refusal of %s is the text, and the reason', async (name, body) => {
    expect(await read(name, body)).toMatchObject({
      status: 'done',
      text: 'I cannot do that.',
      state: 'refusal',
    });
  });

  test('Gemini may give its reason in every chunk', async () => {
    const body = ['a', 'b', 'c'].map((text) => candidate(text, 'STOP')).join('');
    for (const chunks of everyCut(body)) {
      const { status, endedBy, text, state } = await readChunks(
        'gemini',
        'text/event-stream',
        chunks,
      );
      expect([status, endedBy, text, state]).toEqual(['done', 'close', 'abc', 'STOP']);
    }
  });

  test('content in parts, as Mistral sends it, gives its text and not its thoughts', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Gr' },
      { type: 'text', text: 'üße' },
    ];
    const body = `${chat({ content: parts }) + chat({ content: '!' })}data: [DONE]\n\n`;
    const { status, text, messages } = await read('openAiChat', body);
    expect([status, text]).toEqual(['done', 'Grüße!']);
    expect(messages).toHaveLength(2);
  });

  test('two objects in one block, as GLM and Kimi send them, are two messages', async () => {
    const [one, two] = [chat({ content: 'a' }), chat({ content: 'b' })].map((block) =>
      block.trim(),
    );
    const body = `${one}\n${two}\n\ndata: [DONE]\n\n`;
    for (const chunks of everyCut(body)) {
      const snapshot = await readChunks('openAiChat', 'text/event-stream', chunks);
      expect([snapshot.status, snapshot.text]).toEqual(['done', 'ab']);
      expect(snapshot.messages).toHaveLength(2);
    }
  });

  test('Gemini separates with CR too', async () => {
    const { complete, text } = answers.gemini;
    for (const chunks of everyCut(complete.replaceAll('\n', '\r'))) {
      const snapshot = await readChunks('gemini', 'text/event-stream', chunks);
      expect([snapshot.status, snapshot.text]).toEqual(['done', text]);
    }
  });

  test('an error of Gemini that is not an event at all is `truncated`, not a success', async () => {
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

  test('a message that is not JSON is reported, and the answer goes on', async () => {
    const { complete, text, partial } = answers.openAiChat;
    const body = `${partial}data: {"choices\n\n${complete.slice(partial.length)}`;
    expect(await read('openAiChat', body)).toMatchObject({ status: 'done', text });
  });
});
