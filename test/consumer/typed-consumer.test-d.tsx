/**
 * What a user writes, for the compilers that users have: every entry, hook and controller, with the
 * types that they infer. `typescript-versions.test.ts` compiles it against the packed declarations.
 */
import type { ReactNode } from 'react';
import {
  type DownloadResult,
  type EventSourceOptions,
  isStreamError,
  StreamConfig,
  type StreamError,
  useDownload,
  useEventSource,
  useStreamingFetch,
} from 'rivulet';
import {
  createDownload,
  createEventSource,
  createFraming,
  createStreamingFetch,
  readStream,
  type StandardSchema,
} from 'rivulet/core';
import { acrossTabs, inPage } from 'rivulet/share';
import {
  createMockFetch,
  createMockStream,
  createTestEnvironment,
  encodeMessage,
} from 'rivulet/testing';

interface Price {
  readonly symbol: string;
  readonly value: number;
}

/** The type, if it is exactly the given one and not `any`. */
type Exactly<TActual, TExpected> =
  (<T>() => T extends TActual ? 1 : 2) extends <T>() => T extends TExpected ? 1 : 2
    ? TActual
    : never;

declare const price: StandardSchema<Price>;
declare const note: StandardSchema<string>;

export function Prices(): ReactNode {
  const { status, data, latest, state, message, error } = useEventSource('/api/prices', {
    schema: { price, note },
    on: { price: (value) => value.value.toFixed(2) },
    reduce: (sum, next) => (next.event === 'price' ? sum + next.value.value : sum),
    initialState: 0,
    retry: { baseDelayMs: 500 },
    resume: { query: 'last_event_id' },
  });
  const newest: Exactly<typeof latest.price, Price | undefined> = latest.price;
  const total: Exactly<typeof state, number> = state;
  const either: Exactly<typeof data, Price | string | undefined> = data;
  if (status === 'failed') {
    const certain: Exactly<typeof error, StreamError> = error;
    return certain.code;
  }
  if (message?.event === 'note') return message.value.trim();
  return `${newest?.symbol} ${total} ${typeof either}`;
}

export function Inbox({ user }: { readonly user: string }): ReactNode {
  const mine = useEventSource(() => `/api/inbox/${user}`, { key: user, share: inPage });
  const { lastEventId } = useEventSource('/api/news', { share: acrossTabs });
  return `${mine.data ?? ''} ${lastEventId}`;
}

/** Hooks of a user's own stay generic. */
export function useJson<TValue>(url: string) {
  return useStreamingFetch<TValue>(url, { parse: 'json' });
}

export function usePicture(): Blob {
  const { messages } = useStreamingFetch('/api/picture', { framing: 'bytes' });
  return new Blob(messages.map((message) => message.value));
}

export function Answer({ prompt }: { readonly prompt: string }): ReactNode {
  const { text, data, response, timing, start, abort } = useStreamingFetch('/api/chat', {
    framing: 'ndjson',
    parse: ({ data: line }): Price => JSON.parse(line),
    toText: ({ value }) => value.symbol,
    endWhen: '[DONE]',
  });
  const value: Exactly<typeof data, Price | undefined> = data;
  const ask = async () => {
    const ended = await start({ body: { prompt } });
    if (ended.status === 'failed' && isStreamError(ended.error)) throw ended.error;
  };
  return (
    <button type="button" onClick={text === '' ? ask : abort}>
      {text} {value?.symbol} {response?.status} {timing.firstByteMs}
    </button>
  );
}

export function Report(): ReactNode {
  const { status, progress, result, start, save }: DownloadResult<'text'> = useDownload('/report', {
    as: 'text',
    resumable: true,
  });
  if (status === 'done') {
    const whole: Exactly<typeof result, string> = result;
    return <p>{whole.length}</p>;
  }
  // @ts-expect-error Outside `done` there is no result.
  void result.length;
  return (
    <button type="button" onClick={progress === null ? () => start() : () => save()}>
      Report
    </button>
  );
}

export function Shared({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <StreamConfig fetch={fetch} headers={async () => ({ authorization: 'Bearer 1' })}>
      {children}
    </StreamConfig>
  );
}

const options: EventSourceOptions<{ price: Price }> = { parse: 'json', maxMessages: 5 };
// @ts-expect-error It is a number.
options.maxMessages?.trim();
// @ts-expect-error There is no such event.
createEventSource('https://host.test/', { schema: { price }, on: { prise: () => {} } });

export async function readAll(signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const { event, value } of createEventSource('https://host.test/', options)) {
    const name: Exactly<typeof event, 'price'> = event;
    count += name.length + value.value;
  }
  for await (const { data } of createStreamingFetch('https://host.test/', { framing: 'bytes' })) {
    count += data.byteLength;
  }
  const { result } = await createDownload('https://host.test/', { signal }).start();
  const saved: Exactly<typeof result, Blob | undefined> = result;
  return count + (saved?.size ?? 0);
}

export const pieces: readonly unknown[] = [createFraming, readStream];

export function script(): Promise<Response> {
  const stream = createMockStream();
  const mock = createMockFetch(() => stream);
  const environment = createTestEnvironment({ fetch: mock.fetch });
  stream.send({ id: 1, data: 'text' });
  return Promise.resolve(new Response(`${environment.now()} ${encodeMessage({ data: 'text' })}`));
}
