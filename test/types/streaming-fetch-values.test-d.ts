import {
  type Bytes,
  type RawMessage,
  type StreamingFetchOptions,
  type StreamingFetchResult,
  type StreamingFetchSnapshot,
  type StreamMessage,
  useStreamingFetch,
} from 'rivulet';
import { createStreamingFetch } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  arktypePrice,
  type Price,
  valibotNote,
  valibotPrice,
  zodNote,
  zodPrice,
} from './schemas.ts';

describe('values without parse or schema', () => {
  test('are strings', () => {
    const result = useStreamingFetch('/api');
    expectTypeOf(result.data).toEqualTypeOf<string | undefined>();
    expectTypeOf(result.message).toEqualTypeOf<StreamMessage<string> | undefined>();
    expectTypeOf(result.messages).toEqualTypeOf<readonly StreamMessage<string>[]>();
    expectTypeOf(result.text).toEqualTypeOf<string>();
    expectTypeOf(result.state).toEqualTypeOf<undefined>();
    expectTypeOf(useStreamingFetch(new URL('http://localhost/')).data).toEqualTypeOf<
      string | undefined
    >();
    expectTypeOf(useStreamingFetch(null).data).toEqualTypeOf<string | undefined>();
  });

  test('are strings in every callback, whatever the framing of text', () => {
    const result = useStreamingFetch('/api', {
      framing: 'lines',
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<StreamMessage<string>>(),
      toText(message) {
        expectTypeOf(message.value).toEqualTypeOf<string>();
        return message.value;
      },
      errorWhen(message) {
        // It is also asked about a message that did not parse or validate.
        expectTypeOf(message.value).toEqualTypeOf<string | undefined>();
        return message.data.startsWith('!') ? message.data : null;
      },
      endWhen(message) {
        expectTypeOf(message.data).toEqualTypeOf<string>();
        return false;
      },
    });
    expectTypeOf(result.data).toEqualTypeOf<string | undefined>();
  });

  test("are strings with parse: 'text'", () => {
    expectTypeOf(useStreamingFetch('/api', { parse: 'text' }).data).toEqualTypeOf<
      string | undefined
    >();
  });

  test("are anything with framing: 'ndjson'", () => {
    const result = useStreamingFetch('/api', {
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<StreamMessage<unknown>>(),
      framing: 'ndjson',
    });
    expectTypeOf(result.data).toEqualTypeOf<unknown>();
    expectTypeOf(result.message?.data).toEqualTypeOf<string | undefined>();
  });
});

describe("values of framing: 'bytes'", () => {
  test('are bytes, and so are the data', () => {
    const result = useStreamingFetch('/api', {
      toText: (message) => String(message.value.byteLength),
      onMessage(message) {
        expectTypeOf(message.value).toEqualTypeOf<Bytes>();
        expectTypeOf(message.data).toEqualTypeOf<Bytes>();
      },
      framing: 'bytes',
    });
    expectTypeOf(result.data).toEqualTypeOf<Bytes | undefined>();
    expectTypeOf(result.messages).toEqualTypeOf<readonly StreamMessage<Bytes>[]>();
  });

  test('fill a Blob', () => {
    const { messages } = useStreamingFetch('/api', { framing: 'bytes' });
    expectTypeOf(new Blob(messages.map((message) => message.value))).toEqualTypeOf<Blob>();
  });

  test('are folded as bytes', () => {
    const result = useStreamingFetch('/api', {
      framing: 'bytes',
      reduce: (count, message) => count + message.data.length,
      initialState: 0,
    });
    expectTypeOf(result.state).toEqualTypeOf<number>();
    expectTypeOf(result.data).toEqualTypeOf<Bytes | undefined>();
  });
});

describe('values of parse', () => {
  test("are anything for 'json'", () => {
    const result = useStreamingFetch('/api', {
      parse: 'json',
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<unknown>(),
    });
    expectTypeOf(result.data).toEqualTypeOf<unknown>();
  });

  test('are what the function returns', () => {
    const result = useStreamingFetch('/api', {
      parse(message) {
        expectTypeOf(message).toEqualTypeOf<RawMessage>();
        return Number(message.data);
      },
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<number>(),
      toText: (message) => message.value.toFixed(),
      endWhen: (message) => message.value > 3,
      errorWhen: ({ value }) => value !== undefined && value < 0,
    });
    expectTypeOf(result.data).toEqualTypeOf<number | undefined>();
  });

  test('are what the function returns for lines, events and NDJSON', () => {
    for (const framing of ['lines', 'sse', 'ndjson', 'text', 'auto'] as const) {
      const result = createStreamingFetch('/api', { framing, parse: ({ data }) => data.length });
      expectTypeOf(result.getSnapshot().data).toEqualTypeOf<number | undefined>();
    }
  });
});

describe('values of a schema', () => {
  test('are its output, with zod, valibot and arktype', () => {
    const zod = useStreamingFetch('/api', {
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<Price>(),
      toText: (message) => message.value.symbol,
      schema: zodPrice,
    });
    expectTypeOf(zod.data).toEqualTypeOf<Price | undefined>();
    const valibot = useStreamingFetch('/api', { schema: valibotPrice });
    expectTypeOf(valibot.data).toEqualTypeOf<Price | undefined>();
    const arktype = useStreamingFetch('/api', { schema: arktypePrice, framing: 'ndjson' });
    expectTypeOf(arktype.data).toEqualTypeOf<Price | undefined>();
  });

  test('are the output, not the input, and those of the schema beside parse', () => {
    const transformed = useStreamingFetch('/api', {
      schema: zodPrice.transform((price) => price.value),
    });
    expectTypeOf(transformed.data).toEqualTypeOf<number | undefined>();
    const both = useStreamingFetch('/api', {
      parse: (message) => message.data.split(','),
      schema: z.tuple([z.string()]),
    });
    expectTypeOf(both.data).toEqualTypeOf<[string] | undefined>();
  });

  test('are those of any schema, where there is one for each event name', () => {
    const zod = useStreamingFetch('/api', {
      schema: { price: zodPrice, note: zodNote },
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<Price | string>(),
    });
    expectTypeOf(zod.data).toEqualTypeOf<Price | string | undefined>();
    const mixed = useStreamingFetch('/api', { schema: { price: arktypePrice, note: valibotNote } });
    expectTypeOf(mixed.data).toEqualTypeOf<Price | string | undefined>();
  });
});

describe('state', () => {
  test('has the type of initialState, and folds values of every kind', () => {
    const text = useStreamingFetch('/api', {
      reduce: (lines, message) => [...lines, message.value],
      initialState: [] as readonly string[],
    });
    expectTypeOf(text.state).toEqualTypeOf<readonly string[]>();
    const prices = useStreamingFetch('/api', {
      framing: 'ndjson',
      reduce: (sum, message) => ({ total: sum.total + message.value.value }),
      initialState: { total: 0 },
      schema: zodPrice,
    });
    expectTypeOf(prices.state).toEqualTypeOf<{ total: number }>();
    const rows = useStreamingFetch('/api', {
      framing: 'ndjson',
      reduce: (count) => count + 1,
      initialState: 0,
    });
    expectTypeOf(rows.state).toEqualTypeOf<number>();
    expectTypeOf(rows.data).toEqualTypeOf<unknown>();
  });
});

describe('written types', () => {
  test('are those of JSON, of a parser, of a schema, of NDJSON', () => {
    for (const result of [
      useStreamingFetch<Price>('/api', { parse: 'json' }),
      useStreamingFetch<Price>('/api', { parse: ({ data }) => zodPrice.parse(data) }),
      useStreamingFetch<Price>('/api', { schema: zodPrice }),
      useStreamingFetch<Price>('/api', { framing: 'ndjson' }),
      useStreamingFetch<Price>('/api', { framing: 'ndjson', parse: 'json' }),
    ]) {
      expectTypeOf(result.data).toEqualTypeOf<Price | undefined>();
      expectTypeOf(result.state).toEqualTypeOf<undefined>();
    }
  });

  test('reach every callback', () => {
    useStreamingFetch<Price>('/api', {
      framing: 'ndjson',
      toText: (message) => message.value.symbol,
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<StreamMessage<Price>>(),
    });
  });

  test('of strings need nothing more, and can be narrow', () => {
    expectTypeOf(useStreamingFetch<string>('/api').data).toEqualTypeOf<string | undefined>();
    expectTypeOf(useStreamingFetch<'on' | 'off'>('/api').data).toEqualTypeOf<
      'on' | 'off' | undefined
    >();
  });

  test('of bytes name the framing', () => {
    const result = useStreamingFetch<Bytes>('/api', { framing: 'bytes' });
    expectTypeOf(result.data).toEqualTypeOf<Bytes | undefined>();
    expectTypeOf(result.state).toEqualTypeOf<undefined>();
  });

  test('come with a written state', () => {
    const result = useStreamingFetch<Price, Price[]>('/api', {
      parse: 'json',
      reduce: (prices, message) => [...prices, message.value],
      initialState: [],
    });
    expectTypeOf(result.state).toEqualTypeOf<Price[]>();
    const lines = useStreamingFetch<string, number>('/api', {
      reduce: (count) => count + 1,
      initialState: 0,
    });
    expectTypeOf(lines.state).toEqualTypeOf<number>();
  });
});

describe('hooks made of useStreamingFetch', () => {
  test('pass options on, and stay generic', () => {
    const useAnswer = (options: StreamingFetchOptions) => useStreamingFetch('/api', options);
    expectTypeOf(useAnswer).returns.toEqualTypeOf<StreamingFetchResult>();
    const usePrices = (options: StreamingFetchOptions<Price, number>) =>
      useStreamingFetch('/api', options);
    expectTypeOf(usePrices).returns.toEqualTypeOf<StreamingFetchResult<Price, number>>();
    function useGeneric<TValue>(options: StreamingFetchOptions<TValue>) {
      return useStreamingFetch('/api', options);
    }
    expectTypeOf(useGeneric<Price>).returns.toEqualTypeOf<StreamingFetchResult<Price>>();
    function useJson<TValue>(url: string) {
      return useStreamingFetch<TValue>(url, { parse: 'json' });
    }
    expectTypeOf(useJson<Price>).returns.toEqualTypeOf<StreamingFetchResult<Price>>();
    function useFold<TValue, TState>(url: string, initialState: TState) {
      return useStreamingFetch<TValue, TState>(url, {
        parse: 'json',
        reduce: (state) => state,
        initialState,
      });
    }
    expectTypeOf(useFold<Price, number>).returns.toEqualTypeOf<
      StreamingFetchResult<Price, number>
    >();
    const useOptional = (options?: StreamingFetchOptions) => useStreamingFetch('/api', options);
    expectTypeOf(useOptional).returns.toEqualTypeOf<StreamingFetchResult>();
  });
});

describe('createStreamingFetch', () => {
  test('infers like the hook, and is iterated message by message', async () => {
    const plain = createStreamingFetch('/api');
    expectTypeOf(plain.getSnapshot()).toEqualTypeOf<StreamingFetchSnapshot>();
    const prices = createStreamingFetch('/api', {
      schema: zodPrice,
      reduce: (sum, message) => sum + message.value.value,
      initialState: 0,
    });
    expectTypeOf(prices.getSnapshot().state).toEqualTypeOf<number>();
    for await (const message of prices) {
      expectTypeOf(message).toEqualTypeOf<StreamMessage<Price>>();
    }
    for await (const { data } of createStreamingFetch('/api', { framing: 'bytes' })) {
      expectTypeOf(data).toEqualTypeOf<Bytes>();
    }
  });

  test('brings its types where it stands in place of the URL', () => {
    const prices = createStreamingFetch('/api', {
      schema: zodPrice,
      reduce: (count) => count + 1,
      initialState: 0,
    });
    const result = useStreamingFetch(prices);
    expectTypeOf(result).toEqualTypeOf<StreamingFetchResult<Price, number>>();
    const { getSnapshot, getServerSnapshot, subscribe, start, abort, reset } =
      createStreamingFetch('/api');
    const scripted = { getSnapshot, getServerSnapshot, subscribe, start, abort, reset };
    expectTypeOf(useStreamingFetch(scripted)).toEqualTypeOf<StreamingFetchResult>();
  });
});
