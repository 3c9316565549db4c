import { useStreamingFetch } from 'rivulet';
import { createStreamingFetch } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import { type Price, zodPrice } from './schemas.ts';

describe('a URL function', () => {
  test('needs a `key` where it starts by itself, and none where it is started', () => {
    // @ts-expect-error Functions cannot be compared.
    useStreamingFetch(() => '/ticket', { autoStart: true });
    // @ts-expect-error Functions cannot be compared.
    useStreamingFetch<Price>(() => '/ticket', { autoStart: true, parse: 'json' });
    const keyed = useStreamingFetch(() => '/ticket', { autoStart: true, key: 1 });
    expectTypeOf(keyed.data).toEqualTypeOf<string | undefined>();
    const started = useStreamingFetch(async () => '/ticket', { schema: zodPrice });
    expectTypeOf(started.data).toEqualTypeOf<Price | undefined>();
    expectTypeOf(useStreamingFetch(() => '/ticket').text).toEqualTypeOf<string>();
    const written = useStreamingFetch<Price>(() => '/ticket', { parse: 'json' });
    expectTypeOf(written.data).toEqualTypeOf<Price | undefined>();
    createStreamingFetch(() => '/ticket', { autoStart: true });
  });
});

describe('the compiler refuses', () => {
  test('a written value that nothing makes', () => {
    // @ts-expect-error Nothing makes a price of the text.
    useStreamingFetch<Price>('/api');
    // @ts-expect-error Nothing makes a price of the text.
    useStreamingFetch<Price>('/api', {});
    // @ts-expect-error Text is not a price.
    useStreamingFetch<Price>('/api', { parse: 'text' });
    // @ts-expect-error Nothing makes a price of the text.
    createStreamingFetch<Price>('/api');
  });

  test('a body of a type that cannot be sent', () => {
    interface Ask {
      prompt: string;
    }
    const ask: Ask = { prompt: 'Hello' };
    useStreamingFetch('/api', { body: ask });
    void useStreamingFetch('/api').start({ body: ask });
    // @ts-expect-error A number is not a body.
    useStreamingFetch('/api', { body: 5 });
  });

  test('options that do not exist, also beside a schema', () => {
    // @ts-expect-error It is called `maxMessages`.
    useStreamingFetch('/api', { schema: zodPrice, maxMesages: 1 });
    // @ts-expect-error A sentinel is a text, an event name or a predicate.
    useStreamingFetch('/api', { endWhen: 5 });
    // @ts-expect-error The framing is called `ndjson`.
    useStreamingFetch('/api', { framing: 'ndjsn' });
  });
});
