import { createStreamingFetch } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createWire, type Wire } from '../../support/wire.ts';

const EVENTS = { contentType: 'text/event-stream' };

async function play(wire: Wire, ...chunks: readonly (string | Uint8Array)[]): Promise<void> {
  await wire.send(...chunks);
  await wire.close();
}

describe('a message', () => {
  test('goes through its stages in order, each of which sees what the one before made', async () => {
    const wire = createWire(EVENTS);
    const order: string[] = [];
    const note = (stage: string, { value, data }: { value?: number | undefined; data: string }) =>
      void order.push(`${stage} ${data} as ${value}`);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      parse({ data }) {
        order.push(`parse ${data}`);
        return data;
      },
      schema: z.string().transform((text) => {
        order.push(`schema ${text}`);
        return text.length;
      }),
      errorWhen: (message) => {
        note('errorWhen', message);
        return false;
      },
      toText(message) {
        note('toText', message);
        return String(message.value);
      },
      reduce(sum: number, message) {
        note('reduce', message);
        return sum + message.value;
      },
      initialState: 0,
      onMessage: (message) => note('onMessage', message),
      endWhen(message) {
        note('endWhen', message);
        return message.value === 3;
      },
    });
    const end = run.start();
    await play(wire, 'data: abc\n\ndata: late\n\n');
    const { status, text, data, state, message, messages } = await end;
    expect(order).toEqual([
      'parse abc',
      'schema abc',
      'errorWhen abc as 3',
      'toText abc as 3',
      'reduce abc as 3',
      'onMessage abc as 3',
      'endWhen abc as 3',
    ]);
    expect([status, text, data, state]).toEqual(['done', '3', 3, 3]);
    expect(messages).toEqual([message]);
  });

  test('of an event stream has its name, its sticky id and the origin', async () => {
    const wire = createWire({ ...EVENTS, baseUrl: 'https://app.example/' });
    const run = createStreamingFetch('/api', wire.options);
    const end = run.start();
    await play(wire, 'id: 7\n\nevent: a\ndata: 1\n\nid: 8\ndata: 2\n\n');
    expect((await end).messages).toEqual([
      { event: 'a', data: '1', value: '1', lastEventId: '7', origin: 'https://app.example' },
      { event: 'message', data: '2', value: '2', lastEventId: '8', origin: 'https://app.example' },
    ]);
  });

  test('whose name stands in no schema is not delivered', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      schema: { price: z.number() },
    });
    const end = run.start();
    await play(wire, 'event: price\ndata: 3\n\nevent: other\ndata: x\n\n');
    expect((await end).messages.map(({ value }) => value)).toEqual([3]);
    expect(wire.errors).toEqual([]);
  });
});

describe('a message that does not parse or validate', () => {
  test.each([
    ['parse', 'x', 'could not be parsed'],
    ['invalid', '"text"', 'could not be validated'],
  ])('is reported as `%s`, and nothing of it is kept', async (code, data, says) => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', { ...wire.options, schema: z.number() });
    const end = run.start();
    await play(wire, `data: ${data}\n\ndata: 2\n\n`);
    const { status, messages, data: value } = await end;
    expect([status, value, messages.length]).toEqual(['done', 2, 1]);
    expect(wire.log).toContain(`${code}, final`);
    expect(wire.errors[0]?.message).toContain(says);
  });

  test('under `onInvalid: fail` ends the run; what came before stays', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      schema: z.number(),
      onInvalid: 'fail',
    });
    const end = run.start();
    await wire.send('data: 1\n\ndata: "x"\n\ndata: 3\n\n');
    expect(await end).toMatchObject({ status: 'failed', data: 1, error: { code: 'invalid' } });
    expect(wire.stream.isCancelled).toBe(true);
  });

  test('because its schema is asynchronous fails whatever `onInvalid` says', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      schema: z.number().refine(async () => true),
      onInvalid: 'skip',
    });
    const end = run.start();
    await wire.send('data: 1\n\n');
    expect((await end).error?.code).toBe('async-schema');
  });
});

describe('`parse`', () => {
  test.each<['text' | undefined, string]>([
    [undefined, '1'],
    ['text', '1'],
  ])('that is %s leaves text', async (parse, value) => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', { ...wire.options, parse });
    const end = run.start();
    await play(wire, 'data: 1\n\n');
    expect((await end).data).toBe(value);
  });

  test('is JSON by itself where a schema is given', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/', { ...wire.options, schema: z.object({ a: z.number() }) });
    const end = run.start();
    await play(wire, 'data: {"a":1}\n\n');
    expect((await end).data).toEqual({ a: 1 });
  });

  test('is JSON by itself where the content type is NDJSON, in every run anew', async () => {
    const types = ['application/x-ndjson', 'text/plain'];
    const wire = createWire({
      respond: (_, index) =>
        new Response('12', { headers: { 'content-type': types[index] ?? '' } }),
    });
    const run = createStreamingFetch('/api', wire.options);
    expect((await run.start()).data).toBe(12);
    expect((await run.start()).data).toBe('12');
  });
});

describe('`toText`', () => {
  test('says what NDJSON adds to the text', async () => {
    const wire = createWire({ contentType: 'application/x-ndjson' });
    const run = createStreamingFetch('/api', {
      ...wire.options,
      framing: 'ndjson',
      schema: z.object({ response: z.string() }),
      toText: ({ value }) => value.response,
    });
    const end = run.start();
    await play(wire, '{"response":"Hel"}\n{"response":"lo"}\n');
    expect((await end).text).toBe('Hello');
  });

  test('says what bytes add to the text; without it they add nothing', async () => {
    const wire = createWire({ contentType: 'image/png' });
    const options = { ...wire.options, framing: 'bytes' } as const;
    const plain = createStreamingFetch('/api', options);
    const told = createStreamingFetch('/api', {
      ...options,
      toText: ({ value }) => `[${value.length}]`,
    });
    const ends = [plain.start(), told.start()];
    await wire.environment.settle();
    for (const stream of wire.streams) stream.write(Uint8Array.from([1, 2]));
    for (const stream of wire.streams) stream.close();
    expect((await Promise.all(ends)).map(({ text }) => text)).toEqual(['', '[2]']);
  });

  test('replaces what events add to the text', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      toText: ({ event, data }) => (event === 'delta' ? data : ''),
    });
    const end = run.start();
    await play(wire, 'event: ping\ndata: {}\n\nevent: delta\ndata: a\n\n');
    expect((await end).text).toBe('a');
  });

  test('that throws adds nothing, and is reported', async () => {
    const wire = createWire();
    const run = createStreamingFetch('/api', {
      ...wire.options,
      toText({ data }) {
        if (data === 'b') throw new Error('broken');
        return data;
      },
    });
    const end = run.start();
    await wire.send('a');
    await wire.send('b');
    await play(wire, 'c');
    expect(await end).toMatchObject({ status: 'done', text: 'ac' });
    expect(wire.environment.reported).toEqual([new Error('broken')]);
  });
});

describe('`reduce`', () => {
  test('makes `state` of all messages, from `initialState`', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      parse: 'json',
      reduce: (sum: number, { value }) => sum + Number(value),
      initialState: 10,
    });
    expect(run.getSnapshot().state).toBe(10);
    const end = run.start();
    await play(wire, 'data: 1\n\ndata: 2\n\n');
    expect((await end).state).toBe(13);
  });

  test('that throws leaves the state unchanged, and is reported', async () => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', {
      ...wire.options,
      reduce(all: string, { data }) {
        if (data === 'b') throw new Error('broken');
        return all + data;
      },
      initialState: '',
    });
    const end = run.start();
    await play(wire, 'data: a\n\ndata: b\n\ndata: c\n\n');
    expect(await end).toMatchObject({ state: 'ac', text: 'abc', status: 'done' });
    expect(wire.environment.reported).toEqual([new Error('broken')]);
  });
});

describe('`maxMessages`', () => {
  test.each([
    [undefined, 100, 50],
    [3, 3, 147],
    [0, 0, 150],
    [Number.POSITIVE_INFINITY, 150, 0],
  ])('of %s keeps the newest %i of 150 and tells of %i', async (maxMessages, kept, dropped) => {
    const wire = createWire(EVENTS);
    const run = createStreamingFetch('/api', { ...wire.options, maxMessages });
    const end = run.start();
    await play(wire, ...Array.from({ length: 150 }, (_, index) => `data: ${index}\n\n`));
    const snapshot = await end;
    expect(snapshot.messages).toHaveLength(kept);
    expect(snapshot.dropped).toBe(dropped);
    expect(snapshot.messages.at(-1)?.data ?? '149').toBe('149');
    expect([snapshot.data, snapshot.message?.data]).toEqual(['149', '149']);
  });
});

describe('callbacks', () => {
  test('see every chunk, with the bytes so far, before its messages', async () => {
    const wire = createWire();
    const seen: string[] = [];
    const run = createStreamingFetch('/api', {
      ...wire.options,
      onChunk: (bytes, { loaded }) => void seen.push(`chunk of ${bytes.length}, ${loaded} in all`),
      onMessage: ({ data }) => void seen.push(data),
    });
    const end = run.start();
    await play(wire, 'ab', 'é');
    expect(seen).toEqual(['chunk of 2, 2 in all', 'ab', 'chunk of 2, 4 in all', 'é']);
    expect((await end).bytesReceived).toBe(4);
  });

  test('that throw are reported, and the run goes on', async () => {
    const wire = createWire();
    const broken = () => {
      throw new Error('broken');
    };
    const run = createStreamingFetch('/api', {
      environment: wire.environment,
      onStatusChange: broken,
      onOpen: broken,
      onChunk: broken,
      onMessage: broken,
    });
    const end = run.start();
    await play(wire, 'abc');
    expect(await end).toMatchObject({ status: 'done', text: 'abc' });
    // Three changes of the status, one open, one chunk, one message.
    expect(wire.environment.reported).toHaveLength(6);
  });
});
