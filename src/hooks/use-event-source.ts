import { useMemo } from 'react';
import { type ManagedEventSource, manageEventSource } from '../core/event-source/event-source.ts';
import type {
  EventSourceActions,
  EventSourceArguments,
  EventSourceOptions,
  EventSourceResult,
  EventSourceSnapshot,
  EventSourceValueOptions,
} from '../core/event-source/types.ts';
import { identityOf } from '../core/request/identity.ts';
import type { DecodedBy, Decoder, EventMap, ReadableStore, UrlSource } from '../core/types.ts';
import { useManaged, useSnapshot } from './use-controller.ts';
import { useLatest } from './use-latest.ts';
import { useOptions } from './use-options.ts';

/** With `parse` or one schema for all messages, the type of the values is inferred. */
export function useEventSource<TDecoder extends Decoder, TState = undefined>(
  url: UrlSource | null,
  options: EventSourceValueOptions<TDecoder, TState>,
): EventSourceResult<Record<string, DecodedBy<TDecoder>>, TState>;
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
export function useEventSource<TEvents extends object = Record<string, string>, TState = undefined>(
  url: UrlSource | null,
  ...options: EventSourceArguments<TEvents, TState>
): EventSourceResult<TEvents, TState>;
/** Shows a controller that was made elsewhere; never starts or closes it. */
export function useEventSource<TEvents extends object, TState>(
  controller: ReadableStore<EventSourceSnapshot<TEvents, TState>> & EventSourceActions,
): EventSourceResult<TEvents, TState>;
export function useEventSource(
  source: UrlSource | null | (ReadableStore<Snapshot> & EventSourceActions),
  given: object = {},
): EventSourceResult<EventMap, unknown> {
  const { shown, url, options } = useOptions(
    source,
    // The signatures above say what the options must be; here their type parameters are gone.
    given as EventSourceOptions<EventMap, unknown>,
    () => true,
    true,
  );
  const enabled = url !== null && options.enabled !== false;
  const latestUrl = useLatest(url);
  // Like every callback, a function that gives the URL is that of the newest render.
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
  return useMemo(
    () => ({ ...snapshot, close: controller.close, reconnect: controller.reconnect }),
    [snapshot, controller],
  );
}

type Snapshot = EventSourceSnapshot<EventMap, unknown>;
