import {
  type Accumulator,
  type EndedBy,
  each,
  type StreamMessage,
  useDownload,
  useEventSource,
  useStreamingFetch,
} from 'rivulet';
import { createEventSource, createStreamingFetch } from 'rivulet/core';
import { acrossTabs, inPage } from 'rivulet/share';
import { describe, expectTypeOf, test } from 'vitest';
import { zodPrice } from './schemas.ts';

describe('parse: each', () => {
  const split = each(({ data }) => data.split(',').map(Number));

  test('gives messages of one value each, in both message hooks', () => {
    const events = useEventSource('/api', {
      parse: split,
      onMessage: (message) => expectTypeOf(message).toEqualTypeOf<StreamMessage<number>>(),
    });
    expectTypeOf(events.data).toEqualTypeOf<number | undefined>();
    const answer = useStreamingFetch('/api', { parse: split });
    expectTypeOf(answer.messages).toEqualTypeOf<readonly StreamMessage<number>[]>();
    expectTypeOf(createEventSource('/api', { parse: split }).getSnapshot().data).toEqualTypeOf<
      number | undefined
    >();
  });

  test('makes the values of a written type', () => {
    expectTypeOf(useStreamingFetch<number>('/api', { parse: split }).data).toEqualTypeOf<
      number | undefined
    >();
    // @ts-expect-error A number is not a list of strings.
    each<string>(() => [1]);
    // @ts-expect-error It returns a list.
    each(() => 1);
  });
});

describe('accumulate', () => {
  const count = (): Accumulator<{ readonly value: string }, number> => ({
    push: (message, text) => void (message.value.length + text.length),
    snapshot: () => 0,
  });

  test('gives the state its type', () => {
    expectTypeOf(useEventSource('/api', { accumulate: count }).state).toEqualTypeOf<number>();
    expectTypeOf(useStreamingFetch('/api', { accumulate: count }).state).toEqualTypeOf<number>();
    const inline = createStreamingFetch('/api', {
      schema: zodPrice,
      accumulate: () => ({
        push(message, text) {
          expectTypeOf(message.value.symbol).toEqualTypeOf<string>();
          expectTypeOf(text).toEqualTypeOf<string>();
        },
        snapshot: () => ({ isComplete: false }),
      }),
    });
    expectTypeOf(inline.getSnapshot().state).toEqualTypeOf<{ isComplete: boolean }>();
  });

  test('excludes reduce, and takes the messages of its stream', () => {
    const reduced = { reduce: (state: number) => state, initialState: 0 };
    // @ts-expect-error Both make the state.
    useEventSource('/api', { accumulate: count, ...reduced });
    // @ts-expect-error These messages are numbers.
    useStreamingFetch('/api', { parse: ({ data }) => data.length, accumulate: count });
    // @ts-expect-error It must be a function that makes an accumulator.
    useEventSource('/api', { accumulate: count() });
  });
});

describe('share', () => {
  test('is a value of `rivulet/share`', () => {
    const prices = useEventSource('/api', { share: inPage, schema: zodPrice });
    expectTypeOf(prices.data?.symbol).toEqualTypeOf<string | undefined>();
    useEventSource('/api', { share: acrossTabs });
    createEventSource('/api', { share: inPage });
    useEventSource(() => '/ticket', { share: acrossTabs, key: 'user' });
  });

  test('is not a boolean, and not an option of a request that ends', () => {
    // @ts-expect-error The function that shares is imported.
    useEventSource('/api', { share: true });
    // @ts-expect-error The functions are imported, not named.
    useEventSource('/api', { share: 'inPage' });
    // @ts-expect-error An answer belongs to whoever asked for it.
    useStreamingFetch('/api', { share: inPage });
    // @ts-expect-error Functions cannot be compared.
    useEventSource(() => '/ticket', { share: inPage });
  });
});

describe('endedBy', () => {
  test('is known in done, and null elsewhere, in all three results', () => {
    for (const result of [useEventSource('/api'), useStreamingFetch('/api'), useDownload('/api')]) {
      expectTypeOf(result.endedBy).toEqualTypeOf<EndedBy | null>();
      if (result.status === 'done') expectTypeOf(result.endedBy).toEqualTypeOf<EndedBy>();
      else expectTypeOf(result.endedBy).toEqualTypeOf<null>();
    }
    const { status, endedBy } = useStreamingFetch('/api');
    if (status === 'failed') expectTypeOf(endedBy).toEqualTypeOf<null>();
  });
});
