import { checkRequest } from '../controller/check-options.ts';
import { createMessageQueue, iterate } from '../controller/message-queue.ts';
import type { StreamMessage, UrlSource } from '../types.ts';
import { manageStreamingFetch } from './streaming-fetch.ts';
import type {
  FetchDecoder,
  FetchedBy,
  FramedBy,
  StreamingFetchArguments,
  StreamingFetchController,
  StreamingFetchFramingOptions,
  StreamingFetchValueOptions,
  ValueFraming,
} from './types.ts';

/** With `parse` or a schema, the type of the values is inferred. */
export function createStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlSource,
  options: StreamingFetchValueOptions<TDecoder, TState>,
): StreamingFetchController<FetchedBy<TDecoder>, TState>;
/** The values of `framing: 'bytes'` are bytes, those of `'ndjson'` can be anything. */
export function createStreamingFetch<TFraming extends ValueFraming, TState = undefined>(
  url: UrlSource,
  options: StreamingFetchFramingOptions<TFraming, TState>,
): StreamingFetchController<FramedBy<TFraming>, TState>;
/**
 * Makes a request of any method whose body arrives bit by bit, to be used outside React or shared by
 * components. Creating it has no effect; `start()`, or asking for its iterator, sends it.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const answer = createStreamingFetch('/api/chat', { body: { prompt: 'Hello' } });
 * const { status, text } = await answer.start();
 */
export function createStreamingFetch<TValue = string, TState = undefined>(
  url: UrlSource,
  ...options: StreamingFetchArguments<TValue, TState>
): StreamingFetchController<TValue, TState>;
export function createStreamingFetch(
  url: UrlSource,
  options: object = {},
): StreamingFetchController<unknown, unknown> {
  checkRequest(url, options, false);
  const queue = createMessageQueue<StreamMessage<unknown>>();
  const runs = manageStreamingFetch<unknown, unknown>({ url, options }, undefined, false, queue);
  const { getSnapshot, getServerSnapshot, subscribe, start, abort, reset } = runs;
  return {
    getSnapshot,
    getServerSnapshot,
    subscribe,
    start,
    abort,
    reset,
    [Symbol.asyncIterator]: () => iterate(queue, getSnapshot(), () => void start(), abort),
  };
}
