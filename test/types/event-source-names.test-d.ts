import {
  type EventMap,
  type EventSourceOptions,
  type EventSourceResult,
  type StreamMessage,
  useEventSource,
} from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import {
  arktypeNote,
  arktypePrice,
  type Price,
  valibotNote,
  valibotPrice,
  zodNote,
  zodPrice,
} from './schemas.ts';

type Named = StreamMessage<Price, 'price'> | StreamMessage<string, 'note'>;

type Feed = {
  price: Price;
  note: string;
};

describe('schemas by name', () => {
  test('give every event its type, with zod', () => {
    const result = useEventSource('/api', {
      on: {
        price(value, message) {
          expectTypeOf(value).toEqualTypeOf<Price>();
          expectTypeOf(message.event).toEqualTypeOf<'price'>();
        },
        note: (value) => expectTypeOf(value).toEqualTypeOf<string>(),
      },
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<Named>(),
      endWhen: (message) => message.event === 'price' && message.value.value > 3,
      schema: { price: zodPrice, note: zodNote },
    });
    expectTypeOf(result.data).toEqualTypeOf<Price | string | undefined>();
    expectTypeOf(result.message).toEqualTypeOf<Named | undefined>();
    expectTypeOf(result.messages).toEqualTypeOf<readonly Named[]>();
    expectTypeOf(result.latest.price).toEqualTypeOf<Price | undefined>();
    expectTypeOf(result.latest.note).toEqualTypeOf<string | undefined>();
  });

  test('give every event its type, with valibot and arktype', () => {
    const valibot = useEventSource('/api', { schema: { price: valibotPrice, note: valibotNote } });
    expectTypeOf(valibot.message).toEqualTypeOf<Named | undefined>();
    const arktype = useEventSource('/api', { schema: { price: arktypePrice, note: arktypeNote } });
    expectTypeOf(arktype.message).toEqualTypeOf<Named | undefined>();
  });

  test('tell messages apart by event', () => {
    const { message } = useEventSource('/api', { schema: { price: zodPrice, note: zodNote } });
    if (message?.event === 'price') expectTypeOf(message.value).toEqualTypeOf<Price>();
    if (message?.event === 'note') expectTypeOf(message.value).toEqualTypeOf<string>();
  });

  test('reach reduce, also beside handlers and a filter', () => {
    const { state } = useEventSource('/api', {
      reduce(sum, message) {
        expectTypeOf(message).toEqualTypeOf<Named>();
        return message.event === 'price' ? sum + message.value.value : sum;
      },
      initialState: 0,
      events: ['price'],
      on: { price: (value) => expectTypeOf(value).toEqualTypeOf<Price>() },
      schema: { price: zodPrice, note: zodNote },
    });
    expectTypeOf(state).toEqualTypeOf<number>();
  });
});

describe('a written event map', () => {
  test('types messages, handlers and newest values', () => {
    const result = useEventSource<{ price: Price; note: string }>('/api', {
      parse: 'json',
      on: { price: (value) => expectTypeOf(value).toEqualTypeOf<Price>() },
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<Named>(),
    });
    expectTypeOf(result.message).toEqualTypeOf<Named | undefined>();
    expectTypeOf(result.latest.price).toEqualTypeOf<Price | undefined>();
  });

  test('may come with a schema for each name', () => {
    const result = useEventSource<Feed>('/api', { schema: { price: zodPrice, note: zodNote } });
    expectTypeOf(result.message).toEqualTypeOf<Named | undefined>();
  });

  test('needs nothing more where all values are strings', () => {
    const result = useEventSource<{ tick: string; state: 'on' | 'off' }>('/api');
    expectTypeOf(result.latest.tick).toEqualTypeOf<string | undefined>();
    expectTypeOf(result.latest.state).toEqualTypeOf<'on' | 'off' | undefined>();
  });

  test('comes with a written state', () => {
    const result = useEventSource<Feed, Price[]>('/api', {
      parse: 'json',
      reduce: (prices, message) => (message.event === 'price' ? [message.value] : prices),
      initialState: [],
    });
    expectTypeOf(result.state).toEqualTypeOf<Price[]>();
  });

  test('lets parse tell the events apart', () => {
    const result = useEventSource<Feed>('/api', {
      parse: (message) => (message.event === 'note' ? message.data : zodPrice.parse(message.data)),
    });
    expectTypeOf(result.data).toEqualTypeOf<Price | string | undefined>();
  });
});

describe('hooks made of useEventSource', () => {
  test('pass options on', () => {
    const useFeed = (options: EventSourceOptions) => useEventSource('/api', options);
    expectTypeOf(useFeed).returns.toEqualTypeOf<EventSourceResult>();
    const useTyped = (options: EventSourceOptions<Feed>) => useEventSource('/api', options);
    expectTypeOf(useTyped).returns.toEqualTypeOf<EventSourceResult<Feed>>();
  });

  test('stay generic', () => {
    function useNamed<TEvents extends EventMap>(options: EventSourceOptions<TEvents>) {
      return useEventSource('/api', options);
    }
    expectTypeOf(useNamed<Feed>).returns.toEqualTypeOf<EventSourceResult<Feed>>();
    function useJson<TEvents extends EventMap>(url: string) {
      return useEventSource<TEvents>(url, { parse: 'json' });
    }
    expectTypeOf(useJson<Feed>).returns.toEqualTypeOf<EventSourceResult<Feed>>();
  });
});

describe('a URL function', () => {
  test('comes with a `key`', () => {
    expectTypeOf(useEventSource(() => '/ticket', { key: 'inbox' }).data).toEqualTypeOf<
      string | undefined
    >();
    const parsed = useEventSource(async () => new URL('http://localhost/'), {
      key: 1,
      parse: ({ data }) => data.length,
    });
    expectTypeOf(parsed.data).toEqualTypeOf<number | undefined>();
    const written = useEventSource<Feed>(() => '/ticket', { key: 1, parse: 'json' });
    expectTypeOf(written.latest.price).toEqualTypeOf<Price | undefined>();
  });

  test('needs none for a controller, which is started by hand', () => {
    expectTypeOf(createEventSource(() => '/ticket').getSnapshot().data).toEqualTypeOf<
      string | undefined
    >();
  });
});

describe('a controller in place of the URL', () => {
  test('brings its types', () => {
    const prices = createEventSource('/api', {
      schema: { price: zodPrice, note: zodNote },
      reduce: (count) => count + 1,
      initialState: 0,
    });
    const result = useEventSource(prices);
    expectTypeOf(result.message).toEqualTypeOf<Named | undefined>();
    expectTypeOf(result.latest.price).toEqualTypeOf<Price | undefined>();
    expectTypeOf(result.state).toEqualTypeOf<number>();
    expectTypeOf(useEventSource(createEventSource('/api')).data).toEqualTypeOf<
      string | undefined
    >();
  });

  test('needs no more than a store and the two actions', () => {
    const { getSnapshot, getServerSnapshot, subscribe, close, reconnect } = createEventSource<Feed>(
      '/api',
      { parse: 'json' },
    );
    const result = useEventSource({ getSnapshot, getServerSnapshot, subscribe, close, reconnect });
    expectTypeOf(result.message).toEqualTypeOf<Named | undefined>();
  });
});
