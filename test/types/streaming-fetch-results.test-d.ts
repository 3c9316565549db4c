import {
  type AbortReason,
  type StreamError,
  type StreamingFetchOptions,
  type StreamingFetchSnapshot,
  useStreamingFetch,
} from 'rivulet';
import { createStreamingFetch } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import { type Price, zodPrice } from './schemas.ts';

describe('a result', () => {
  test('narrows on its status', () => {
    const result = useStreamingFetch('/api');
    if (result.status === 'failed') expectTypeOf(result.error).toEqualTypeOf<StreamError>();
    if (result.status === 'done') expectTypeOf(result.error).toEqualTypeOf<null>();
    if (result.status === 'aborted') expectTypeOf(result.reason).toEqualTypeOf<AbortReason>();
    if (result.status === 'waiting') expectTypeOf(result.nextRetryAt).toEqualTypeOf<number>();
    if (result.status === 'open') expectTypeOf(result.readyState).toEqualTypeOf<1>();
    expectTypeOf(result.error).toEqualTypeOf<StreamError | null>();
  });

  test('can be taken apart before', () => {
    const { status, error, text, timing, response } = useStreamingFetch('/api');
    if (status === 'failed') expectTypeOf(error).toEqualTypeOf<StreamError>();
    expectTypeOf(text).toEqualTypeOf<string>();
    expectTypeOf(timing.durationMs).toEqualTypeOf<number | null>();
    expectTypeOf(response?.headers).toEqualTypeOf<Headers | undefined>();
  });
});

describe('start()', () => {
  test('resolves with a snapshot of the same types, which narrows', async () => {
    const { start } = useStreamingFetch('/api', {
      schema: zodPrice,
      reduce: (count) => count + 1,
      initialState: 0,
    });
    const end = await start({ url: new URL('http://localhost/'), body: { n: 1 } });
    expectTypeOf(end).toEqualTypeOf<StreamingFetchSnapshot<Price, number>>();
    if (end.status === 'failed') expectTypeOf(end.error).toEqualTypeOf<StreamError>();
    expectTypeOf(end.data).toEqualTypeOf<Price | undefined>();
    expectTypeOf(end).not.toHaveProperty('start');
  });
});

/*
 * Every line below a `@ts-expect-error` must fail to compile: where it does not, that comment is the
 * error.
 */
describe('the compiler refuses', () => {
  test('written values without anything that makes them', () => {
    // @ts-expect-error Nothing makes a price of the text.
    useStreamingFetch<Price>('/api');
    // @ts-expect-error Nothing makes a price of the text.
    useStreamingFetch<Price>('/api', {});
    // @ts-expect-error Text is no price.
    useStreamingFetch<Price>('/api', { parse: 'text' });
    // @ts-expect-error Lines are text.
    useStreamingFetch<Price>('/api', { framing: 'lines' });
    // @ts-expect-error A number is no price.
    useStreamingFetch<Price>('/api', { parse: () => 1 });
    // @ts-expect-error Text is not bytes.
    createStreamingFetch<Uint8Array>('/api');
    // @ts-expect-error Bytes are no price.
    createStreamingFetch<Price>('/api', { framing: 'bytes' });
  });

  test('bytes that are parsed or validated', () => {
    // @ts-expect-error Bytes are no text.
    useStreamingFetch('/api', { framing: 'bytes', parse: 'json' });
    // @ts-expect-error Bytes are no text.
    useStreamingFetch('/api', { framing: 'bytes', schema: zodPrice });
    // @ts-expect-error Bytes are no text.
    createStreamingFetch('/api', { framing: 'bytes', toText: (message) => message.value.trim() });
  });

  test('callbacks of another type than the values', () => {
    useStreamingFetch('/api', {
      schema: zodPrice,
      // @ts-expect-error A price is an object.
      toText: (message) => message.value.toUpperCase(),
    });
    useStreamingFetch('/api', {
      framing: 'ndjson',
      // @ts-expect-error It can be anything: validate it, or write the type.
      toText: (message) => message.value.text,
    });
    // @ts-expect-error A text is expected.
    useStreamingFetch('/api', { toText: () => 1 });
    // @ts-expect-error Whether, or what went wrong.
    useStreamingFetch('/api', { errorWhen: () => 1 });
  });

  test('half of reduce and initialState', () => {
    // @ts-expect-error The state before the first message is missing.
    useStreamingFetch('/api', { reduce: (count: number) => count + 1 });
    // @ts-expect-error What makes the next state is missing.
    useStreamingFetch('/api', { framing: 'bytes', initialState: 0 });
  });

  test('options that do not exist or are of another type', () => {
    // @ts-expect-error There are text, lines, sse, ndjson, bytes and auto.
    useStreamingFetch('/api', { framing: 'xml' });
    // @ts-expect-error There are 'replace' and 'ignore'.
    useStreamingFetch('/api', { whenBusy: 'queue' });
    // @ts-expect-error A single request is not switched on and off.
    useStreamingFetch('/api', { enabled: true });
    // @ts-expect-error It does not resume.
    createStreamingFetch('/api', { lastEventId: '1' });
    // @ts-expect-error Retrying is switched off with `false`; `true` says nothing.
    useStreamingFetch('/api', { retry: true });
    // @ts-expect-error It is called `maxTextLength`.
    const options: StreamingFetchOptions = { maxLength: 1 };
    useStreamingFetch('/api', options);
  });

  test('what start() cannot change', () => {
    const { start } = useStreamingFetch('/api');
    // @ts-expect-error The framing is an option.
    void start({ framing: 'lines' });
    // @ts-expect-error A body is text, bytes, a form or something for JSON.
    void start({ body: 1 });
  });

  test('no URL, and options beside a controller', () => {
    // @ts-expect-error `null` says that nothing runs.
    useStreamingFetch(undefined);
    // @ts-expect-error A controller always has a URL.
    createStreamingFetch(null);
    // @ts-expect-error The controller has its own.
    useStreamingFetch(createStreamingFetch('/api'), { parse: 'json' });
  });

  test('changing what a result holds', () => {
    const result = useStreamingFetch('/api');
    // @ts-expect-error Results are read-only.
    result.text = '';
    // @ts-expect-error So is the timing.
    result.timing.durationMs = 1;
  });
});
