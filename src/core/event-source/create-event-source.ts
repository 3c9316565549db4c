import { checkRequest } from '../controller/check-options.ts';
import { createMessageQueue, iterate } from '../controller/message-queue.ts';
import type { EventMap, MessageOf, UrlOfTexts, UrlSource, ValueOf } from '../types.ts';
import { manageEventSource } from './event-source.ts';
import type {
  EventDecoder,
  EventSourceArguments,
  EventSourceController,
  EventSourceInferredOptions,
  EventSourceOptions,
  EventsBy,
  NoEventMap,
  UrlOfEvents,
} from './types.ts';

/**
 * The types of the values are inferred. The last signature is the same: functions among the options
 * get their context from the first one, and the compiler reports mistakes by the last one.
 */
export function createEventSource<TDecoder extends EventDecoder, TState = undefined>(
  url: UrlSource,
  options?: EventSourceInferredOptions<TDecoder, TState>,
): EventSourceController<EventsBy<TDecoder>, TState>;
/** With an explicit event map, or with options that were declared with one. */
export function createEventSource<TEvents extends object = never, TState = undefined>(
  url: UrlOfEvents<TEvents, UrlSource>,
  ...options: EventSourceArguments<TEvents, TState>
): EventSourceController<TEvents, TState>;
/** A mistake: nothing makes the values of the explicit event map. */
export function createEventSource<TEvents extends object = never, TState = undefined>(
  url: UrlOfTexts<ValueOf<TEvents>> | NoEventMap<TEvents>,
): EventSourceController<TEvents, TState>;
/**
 * Makes a live subscription over fetch (WHATWG HTML 9.2), to be used outside React or shared by
 * components. Creating it has no effect; `start()`, or asking for its iterator, connects.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const clock = createEventSource('https://example.com/clock');
 * for await (const message of clock) console.log(message.data);
 */
export function createEventSource<TDecoder extends EventDecoder, TState = undefined>(
  url: UrlSource,
  options?: EventSourceInferredOptions<TDecoder, TState>,
): EventSourceController<EventsBy<TDecoder>, TState>;
export function createEventSource(url: UrlSource, options: object = {}): object {
  // The signatures above say what the options must be; here their type parameters are gone.
  const given = options as EventSourceOptions<EventMap, unknown>;
  checkRequest(url, given, false);
  const queue = createMessageQueue<MessageOf<EventMap>>();
  const controller = manageEventSource(url, given, undefined, queue);
  const { getSnapshot, getServerSnapshot, subscribe, start, close, reconnect } = controller;
  return {
    getSnapshot,
    getServerSnapshot,
    subscribe,
    start,
    close,
    reconnect,
    [Symbol.asyncIterator]: () => iterate(queue, getSnapshot(), start, close),
  } satisfies EventSourceController<EventMap, unknown>;
}
