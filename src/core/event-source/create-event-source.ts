import { checkRequest } from '../controller/check-options.ts';
import { createMessageQueue, iterate } from '../controller/message-queue.ts';
import type { DecodedBy, Decoder, EventMap, MessageOf, UrlSource } from '../types.ts';
import { manageEventSource } from './event-source.ts';
import type {
  EventSourceArguments,
  EventSourceController,
  EventSourceOptions,
  EventSourceValueOptions,
} from './types.ts';

/**
 * Makes a live subscription over fetch (WHATWG HTML 9.2), to be used outside React or shared by
 * components. Creating it has no effect; `start()`, or asking for its iterator, connects.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const clock = createEventSource('https://example.com/clock');
 * for await (const message of clock) console.log(message.data);
 */
export function createEventSource<TDecoder extends Decoder, TState = undefined>(
  url: UrlSource,
  options: EventSourceValueOptions<TDecoder, TState>,
): EventSourceController<Record<string, DecodedBy<TDecoder>>, TState>;
/** Events told apart by name: by a written event map, or by one schema for each name. */
export function createEventSource<
  TEvents extends object = Record<string, string>,
  TState = undefined,
>(
  url: UrlSource,
  ...options: EventSourceArguments<TEvents, TState>
): EventSourceController<TEvents, TState>;
export function createEventSource(
  url: UrlSource,
  options: object = {},
): EventSourceController<EventMap, unknown> {
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
  };
}
