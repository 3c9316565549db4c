import { useMemo } from 'react';
import { type ManagedEventSource, manageEventSource } from '../core/event-source/event-source.ts';
import type {
  EventDecoder,
  EventSourceActions,
  EventSourceArguments,
  EventSourceInferredOptions,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
  EventsBy,
  NoEventMap,
  UrlOfEvents,
} from '../core/event-source/types.ts';
import { identityOf } from '../core/request/identity.ts';
import type {
  EventMap,
  KeyOption,
  ReadableStore,
  RequiredArguments,
  UrlOfTexts,
  UrlOrFunctionWithKey,
  UrlSource,
  ValueOf,
} from '../core/types.ts';
import { useManaged, useSnapshot } from './use-controller.ts';
import { useLatest } from './use-latest.ts';
import { useOptions } from './use-options.ts';

/** The types of the values are inferred; a URL function needs a `key`. */
export function useEventSource<TDecoder extends EventDecoder, TState = undefined>(
  url: UrlSource | null,
  options: EventSourceInferredOptions<TDecoder, TState> & KeyOption,
): EventSourceResult<EventsBy<TDecoder>, TState>;
/** With an explicit event map; a URL function needs a `key`. */
export function useEventSource<TEvents extends object = never, TState = undefined>(
  url: UrlOfEvents<TEvents, UrlSource | null>,
  ...options: RequiredArguments<TEvents, EventSourceOptions<TEvents, TState> & KeyOption>
): EventSourceResult<TEvents, TState>;
/** With an explicit event map, or with options that were declared with one. */
export function useEventSource<TEvents extends object = never, TState = undefined>(
  url: UrlOfEvents<TEvents, UrlOrFunctionWithKey | null>,
  ...options: EventSourceArguments<TEvents, TState>
): EventSourceResult<TEvents, TState>;
/** A mistake: nothing makes the values of the explicit event map. */
export function useEventSource<TEvents extends object = never, TState = undefined>(
  url: UrlOfTexts<ValueOf<TEvents>> | NoEventMap<TEvents>,
): EventSourceResult<TEvents, TState>;
/** Shows a controller that was made elsewhere; never starts or closes it. */
export function useEventSource<TEvents extends object, TState>(
  controller: ReadableStore<EventSourceSnapshot<TEvents, TState>> & EventSourceActions,
): EventSourceResult<TEvents, TState>;
/**
 * A live subscription to server-sent events (WHATWG HTML 9.2) over fetch, with any method, headers and
 * body, reconnection with backoff, resumption with `Last-Event-ID`, named and typed events, at most
 * one render per frame.
 *
 * It connects when the component mounts, again when method, URL, body or `key` change, and closes
 * when it unmounts. Headers, callbacks and all other options may change freely and inline. With
 * `null` as URL nothing runs. With a controller it shows that controller's state.
 *
 * @throws StreamError `invalid-option`, during render, for options that can only be mistakes.
 * @example
 * function Clock() {
 *   const { status, data } = useEventSource('/api/clock');
 *   return <p>{status === 'open' ? data : status}</p>;
 * }
 */
export function useEventSource<TDecoder extends EventDecoder, TState = undefined>(
  url: UrlOrFunctionWithKey | null,
  options?: EventSourceInferredOptions<TDecoder, TState>,
): EventSourceResult<EventsBy<TDecoder>, TState>;
export function useEventSource(
  source: UrlSource | null | (ReadableStore<Snapshot> & EventSourceActions),
  given: object = {},
): object {
  const { shown, url, options } = useOptions(
    source,
    // The signatures above say what the options must be; here their type parameters are gone.
    given as EventSourceOptions<EventMap, unknown>,
    true,
    true,
  );
  const enabled = url !== null && options.enabled !== false;
  const latestUrl = useLatest(url);
  // As with every callback, a URL function is that of the newest render.
  const newest = () => {
    const { current } = latestUrl;
    return typeof current === 'function' ? current() : (current ?? '');
  };
  const requested = typeof url === 'function' ? newest : url;
  const managed = useManaged({
    identity: identityOf(url, options),
    options,
    enabled,
    create: (replaces: ManagedEventSource<EventMap, unknown> | undefined) =>
      manageEventSource(requested, options, { enabled, replaces }),
  });
  const controller = shown ?? managed;
  const snapshot = useSnapshot(controller);
  return useMemo(() => {
    const { close, reconnect } = controller;
    return { ...snapshot, close, reconnect } satisfies EventSourceResult<EventMap, unknown>;
  }, [snapshot, controller]);
}

type Snapshot = EventSourceSnapshot<EventMap, unknown>;
