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
  FramedBy,
  StreamingFetchActions,
  StreamingFetchArguments,
  StreamingFetchFramingOptions,
  StreamingFetchResult,
  StreamingFetchSnapshot,
  StreamingFetchValueOptions,
  ValueFraming,
} from '../core/streaming-fetch/types.ts';
import type { ReadableStore, UrlSource } from '../core/types.ts';
import { useManaged, useSnapshot } from './use-controller.ts';
import { useOptions } from './use-options.ts';

/** With `parse` or a schema, the type of the values is inferred. */
export function useStreamingFetch<TDecoder extends FetchDecoder, TState = undefined>(
  url: UrlSource | null,
  options: StreamingFetchValueOptions<TDecoder, TState>,
): StreamingFetchResult<FetchedBy<TDecoder>, TState>;
/** The values of `framing: 'bytes'` are bytes, those of `'ndjson'` can be anything. */
export function useStreamingFetch<TFraming extends ValueFraming, TState = undefined>(
  url: UrlSource | null,
  options: StreamingFetchFramingOptions<TFraming, TState>,
): StreamingFetchResult<FramedBy<TFraming>, TState>;
/**
 * One request whose body arrives bit by bit: tokens of a language model, NDJSON, logs, plain text.
 * Any method; text and messages accumulate with at most one render per frame; the end is told
 * truthfully (`done`, `aborted`, or `failed` with the reason), and the text so far always stays.
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
export function useStreamingFetch<TValue = string, TState = undefined>(
  url: UrlSource | null,
  ...options: StreamingFetchArguments<TValue, TState>
): StreamingFetchResult<TValue, TState>;
/** Shows a controller that was made elsewhere; never starts or aborts it. */
export function useStreamingFetch<TValue, TState>(
  controller: ReadableStore<StreamingFetchSnapshot<TValue, TState>> &
    StreamingFetchActions<TValue, TState>,
): StreamingFetchResult<TValue, TState>;
export function useStreamingFetch(
  source: UrlSource | null | Shown,
  given: object = {},
): StreamingFetchResult<unknown, unknown> {
  const { shown, url, options } = useOptions(
    source,
    // The signatures above say what the options must be; here their type parameters are gone.
    given as AnyFetchOptions<unknown, unknown>,
    ({ autoStart }) => autoStart === true,
    false,
  );
  const request = { url, options };
  const isManual = url !== null && options.autoStart !== true;
  const managed = useManaged({
    // Under manual start there is one controller for the life of the component.
    identity: isManual ? 'manual' : identityOf(url, options),
    options: request,
    enabled: true,
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
