import { type } from 'arktype';
import {
  type EventSourceOptions,
  type StandardSchema,
  type StreamError,
  useEventSource,
} from 'rivulet';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes, renderHook } from '../support/render-hook.tsx';

expectQuietConsole();

const schemas = [
  ['zod', z.object({ value: z.number() })],
  ['valibot', v.object({ value: v.number() })],
  ['arktype', type({ value: 'number' })],
] as const;

const named = [
  ['zod', { price: z.object({ value: z.number() }), note: z.string() }],
  ['valibot', { price: v.object({ value: v.number() }), note: v.string() }],
  ['arktype', { price: type({ value: 'number' }), note: type('string') }],
] as const;

describe.each(modes)('values of useEventSource $mode', ({ isStrict }) => {
  it("parse: 'json' makes values of the text, and data stay the text", async () => {
    const { environment, ...server } = createServer();
    const hook = renderHook(() => useEventSource('/api', { environment, parse: 'json' }), {
      isStrict,
    });
    await environment.settle();
    server.stream().write('data: {"value":\ndata: 3}\n\n');
    await environment.settle();
    expect(hook.result.data).toEqual({ value: 3 });
    expect(hook.result.message?.data).toBe('{"value":\n3}');
  });

  it('a parse function gets the raw message and makes the value', async () => {
    const { environment, ...server } = createServer();
    const raw: object[] = [];
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          parse(message) {
            raw.push({ ...message });
            return Number(message.data);
          },
        }),
      { isStrict },
    );
    await environment.settle();
    server.stream().send({ data: '12', event: 'price', id: 'x' });
    await environment.settle();
    expect(hook.result.data).toBe(12);
    expect(raw).toEqual([
      { data: '12', event: 'price', lastEventId: 'x', origin: 'http://localhost' },
    ]);
  });

  it.each(schemas)('one schema of %s validates every message, as JSON', async (_, schema) => {
    const { environment, ...server } = createServer();
    const errors: StreamError[] = [];
    const hook = renderHook(
      () =>
        useEventSource('/api', {
          environment,
          schema,
          onError: (error) => errors.push(error),
        }),
      { isStrict },
    );
    await environment.settle();
    server.stream().send({ data: { value: 3 } });
    server.stream().send({ data: { value: 'three' }, event: 'price' });
    await environment.advance(16);
    expect(hook.result.data).toEqual({ value: 3 });
    expect(hook.result.messages).toHaveLength(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'invalid', attempt: 1 });
    expect(errors[0]?.message).toMatch(/"price".*value/s);
    expect(errors[0]?.cause).toBeDefined();
  });

  it.each(named)(
    'schemas of %s by name validate and let only their names in',
    async (_, schema) => {
      const { environment, ...server } = createServer();
      const seen: unknown[] = [];
      const hook = renderHook(
        () =>
          useEventSource<{ price: { value: number }; note: string }>('/api', {
            environment,
            schema,
            on: {
              price: ({ value }) => seen.push(value),
              note: (text) => seen.push(text.toUpperCase()),
            },
            onError: ({ code }) => seen.push(code),
          }),
        { isStrict },
      );
      await environment.settle();
      server.stream().send({ event: 'price', data: { value: 3 } });
      server.stream().send({ event: 'note', data: '"hi"' });
      server.stream().send({ event: 'other', data: 'not even JSON' });
      server.stream().send({ data: 'unnamed' });
      server.stream().send({ event: 'toString', data: '{}' });
      server.stream().send({ event: 'note', data: '7' });
      await environment.advance(16);
      expect(seen).toEqual([3, 'HI', 'invalid']);
      expect(hook.result.latest).toEqual({ price: { value: 3 }, note: 'hi' });
      expect(hook.result.messages.map(({ event }) => event)).toEqual(['price', 'note']);
    },
  );

  it('a value is the output of the schema, and parse comes before it', async () => {
    const { environment, ...server } = createServer();
    const schema = z.array(z.coerce.number()).transform((numbers) => numbers.length);
    const hook = renderHook(
      () => useEventSource('/api', { environment, schema, parse: ({ data }) => data.split(',') }),
      { isStrict },
    );
    await environment.settle();
    server.stream().send('1,2,3');
    await environment.settle();
    expect(hook.result.data).toBe(3);
  });

  const broken: ReadonlyArray<readonly [string, string, EventSourceOptions<{ message: unknown }>]> =
    [
      ['parse', 'a text that is no JSON', { parse: 'json' }],
      [
        'parse',
        'a throw of parse',
        {
          parse({ data }) {
            if (data === 'bad') throw new Error('no');
            return data;
          },
        },
      ],
      [
        'invalid',
        'a value outside the schema',
        { parse: 'text', schema: { message: z.enum(['1', '2']) } },
      ],
      [
        'invalid',
        'a throw of the schema',
        {
          parse: 'text',
          schema: {
            message: v.pipe(
              v.string(),
              v.transform((text) => {
                if (text === 'bad') throw new Error('no');
                return text;
              }),
            ),
          },
        },
      ],
    ];

  describe.each(broken)('%s, for %s', (code, _, options) => {
    const receive = async (onInvalid?: 'report' | 'skip' | 'fail') => {
      const { environment, ...server } = createServer();
      const errors: unknown[] = [];
      const received: string[] = [];
      const hook = renderHook(
        () =>
          useEventSource('/api', {
            environment,
            ...options,
            onInvalid,
            onError: (error, { willRetry }) => errors.push([error.code, willRetry]),
            onMessage: ({ data }) => received.push(data),
          }),
        { isStrict },
      );
      await environment.settle();
      server.stream().write('data: 1\n\nid: 7\ndata: bad\n\ndata: 2\n\n');
      await environment.advance(60_000);
      return { hook, errors, received, server: server.server };
    };

    it('is reported, and the stream goes on', async () => {
      for (const onInvalid of [undefined, 'report'] as const) {
        const { hook, errors, received } = await receive(onInvalid);
        expect(errors).toEqual([[code, false]]);
        expect(received).toEqual(['1', '2']);
        expect(hook.result).toMatchObject({ status: 'open', error: null, lastEventId: '7' });
        expect(hook.result.messages).toHaveLength(2);
      }
    });

    it("onInvalid: 'skip' passes over it in silence", async () => {
      const { hook, errors, received } = await receive('skip');
      expect(errors).toEqual([]);
      expect(received).toEqual(['1', '2']);
      expect(hook.result.status).toBe('open');
    });

    it("onInvalid: 'fail' ends the stream with it, for good", async () => {
      const { hook, errors, received, server } = await receive('fail');
      expect(errors).toEqual([[code, false]]);
      expect(received).toEqual(['1']);
      expect(hook.result).toMatchObject({ status: 'failed', error: { code } });
      expect(server.requests).toHaveLength(1);
      expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    });
  });

  describe('a schema that answers with a promise', () => {
    const receive = async (schema: StandardSchema<string>, onInvalid?: 'skip' | 'fail') => {
      const { environment, ...server } = createServer();
      const received: string[] = [];
      const errors: unknown[] = [];
      const hook = renderHook(
        () =>
          useEventSource('/api', {
            environment,
            onInvalid,
            parse: 'text',
            schema,
            onError: ({ code }) => errors.push(code),
            onMessage: ({ data }) => received.push(data),
          }),
        { isStrict },
      );
      await environment.settle();
      server.stream().write('data: 1\n\ndata: bad\n\ndata: 2\n\n');
      await environment.advance(60_000);
      return { hook, received, errors, requests: server.server.requests };
    };
    const asynchronous = z.string().refine(async () => true);
    // A synchronous schema with a step that throws: zod answers with a promise that rejects.
    const throwing = z.string().transform((text) => {
      if (text === 'bad') throw new Error('no');
      return text;
    });

    it('is refused if it validates asynchronously, whatever onInvalid says', async () => {
      for (const onInvalid of [undefined, 'skip', 'fail'] as const) {
        const { hook, received, errors, requests } = await receive(asynchronous, onInvalid);
        expect(hook.result).toMatchObject({ status: 'failed', error: { code: 'async-schema' } });
        expect(errors).toEqual(['async-schema']);
        expect(received).toEqual([]);
        expect(requests).toHaveLength(1);
      }
    });

    it('only found the message invalid if one of its steps threw', async () => {
      const reported = await receive(throwing);
      expect(reported.received).toEqual(['1', '2']);
      expect(reported.errors).toEqual(['invalid']);
      expect(reported.hook.result.status).toBe('open');
      const skipped = await receive(throwing, 'skip');
      expect(skipped.received).toEqual(['1', '2']);
      expect(skipped.errors).toEqual([]);
    });

    it("lets nothing through after it with onInvalid: 'fail'", async () => {
      const { hook, received } = await receive(throwing, 'fail');
      expect(received).toEqual(['1']);
      expect(hook.result.status).toBe('failed');
    });

    it('is not heard of any more once the stream is closed', async () => {
      const { environment, ...server } = createServer();
      const errors: unknown[] = [];
      const hook = renderHook(
        () =>
          useEventSource('/api', {
            environment,
            parse: 'text',
            schema: throwing,
            onChunk: () => queueMicrotask(() => hook.result.close()),
            onError: ({ code }) => errors.push(code),
          }),
        { isStrict },
      );
      await environment.settle();
      server.stream().write('data: bad\n\n');
      await environment.settle();
      expect(hook.result.status).toBe('aborted');
      expect(errors).toEqual([]);
    });
  });
});

function createServer() {
  const server = createMockServer();
  return { server, environment: server.environment, stream: () => server.stream };
}
