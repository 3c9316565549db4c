import { useMemo } from 'react';
import { identityOf } from '../core/request/identity.ts';
import {
  type AnyFetchOptions,
  type ManagedStreamingFetch,
  manageStreamingFetch,
} from '../core/streaming-fetch/streaming-fetch.ts';
import type {
  FetchDecoder,
  FetchedBy,
  KeyedStart,
  StreamingFetchActions,
  StreamingFetchArguments,
  StreamingFetchInferredOptions,
  StreamingFetchOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
} from '../core/streaming-fetch/types.ts';
import type {
  ReadableStore,
  UrlOfTexts,
  UrlOrFunctionWithKey,
  UrlSource,
  WrittenArguments,
} from '../core/types.ts';
import { useManaged, useSnapshot } from './use-controller.ts';
import { useOptions } from './use-options.ts';

/** The type of the values is inferred; with `autoStart` a URL function needs a `key`. */
export function useStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlSource | null,
  options?: StreamingFetchInferredOptions<TDecoder, TState> & KeyedStart,
): StreamingFetchResult<FetchedBy<TDecoder>, TState>;
/** With an explicit type of the values; with `autoStart` a URL function needs a `key`. */
export function useStreamingFetch<TValue = never, TState = undefined>(
  url: UrlSource | null,
  ...options: WrittenArguments<TValue, StreamingFetchOptions<TValue, TState> & KeyedStart>
): StreamingFetchResult<TValue, TState>;
/** With an explicit type of the values, or with options that were declared with one. */
export function useStreamingFetch<TValue = never, TState = undefined>(
  url: UrlOrFunctionWithKey | null,
  ...options: StreamingFetchArguments<TValue, TState>
): StreamingFetchResult<TValue, TState>;
/** A mistake: nothing makes values of the explicit type. */
export function useStreamingFetch<TValue = never, TState = undefined>(
  url: UrlOfTexts<TValue>,
): StreamingFetchResult<TValue, TState>;
/** Shows a controller that was made elsewhere; never starts or aborts it. */
export function useStreamingFetch<TValue, TState>(
  controller: ReadableStore<StreamingFetchSnapshot<TValue, TState>> &
    StreamingFetchActions<TValue, TState>,
): StreamingFetchResult<TValue, TState>;
/**
 * One request whose body arrives bit by bit: tokens of a language model, NDJSON, logs, plain text. Any
 * method; text and messages accumulate with at most one render per frame; the status says truthfully
 * how it ended (`done`, `aborted`, or `failed` with the reason), and the text so far always stays.
 *
 * It waits for `start()`, or with `autoStart` starts once for each method, URL, body and `key`. A new
 * start replaces a running one; unmounting aborts.
 *
 * @throws StreamError `invalid-option`, during render, for options that can only be mistakes.
 * @example
 * function Answer() {
 *   const { text, status, start, abort } = useStreamingFetch('/api/chat');
 *   return (
 *     <>
 *       <button onClick={() => start({ body: { prompt: 'Hello' } })}>Ask</button>
 *       <button onClick={abort} disabled={status !== 'open'}>Stop</button>
 *       <p>{text}</p>
 *     </>
 *   );
 * }
 */
export function useStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlOrFunctionWithKey | null,
  options?: StreamingFetchInferredOptions<TDecoder, TState>,
): StreamingFetchResult<FetchedBy<TDecoder>, TState>;
export function useStreamingFetch(
  source: UrlSource | null | Shown,
  given: object = {},
): StreamingFetchResult<unknown, unknown> {
  // The signatures above say what the options must be; here their type parameters are gone.
  const own: AnyFetchOptions<unknown, unknown> = given;
  const { shown, url, options } = useOptions(source, own, own.autoStart === true, false);
  const request = { url, options };
  const isAuto = options.autoStart === true;
  const managed = useManaged({
    // Under manual start there is one controller for the life of the component.
    identity: url !== null && !isAuto ? undefined : identityOf(url, options),
    options: request,
    enabled: isAuto,
    create: (replaces: ManagedStreamingFetch<unknown, unknown> | undefined) =>
      manageStreamingFetch(request, replaces, true),
  });
  const controller = shown ?? managed;
  const snapshot = useSnapshot<StreamingFetchSnapshot<unknown, unknown>>(controller);
  return useMemo(() => {
    const { start, abort, reset } = controller;
    return { ...snapshot, start, abort, reset };
  }, [snapshot, controller]);
}

type Shown = ReadableStore<StreamingFetchSnapshot<unknown, unknown>> &
  StreamingFetchActions<unknown, unknown>;
