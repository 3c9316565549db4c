import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createWire, everyCut } from '../../support/wire.ts';

type Body = string | Uint8Array;

/** Values of JSON. What they are does not matter to the table of framings. */
const JSON_VALUES: object = { parse: 'json' };

/** A body as the server sends it, received to its end. */
async function receive(
  contentType: string | null,
  chunks: readonly Body[],
  options: Omit<StreamingFetchOptions, 'framing'> & { readonly framing?: string } = {},
) {
  const wire = createWire({ contentType });
  // The names of all framings in one table; the types of the values do not matter here.
  const given = { maxMessages: Number.POSITIVE_INFINITY, ...options } as StreamingFetchOptions;
  const run = createStreamingFetch('/api', { ...wire.options, ...given });
  const end = run.start();
  await wire.send(...chunks);
  await wire.close();
  return { ...(await end), errors: wire.errors, warnings: wire.environment.warnings };
}

/** The framing that a content type leads to, told by what becomes of one and the same body. */
async function framingFor(contentType: string | null): Promise<string> {
  const { messages, text, errors } = await receive(contentType, ['data: 1\n\n']);
  if (errors[0] !== undefined) return errors[0].code === 'parse' ? 'ndjson' : errors[0].code;
  if (text === '1') return 'sse';
  if (text === 'data: 1\n\n') return 'text';
  return ArrayBuffer.isView(messages[0]?.value) ? 'bytes' : 'unknown';
}

describe('`framing: auto` goes by the essence of the content type', () => {
  test.each([
    ['text/event-stream', 'sse'],
    ['TEXT/Event-Stream; charset=ISO-8859-1', 'sse'],
    ['application/json, text/event-stream; charset=utf-8', 'sse'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['application/x-jsonlines', 'ndjson'],
    ['application/x-jsonl', 'ndjson'],
    ['application/jsonlines', 'ndjson'],
    ['application/json-lines', 'ndjson'],
    ['application/x-ldjson', 'ndjson'],
    ['text/x-ndjson', 'ndjson'],
    ['application/stream+json; charset=utf-8', 'ndjson'],
    ['text/plain', 'text'],
    ['text/csv; header=present', 'text'],
    ['application/json', 'text'],
    ['application/problem+json', 'text'],
    [null, 'text'],
    ['image/png', 'bytes'],
    ['application/octet-stream', 'bytes'],
    ['text/html', 'content-type'],
    ['Text/HTML; charset=utf-8', 'content-type'],
  ])('%s: %s', async (contentType, framing) => {
    expect(await framingFor(contentType)).toBe(framing);
  });

  test('an HTML page fails, and development says what it may be', async () => {
    const page = '<!doctype html><title>Sign in</title>';
    const { error, status, text, warnings } = await receive('text/html; charset=utf-8', [page]);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'content-type', status: 200, body: page });
    expect(error?.message).toBe('The server sent text/html instead of a stream.');
    expect(text).toBe('');
    expect(warnings.join()).toContain('login page');
  });

  test.each(['sse', 'ndjson'])('HTML fails under `framing: %s` too', async (framing) => {
    const { error } = await receive('text/html', ['<p>'], { framing });
    expect(error).toMatchObject({ code: 'content-type', body: '<p>' });
  });

  test.each(['text', 'lines'])(
    'HTML is what was asked for under `framing: %s`',
    async (framing) => {
      const { status, text } = await receive('text/html', ['<p>\n'], { framing });
      expect([status, text]).toEqual(['done', '<p>\n']);
    },
  );

  test.each(['text/plain', 'application/json', 'application/octet-stream'])(
    'a named framing is believed under %s',
    async (contentType) => {
      const { text, status } = await receive(contentType, ['data: a\n\n'], { framing: 'sse' });
      expect([status, text]).toEqual(['done', 'a']);
    },
  );
});

describe('a whole JSON body under `framing: auto`', () => {
  const body = '{"items":[1,2],"name":"né 😀"}';

  test.each<[string, object]>([
    ["`parse: 'json'`", { parse: 'json' }],
    ['a schema', { schema: z.unknown() }],
    ['a `parse` function', { parse: ({ data }: { data: string }): unknown => JSON.parse(data) }],
  ])('is one message however it is cut, with %s', async (_, options) => {
    for (const contentType of ['application/json', 'application/problem+json']) {
      for (const chunks of everyCut(body)) {
        const { status, messages, errors } = await receive(contentType, chunks, options);
        expect([status, errors]).toEqual(['done', []]);
        expect(messages.map(({ value }) => value)).toEqual([JSON.parse(body)]);
      }
    }
  });

  test('is text as it comes where nobody wants its value', async () => {
    const { text, messages } = await receive('application/json', ['{"a"', ':1}']);
    expect([text, messages.length]).toEqual(['{"a":1}', 2]);
  });

  test('that is empty is neither a message nor an error', async () => {
    const { status, messages, errors } = await receive('application/json', [], JSON_VALUES);
    expect([status, messages, errors]).toEqual(['done', [], []]);
  });

  test('that is not JSON is reported once', async () => {
    const { errors } = await receive('application/json', ['{"a"', ':'], JSON_VALUES);
    expect(errors).toMatchObject([{ code: 'parse' }]);
  });
});

const LONE_SURROGATE = /\p{Surrogate}/u;
const TEXT = 'né 😀\r\n日本語 \u{1f468}\u200d\u{1f469}\r\n\nlast';

describe('a body cut at any byte is the same body', { timeout: 60_000 }, () => {
  test('as text: whole characters, and the same text', async () => {
    for (const chunks of everyCut(TEXT)) {
      const { text, messages, status } = await receive('text/plain', chunks);
      expect([status, text]).toEqual(['done', TEXT]);
      for (const { data } of messages) expect(data).not.toMatch(LONE_SURROGATE);
      expect(messages.map(({ data }) => data).join('')).not.toContain('\ufffd');
    }
  });

  test('as text in UTF-16: no half of a surrogate pair on its own', async () => {
    const body = Buffer.from('a😀日', 'utf16le');
    for (const chunks of everyCut(body)) {
      const { text, messages } = await receive('text/plain; charset=utf-16le', chunks);
      expect(text).toBe('a😀日');
      for (const { data } of messages) expect(data).not.toMatch(LONE_SURROGATE);
    }
  });

  test('as lines: the same lines', async () => {
    for (const chunks of everyCut(TEXT)) {
      const { messages, text } = await receive('text/plain', chunks, { framing: 'lines' });
      expect(messages.map(({ data }) => data)).toEqual(['né 😀', '日本語 👨\u200d👩', '', 'last']);
      expect(text).toBe('né 😀\n日本語 👨\u200d👩\n\nlast\n');
    }
  });

  test('as NDJSON: the same values', async () => {
    const body = '{"a":"日😀"}\r\n\n[12,\t"é"]\n  \n123';
    for (const chunks of everyCut(body)) {
      const { messages } = await receive('application/x-ndjson', chunks);
      expect(messages.map(({ value }) => value)).toEqual([{ a: '日😀' }, [12, 'é'], 123]);
    }
  });

  test('as an event stream: the same events', async () => {
    const body = ':hi\r\nevent: a\r\ndata: 日\r\ndata: 😀\r\nid: é\r\n\r\ndata:two\n\ndata: lost';
    for (const chunks of everyCut(body)) {
      const { messages, text } = await receive('text/event-stream', chunks);
      expect(messages).toMatchObject([
        { event: 'a', data: '日\n😀', lastEventId: 'é' },
        { event: 'message', data: 'two', lastEventId: 'é' },
      ]);
      expect(messages).toHaveLength(2);
      expect(text).toBe('日\n😀two');
    }
  });

  test('as bytes: each chunk is a message, and together they are the body', async () => {
    const body = Uint8Array.from([0, 255, 13, 10, 240, 159]);
    for (const chunks of everyCut(body)) {
      const { messages, text, status } = await receive('image/png', chunks);
      expect(messages.map(({ value }) => value)).toEqual(chunks);
      expect([status, text]).toEqual(['done', '']);
    }
  });
});

describe('a character that the end of the body cuts is `truncated`', () => {
  const half = Uint8Array.from([0x61, 0xe6, 0x97]);

  test('as text, which stays', async () => {
    const { status, error, text } = await receive('text/plain', [half]);
    expect([status, error?.code, text]).toEqual(['failed', 'truncated', 'a']);
    expect(error?.message).toContain('character');
  });

  test('as lines, the half line included', async () => {
    const { error, text } = await receive('text/plain', ['one\n', half], { framing: 'lines' });
    expect([error?.code, text]).toEqual(['truncated', 'one\na\n']);
  });

  test('as NDJSON, without the half value', async () => {
    const { error, messages, errors } = await receive('application/x-ndjson', ['1\n', half]);
    expect([error?.code, messages.map(({ value }) => value)]).toEqual(['truncated', [1]]);
    expect(errors.map(({ code }) => code)).toEqual(['truncated']);
  });

  test('as an event stream', async () => {
    const { error, text } = await receive('text/event-stream', ['data: one\n\ndata: ', half]);
    expect([error?.code, text]).toEqual(['truncated', 'one']);
  });
});

describe('the charset', () => {
  const latin = Uint8Array.from([0x80, 0xe9, 0x0a]);

  test.each([
    'text/plain; charset=windows-1252',
    'text/plain;charset="Windows-1252"',
    'TEXT/PLAIN; CHARSET=ISO-8859-1',
  ])('of %s is honoured for text and lines', async (contentType) => {
    expect((await receive(contentType, [latin])).text).toBe('€é\n');
    const lines = await receive(contentType, [latin], { framing: 'lines' });
    expect(lines.messages.map(({ data }) => data)).toEqual(['€é']);
  });

  test.each(['text/plain', 'text/plain; charset=klingon'])(
    'of %s is UTF-8',
    async (contentType) => {
      expect((await receive(contentType, ['é\n'])).text).toBe('é\n');
    },
  );

  test('of event streams and NDJSON is UTF-8 whatever is declared', async () => {
    const stream = await receive('text/event-stream; charset=windows-1252', ['data: é\n\n']);
    expect(stream.text).toBe('é');
    const values = await receive('application/x-ndjson; charset=windows-1252', ['"é"\n']);
    expect(values.data).toBe('é');
  });

  test.each([
    ['text/plain', 'text', 'a'],
    ['text/plain', 'lines', 'a\n'],
    ['text/plain', 'sse', ''],
    ['application/x-ndjson', 'ndjson', ''],
  ])('of %s as %s: one byte order mark is dropped', async (contentType, framing, text) => {
    const body =
      framing === 'ndjson' ? '\ufeff1\n' : framing === 'sse' ? '\ufeffdata:\n\n' : '\ufeffa';
    const received = await receive(contentType, [body], { framing });
    expect(received.errors).toEqual([]);
    expect(received.text).toBe(text);
    expect(received.messages).toHaveLength(1);
  });

  test('a byte that is not UTF-8 becomes U+FFFD and ends nothing', async () => {
    const { text, status } = await receive('text/plain', [Uint8Array.from([0x61, 0xff, 0x62])]);
    expect([status, text]).toEqual(['done', 'a\ufffdb']);
  });
});
