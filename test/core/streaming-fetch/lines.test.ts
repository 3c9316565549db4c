import { createStreamingFetch, type StreamMessage } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createWire, everyCut, type Wire } from '../../support/wire.ts';

type Chunk = string | Uint8Array;

async function play(wire: Wire, chunks: readonly Chunk[]): Promise<void> {
  await wire.send(...chunks);
  await wire.close();
}

async function linesOf(...chunks: readonly Chunk[]): Promise<readonly string[]> {
  const wire = createWire();
  const run = createStreamingFetch('/log', { ...wire.options, framing: 'lines' });
  const end = run.start();
  await play(wire, chunks);
  const { messages } = await end;
  return messages.map(({ value }) => value);
}

interface ValueOptions {
  readonly onInvalid?: 'report' | 'skip' | 'fail' | undefined;
  readonly maxMessageLength?: number | undefined;
}

async function valuesOf(options: ValueOptions, ...chunks: readonly Chunk[]) {
  const wire = createWire({ contentType: 'application/x-ndjson' });
  const values: unknown[] = [];
  const run = createStreamingFetch('/rows', {
    ...wire.options,
    framing: 'ndjson',
    onMessage: ({ value }) => values.push(value),
    ...options,
  });
  const end = run.start();
  await play(wire, chunks);
  return { ...(await end), values, log: wire.log, errors: wire.errors };
}

describe('lines', () => {
  test.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\n\nb\n\n', ['a', '', 'b', '']],
    ['\r\n', ['']],
    ['a\rb\n', ['a\rb']],
    ['a\r\r\n', ['a\r']],
    [' a \n', [' a ']],
  ])('of %j are %j', async (body, lines) => {
    for (const chunks of everyCut(body)) expect(await linesOf(...chunks)).toEqual(lines);
  });

  test('are delivered as they end, not at the end of the body', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/log', { ...wire.options, framing: 'lines', flush: 'sync' });
    void run.start();
    await wire.send('one\ntw');
    expect(run.getSnapshot()).toMatchObject({ data: 'one', text: 'one\n' });
    await wire.send('o\n');
    expect(run.getSnapshot()).toMatchObject({ data: 'two', text: 'one\ntwo\n' });
    run.abort();
  });

  test('are parsed when that is asked for', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/log', { ...wire.options, framing: 'lines', parse: 'json' });
    const end = run.start();
    await play(wire, ['1\n[2]\n']);
    expect((await end).messages.map(({ value }) => value)).toEqual([1, [2]]);
  });
});

describe('NDJSON', () => {
  test('skips lines of nothing but white space', async () => {
    const { values, errors } = await valuesOf({}, '\n{"a":1}\r\n\r\n \t\n2\n\n');
    expect([values, errors]).toEqual([[{ a: 1 }, 2], []]);
  });

  test('takes the last line without its newline', async () => {
    expect((await valuesOf({}, '1\n2')).values).toEqual([1, 2]);
  });

  test('keeps the wire text of a line beside its value', async () => {
    const wire = createWire({ contentType: 'application/x-ndjson' });
    const seen: StreamMessage<unknown>[] = [];
    const run = createStreamingFetch('/rows', {
      ...wire.options,
      framing: 'ndjson',
      onMessage: (message) => seen.push(message),
    });
    const end = run.start();
    await play(wire, ['{"a": 1}\n']);
    await end;
    expect(seen).toEqual([
      {
        event: 'message',
        data: '{"a": 1}',
        value: { a: 1 },
        lastEventId: '',
        origin: 'http://localhost',
      },
    ]);
  });

  test('reports a bad line and goes on', async () => {
    const { values, status, log, errors } = await valuesOf({}, '1\n{"a":\n3\n');
    expect([values, status]).toEqual([[1, 3], 'done']);
    expect(log).toContain('parse, final');
    expect(errors[0]).toMatchObject({ code: 'parse', attempt: 1, bytesReceived: 10 });
  });

  test('never joins lines that do not parse', async () => {
    const { values, errors } = await valuesOf({}, '{"a":\n1}\n');
    expect(values).toEqual([]);
    expect(errors.map(({ code }) => code)).toEqual(['parse', 'parse']);
  });

  test('skips a bad line without a word under `onInvalid: skip`', async () => {
    const { values, status, errors } = await valuesOf({ onInvalid: 'skip' }, '1\nx\n3\n');
    expect([values, status, errors]).toEqual([[1, 3], 'done', []]);
  });

  test('fails at a bad line under `onInvalid: fail`, with what came before it', async () => {
    const { values, status, error, data } = await valuesOf({ onInvalid: 'fail' }, '1\nx\n3\n');
    expect([values, status, error?.code, data]).toEqual([[1], 'failed', 'parse', 1]);
  });

  test('is text under `parse: text`', async () => {
    const wire = createWire({ contentType: 'application/x-ndjson' });
    const run = createStreamingFetch('/rows', { ...wire.options, parse: 'text' });
    const end = run.start();
    await play(wire, ['{"a":1}\n\n2']);
    expect((await end).messages.map(({ value }) => value)).toEqual(['{"a":1}', '2']);
  });
});

describe('`maxMessageLength`', { timeout: 60_000 }, () => {
  test.each([
    ['four characters and LF', '"ab"\n'],
    ['four characters and CRLF', '"ab"\r\n'],
    ['four characters at the end of the body', '"ab"'],
  ])('lets through %s, at every cut', async (_, line) => {
    for (const chunks of everyCut(`1\n${line}`)) {
      const { values, status } = await valuesOf({ maxMessageLength: 4 }, ...chunks);
      expect([status, values]).toEqual(['done', [1, 'ab']]);
    }
  });

  test.each([
    ['a line', '"abc"\n3\n'],
    ['a line with CRLF', '"abc"\r\n3\r\n'],
    ['a line that has no end yet', '"abcdefgh'],
    ['a last line without newline', '"abc"'],
  ])('refuses %s that is longer, at every cut', async (_, tail) => {
    for (const chunks of everyCut(`1\n${tail}`)) {
      const { values, status, error } = await valuesOf({ maxMessageLength: 4 }, ...chunks);
      expect([status, error?.code, values]).toEqual(['failed', 'message-too-large', [1]]);
    }
  });

  test.each([
    ['text', 'text/plain', 'abcde'],
    ['sse', 'text/event-stream', 'data: abcde\n\n'],
    ['bytes', 'image/png', 'abcde'],
  ])('holds for `framing: %s` as well', async (_, contentType, body) => {
    for (const [limit, status] of [
      [5, 'done'],
      [4, 'failed'],
    ] as const) {
      const wire = createWire({ contentType });
      const run = createStreamingFetch('/', { ...wire.options, maxMessageLength: limit });
      const end = run.start();
      await play(wire, [body]);
      expect((await end).status).toBe(status);
    }
  });

  test.each([
    ['application/x-ndjson', '"abcdef'],
    ['text/event-stream', 'data: abcdef'],
  ])('ends a message of %s that has no end, before it fills the memory', async (type, piece) => {
    const wire = createWire({ contentType: type });
    const run = createStreamingFetch('/', { ...wire.options, maxMessageLength: 2000 });
    void run.start();
    for (let sent = 0; sent < 1000; sent += 1) await wire.send(piece);
    expect(run.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'message-too-large' },
    });
    expect(run.getSnapshot().bytesReceived).toBeLessThan(4000);
    expect(wire.stream.isCancelled).toBe(true);
  });

  test('is 16 Mi unless given, and can be lifted', async () => {
    const line = (length: number) => `"${'x'.repeat(length - 2)}"`;
    const long = await valuesOf({}, line(2 ** 24 + 1));
    expect(long.error?.code).toBe('message-too-large');
    expect(long.error?.message).toBe('A message is longer than 16777216 characters.');
    const lifted = await valuesOf(
      { maxMessageLength: Number.POSITIVE_INFINITY },
      line(2 ** 24 + 1),
    );
    expect(lifted.status).toBe('done');
    expect((await valuesOf({}, line(2 ** 24))).status).toBe('done');
  });
});
