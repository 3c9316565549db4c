import { createController, type ManagedController } from '../controller/create-controller.ts';
import type { MessageQueue } from '../controller/message-queue.ts';
import { defaultEnvironment, isolate } from '../environment.ts';
import { StreamError } from '../errors.ts';
import { isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import { createLatest } from '../messages/latest.ts';
import { createMessageState } from '../messages/message-state.ts';
import { createReceiver } from '../messages/receiver.ts';
import { urlText } from '../request/request-url.ts';
import type { EventMap, MessageOf, UrlSource } from '../types.ts';
import { createConnection } from './connection.ts';
import type { EventSourceController, EventSourceOptions, EventSourceSnapshot } from './types.ts';

/**
 * A controller as a hook drives it. The iterator is left to `createEventSource`, so that hooks do not
 * link it.
 */
export interface ManagedEventSource<TEvents extends EventMap, TState>
  extends Omit<EventSourceController<TEvents, TState>, typeof Symbol.asyncIterator>,
    ManagedController<EventSourceOptions<TEvents, TState>> {}

/** How a hook makes its controller. */
export interface ManagedStart<TEvents extends EventMap, TState> {
  /** Whether it is switched on: then it shows `connecting` before its start. */
  readonly enabled: boolean;
  /** The controller of the previous identity. */
  readonly replaces: ManagedEventSource<TEvents, TState> | undefined;
}

/**
 * The controller of a live subscription: interprets what a connection delivers, and shows it. Without
 * a URL it never starts.
 */
export function manageEventSource<TEvents extends EventMap, TState>(
  url: UrlSource | null,
  given: EventSourceOptions<TEvents, TState>,
  start?: ManagedStart<TEvents, TState>,
  queue?: MessageQueue<MessageOf<TEvents>>,
): ManagedEventSource<TEvents, TState> {
  type Message = MessageOf<TEvents>;
  type Snapshot = EventSourceSnapshot<TEvents, TState>;
  const environment = given.environment ?? defaultEnvironment;
  let options = given;
  const isHook = start !== undefined;
  const startsItself = start?.enabled === true;
  const replaces = start?.replaces;
  const previous = url !== null && given.keepPrevious ? replaces?.getSnapshot() : undefined;
  /** After `close()` only `reconnect()` or a new identity starts again. */
  let closedByCaller = false;

  const latest = createLatest(previous?.latest);
  const messages = createMessageState<Message, TState>(
    environment,
    () => options,
    latest,
    previous,
  );

  let isOpen = false;
  const { receive, isEnd } = createReceiver({
    environment,
    options: () => options,
    isOpen: () => isOpen,
    // A `reconnect()` in an earlier callback goes on after the message, which will not come again.
    isWanted: () => isOpen || !isOver(connection.state().status),
    state: () => connection.state(),
    fail(code, message, details) {
      const { attempt } = connection.state();
      return new StreamError(code, message, { url: urlText(url), attempt, ...details });
    },
    textOf: ({ data }) => String(data),
    accumulate(message, text) {
      // `parse` and `schema` decide what the value is, and the public types tie them to the message.
      const typed = message as Message;
      messages.push(typed, text);
      queue?.push(typed);
    },
    report: (error) => controller.report(error, false),
    refuse: (error) => connection.fail(error),
    end: () => connection.end('sentinel'),
  });

  // In production, where nothing checks it, a wrong value must not break the page.
  const connect = typeof given.share === 'function' ? given.share : createConnection;
  const connection = connect(
    environment,
    url,
    () => options,
    {
      changed(state, cause) {
        isOpen = state.status === 'open';
        controller.changed(state, cause);
      },
      chunk: (bytes, loaded) => controller.chunk(bytes, loaded),
      message(message) {
        const isDelivered = receive(message);
        // If a callback ended the stream, its last snapshot has been shown already.
        if (!isOpen) return isDelivered;
        if (isDelivered) controller.receive();
        else controller.invalidate();
        return isDelivered;
      },
      moved: () => controller.invalidate(),
      comment: (comment) => isolate(environment, options.onComment, comment),
      report: (error, willRetry) => controller.report(error, willRetry),
      isEnd,
      complete: messages.complete,
      ready: () => queue?.ready(),
    },
    given.lastEventId,
  );

  const controller = createController<Snapshot>({
    environment,
    options: () => options,
    state: connection.state,
    stop: connection.stop,
    build: (state: LifecycleState): Snapshot => ({
      ...lifecycleFields(state),
      ...messages.fields(),
      // The values of a name are those that `parse` and `schema` make for it.
      latest: latest.snapshot() as Snapshot['latest'],
      lastEventId: connection.lastEventId(),
    }),
    startsItself,
    textLength: messages.textLength,
    turn({ status, error }) {
      if (isOver(status)) queue?.end(error ?? undefined);
    },
    settle,
    isEnabled: start?.enabled ?? true,
    replaces,
  });

  function begin(keepsSession: boolean): void {
    // What a component starts is stopped when it unmounts, so nothing starts after that.
    if (url === null || (isHook && !controller.isMounted())) return;
    closedByCaller = false;
    controller.begin();
    connection.start(keepsSession);
  }

  function settle(isMounted: boolean, isEnabled: boolean): void {
    const { status, reason } = connection.state();
    if (!isEnabled) {
      connection.reset();
      // After another identity, callbacks have yet to hear that this one is idle, as it may have been
      // all along.
      controller.changed(connection.state());
    } else if (!isMounted) {
      connection.stop('unmounted');
    } else if (status === 'idle' && !closedByCaller) {
      begin(false);
    } else if (reason === 'unmounted' && connection.mayRepeat()) {
      begin(true);
    }
  }

  return Object.assign(controller, {
    start: () => begin(false),
    reconnect: () => begin(false),
    close() {
      closedByCaller = true;
      connection.stop('caller');
      // Before its start a hook shows `connecting`, which this ends.
      controller.flush();
    },
    setOptions(next: typeof options) {
      options = next;
      controller.followSignal();
    },
  });
}
