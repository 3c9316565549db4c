import type { StandardSchemaV1 } from '@standard-schema/spec';
import {
  type EventSourceOptions,
  type EventSourceResult,
  type RawMessage,
  type StreamMessage,
  useEventSource,
} from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { arktypePrice, type Price, valibotPrice, zodPrice } from './schemas.ts';

describe('values without parse or schema', () => {
  test('are strings', () => {
    const result = useEventSource('/api');
    expectTypeOf(result.data).toEqualTypeOf<string | undefined>();
    expectTypeOf(result.message).toEqualTypeOf<StreamMessage<string> | undefined>();
    expectTypeOf(result.messages).toEqualTypeOf<readonly StreamMessage<string>[]>();
    expectTypeOf(result.latest['any']).toEqualTypeOf<string | undefined>();
    expectTypeOf(result.state).toEqualTypeOf<undefined>();
  });

  test('are strings in every callback', () => {
    useEventSource('/api', {
      events: ['price', 'note'],
      on: {
        price(value, message) {
          expectTypeOf(value).toEqualTypeOf<string>();
          expectTypeOf(message.data).toEqualTypeOf<string>();
        },
      },
      onMessage(message) {
        expectTypeOf(message.value).toEqualTypeOf<string>();
        expectTypeOf(message.event).toEqualTypeOf<string>();
      },
      endWhen(message) {
        expectTypeOf(message.value).toEqualTypeOf<string>();
        return false;
      },
    });
  });

  test("are strings with parse: 'text'", () => {
    expectTypeOf(useEventSource('/api', { parse: 'text' }).data).toEqualTypeOf<
      string | undefined
    >();
  });

  test('are strings for a URL object and for null', () => {
    expectTypeOf(useEventSource(new URL('http://localhost/')).data).toEqualTypeOf<
      string | undefined
    >();
    expectTypeOf(useEventSource(null).data).toEqualTypeOf<string | undefined>();
  });
});

describe('values of parse', () => {
  test("are unknown for 'json'", () => {
    const result = useEventSource('/api', {
      parse: 'json',
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<unknown>(),
    });
    expectTypeOf(result.data).toEqualTypeOf<unknown>();
  });

  test('are what the function returns', () => {
    const result = useEventSource('/api', {
      parse(message) {
        expectTypeOf(message).toEqualTypeOf<RawMessage>();
        return Number(message.data);
      },
      on: { any: (value) => expectTypeOf(value).toEqualTypeOf<number>() },
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<number>(),
      endWhen: (message) => message.value > 3,
    });
    expectTypeOf(result.data).toEqualTypeOf<number | undefined>();
    expectTypeOf(result.messages).toEqualTypeOf<readonly StreamMessage<number>[]>();
    expectTypeOf(result.latest['any']).toEqualTypeOf<number | undefined>();
  });
});

describe('values of one schema', () => {
  test('are the output of a zod schema', () => {
    const result = useEventSource('/api', {
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<Price>(),
      on: { any: (value) => expectTypeOf(value).toEqualTypeOf<Price>() },
      schema: zodPrice,
    });
    expectTypeOf(result.data).toEqualTypeOf<Price | undefined>();
  });

  test('are the output of a valibot schema', () => {
    const result = useEventSource('/api', {
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<Price>(),
      schema: valibotPrice,
    });
    expectTypeOf(result.data).toEqualTypeOf<Price | undefined>();
  });

  test('are the output of an arktype schema, which is a function', () => {
    const result = useEventSource('/api', {
      onMessage: (message) => expectTypeOf(message.value).toEqualTypeOf<Price>(),
      schema: arktypePrice,
    });
    expectTypeOf(result.data).toEqualTypeOf<Price | undefined>();
  });

  test('are the output of any Standard Schema', () => {
    const useStandard = (schema: StandardSchemaV1<string, Price>) => {
      return useEventSource('/api', { schema });
    };
    expectTypeOf(useStandard).returns.toHaveProperty('data').toEqualTypeOf<Price | undefined>();
    const useNamed = (schema: StandardSchemaV1<string, Price>) => {
      return useEventSource('/api', { schema: { price: schema } });
    };
    expectTypeOf(useNamed)
      .returns.toHaveProperty('message')
      .toEqualTypeOf<StreamMessage<Price, 'price'> | undefined>();
  });

  test('are the output, not the input, of a schema that transforms', () => {
    const result = useEventSource('/api', { schema: zodPrice.transform((price) => price.value) });
    expectTypeOf(result.data).toEqualTypeOf<number | undefined>();
  });

  test('are those of the schema, whatever parse returns', () => {
    const result = useEventSource('/api', {
      parse: (message) => message.data.split(','),
      schema: z.tuple([z.string()]),
    });
    expectTypeOf(result.data).toEqualTypeOf<[string] | undefined>();
  });
});

describe('state', () => {
  test('has the type of initialState', () => {
    const result = useEventSource('/api', {
      reduce(lines, message) {
        expectTypeOf(message.value).toEqualTypeOf<string>();
        return [...lines, message.data];
      },
      initialState: [] as readonly string[],
    });
    expectTypeOf(result.state).toEqualTypeOf<readonly string[]>();
  });

  test('folds the values of parse and of a schema', () => {
    const parsed = useEventSource('/api', {
      parse: (message) => Number(message.data),
      reduce: (sum, message) => sum + message.value,
      initialState: 0,
    });
    expectTypeOf(parsed.state).toEqualTypeOf<number>();
    const validated = useEventSource('/api', {
      reduce: (sum, message) => ({ total: sum.total + message.value.value }),
      initialState: { total: 0 },
      schema: zodPrice,
    });
    expectTypeOf(validated.state).toEqualTypeOf<{ total: number }>();
    expectTypeOf(validated.data).toEqualTypeOf<Price | undefined>();
  });
});

describe('a written map of any name', () => {
  test('gives every event one type, by parse or by one schema', () => {
    const parsed = useEventSource<Record<string, Price>>('/api', { parse: 'json' });
    expectTypeOf(parsed.data).toEqualTypeOf<Price | undefined>();
    const validated = useEventSource<Record<string, Price>>('/api', { schema: zodPrice });
    expectTypeOf(validated.latest['any']).toEqualTypeOf<Price | undefined>();
    const text = useEventSource<Record<string, string>>('/api', { parse: ({ data }) => data });
    expectTypeOf(text.data).toEqualTypeOf<string | undefined>();
  });

  test('is that of text where nothing is written', () => {
    const options: EventSourceOptions = { parse: ({ data }) => data.trim() };
    expectTypeOf(useEventSource('/api', options)).toEqualTypeOf<EventSourceResult>();
    expectTypeOf(useEventSource('/api')).toEqualTypeOf<
      EventSourceResult<Record<string, string>, undefined>
    >();
  });
});

describe('createEventSource', () => {
  test('infers like the hook', () => {
    expectTypeOf(createEventSource('/api').getSnapshot().data).toEqualTypeOf<string | undefined>();
    const parsed = createEventSource('/api', { parse: (message) => Number(message.data) });
    expectTypeOf(parsed.getSnapshot().data).toEqualTypeOf<number | undefined>();
    const validated = createEventSource('/api', {
      schema: zodPrice,
      reduce: (sum, message) => sum + message.value.value,
      initialState: 0,
    });
    expectTypeOf(validated.getSnapshot().data).toEqualTypeOf<Price | undefined>();
    expectTypeOf(validated.getSnapshot().state).toEqualTypeOf<number>();
  });

  test('is iterated message by message', async () => {
    for await (const message of createEventSource('/api', { schema: zodPrice })) {
      expectTypeOf(message).toEqualTypeOf<StreamMessage<Price>>();
    }
  });
});
