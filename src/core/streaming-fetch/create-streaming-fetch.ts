import { checkRequest } from '../controller/check-options.ts';
import { createMessageQueue, iterate } from '../controller/message-queue.ts';
import type { StreamMessage, UrlOfTexts, UrlSource } from '../types.ts';
import { manageStreamingFetch } from './streaming-fetch.ts';
import type {
  FetchDecoder,
  FetchedBy,
  StreamingFetchArguments,
  StreamingFetchController,
  StreamingFetchInferredOptions,
} from './types.ts';

/**
 * The type of the values is inferred. The last signature is the same: functions among the options get
 * their context from the first one, and the compiler reports mistakes by the last one.
 */
export function createStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlSource,
  options?: StreamingFetchInferredOptions<TDecoder, TState>,
): StreamingFetchController<FetchedBy<TDecoder>, TState>;
/** With an explicit type of the values, or with options that were declared with one. */
export function createStreamingFetch<TValue = never, TState = undefined>(
  url: UrlSource,
  ...options: StreamingFetchArguments<TValue, TState>
): StreamingFetchController<TValue, TState>;
/** A mistake: nothing makes values of the explicit type. */
export function createStreamingFetch<TValue = never, TState = undefined>(
  url: UrlOfTexts<TValue>,
): StreamingFetchController<TValue, TState>;
/**
 * Makes a request of any method whose body arrives bit by bit, to be used outside React or shared by
 * components. Creating it has no effect; `start()`, or asking for its iterator, sends it.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const answer = createStreamingFetch('/api/chat', { body: { prompt: 'Hello' } });
 * const { status, text } = await answer.start();
 */
export function createStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlSource,
  options?: StreamingFetchInferredOptions<TDecoder, TState>,
): StreamingFetchController<FetchedBy<TDecoder>, TState>;
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
