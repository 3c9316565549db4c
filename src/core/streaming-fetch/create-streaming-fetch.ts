import { manageStreamingFetch } from './manage-streaming-fetch.ts';
import type {
  StreamingFetchBytesOptions,
  StreamingFetchController,
  StreamingFetchOptions,
  StreamingFetchValueOptions,
} from './types.ts';

/**
 * Makes a request of any method whose body arrives bit by bit, to be used outside React or shared by
 * components. Creating it has no effect; `start()`, or asking for its iterator, sends it.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const answer = createStreamingFetch('/api/chat', { body: { prompt: 'Hello' } });
 * const { status, text } = await answer.start();
 */
export function createStreamingFetch<TState = undefined>(
  url: string | URL,
  options: StreamingFetchBytesOptions<TState>,
): StreamingFetchController<Uint8Array, TState>;
/** With `parse`, a schema or NDJSON, the type of the values is inferred. */
export function createStreamingFetch<TValue = unknown, TState = undefined>(
  url: string | URL,
  options: StreamingFetchValueOptions<TValue, TState>,
): StreamingFetchController<TValue, TState>;
/** Without, the values are text. */
export function createStreamingFetch<TValue extends string = string, TState = undefined>(
  url: string | URL,
  options?: StreamingFetchOptions<TValue, TState>,
): StreamingFetchController<TValue, TState>;
export function createStreamingFetch(
  url: string | URL,
  options: object = {},
): StreamingFetchController<unknown, unknown> {
  return manageStreamingFetch<unknown, unknown>({ url, options });
}
