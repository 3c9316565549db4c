import { defaultEnvironment, isolate } from '../environment.ts';
import { StreamError } from '../errors.ts';
import { createAnnouncer } from '../lifecycle/announce.ts';
import { createSignalFollower } from '../lifecycle/follow-signal.ts';
import { iterate } from '../lifecycle/iterate.ts';
import { createPresence, type ManagedController } from '../lifecycle/presence.ts';
import { IDLE, isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import type { ChangeCause } from '../lifecycle/types.ts';
import { type DeliveryHost, deliver } from '../messages/deliver.ts';
import { createLatest } from '../messages/latest.ts';
import { createMessageQueue } from '../messages/message-queue.ts';
import { createMessageState } from '../messages/message-state.ts';
import { validateOptions } from '../request/validate-options.ts';
import { createStore } from '../state/store.ts';
import type { EventMap, MessageOf } from '../types.ts';
import { createConnection } from './connection.ts';
import { joinConnection } from './shared-connection.ts';
import type { EventSourceController, EventSourceOptions, EventSourceSnapshot } from './types.ts';

/** A controller as a hook drives it. */
export interface ManagedEventSource<TEvents extends EventMap, TState>
  extends EventSourceController<TEvents, TState>,
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
  url: string | URL | null,
  given: EventSourceOptions<TEvents, TState>,
  start?: ManagedStart<TEvents, TState>,
): ManagedEventSource<TEvents, TState> {
  type Message = MessageOf<TEvents>;
  validateOptions(given);
  const environment = given.environment ?? defaultEnvironment;
  let options = given;
  const replaces = start?.replaces;
  const previous = url !== null && given.keepPrevious ? replaces?.getSnapshot() : undefined;
  /** After `close()` only `reconnect()` or a new identity starts again. */
  let closedByCaller = false;

  const messages = createMessageState<Message, TState>(environment, () => options, previous);
  const latest = createLatest(previous?.latest);
  const queue = createMessageQueue<Message>();
  const signal = createSignalFollower(() => connection.stop('signal'));

  const announcer = createAnnouncer({
    environment,
    options: () => options,
    state: () => connection.state(),
  });

  const delivery: DeliveryHost<Message> = {
    environment,
    fail: (code, message, details) => {
      const { attempt } = connection.state();
      return new StreamError(code, message, { url: String(url), attempt, ...details });
    },
    options: () => options,
    wants: () => connection.state().status === 'open',
    accumulate(message) {
      if (messages.isPrevious()) latest.clear();
      messages.apply(message);
      latest.set(message.event, message.value);
      queue.push(message);
    },
    report: (error) => announcer.report(error, false),
    refuse: (error) => connection.fail(error),
    end: () => connection.end(),
  };

  const connect = given.share ? joinConnection : createConnection;
  const connection = connect(
    environment,
    String(url ?? ''),
    () => options,
    {
      changed,
      chunk: announcer.chunk,
      message(item, lastEventId, origin) {
        const { event = 'message', data } = item;
        const isDelivered = deliver(delivery, event, data, lastEventId, origin);
        // What a callback ended was shown with its end.
        if (!delivery.wants()) return;
        if (isDelivered) store.receive();
        else store.invalidate();
      },
      moved: () => store.invalidate(),
      comment(comment) {
        const { onComment } = options;
        if (onComment !== undefined) isolate(environment, onComment, comment);
      },
      report: announcer.report,
      ready: queue.ready,
    },
    given.lastEventId,
  );

  const build = (state: LifecycleState): EventSourceSnapshot<TEvents, TState> => ({
    ...lifecycleFields(state),
    ...messages.fields(),
    // The values of a name are those that `parse` and `schema` make for it.
    latest: latest.snapshot() as EventSourceSnapshot<TEvents, TState>['latest'],
    lastEventId: connection.lastEventId(),
  });
  const store = createStore({
    environment,
    initial: build(start?.enabled ? { ...IDLE, status: 'connecting', attempt: 1 } : IDLE),
    build: () => build(connection.state()),
    mode: () => options.flush ?? 'auto',
    textLength: messages.textLength,
  });

  function changed(state: LifecycleState, cause?: ChangeCause): void {
    const over = isOver(state.status);
    signal.follow(over ? undefined : options.signal);
    if (over) queue.end(state.error ?? undefined);
    announcer.changed(state, cause);
    store.flush();
  }

  function begin(keepsSession: boolean): void {
    // What a component starts, the component must be there to stop.
    if (url === null || (start !== undefined && !presence.isMounted())) return;
    closedByCaller = false;
    store.begin();
    connection.start(keepsSession);
  }

  function settle(isMounted: boolean, isEnabled: boolean): void {
    const { status, reason } = connection.state();
    if (!isEnabled) {
      connection.reset();
      // Where another identity ended, this connection was idle all along.
      announcer.changed(connection.state());
      store.flush();
    } else if (!isMounted) {
      connection.stop('unmounted');
    } else if (status === 'idle' && !closedByCaller) {
      begin(false);
    } else if (reason === 'unmounted' && connection.mayRepeat()) {
      begin(true);
    }
  }
  const presence = createPresence({
    enabled: start?.enabled ?? true,
    replaces,
    goOnFrom: announcer.goOnFrom,
    settle,
  });

  return {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: store.getServerSnapshot,
    subscribe: store.subscribe,
    start: () => begin(false),
    reconnect: () => begin(false),
    close() {
      closedByCaller = true;
      connection.stop('caller');
    },
    ...presence,
    silence: announcer.silence,
    setOptions(next) {
      options = next;
      if (!isOver(connection.state().status)) signal.follow(next.signal);
    },
    [Symbol.asyncIterator]: () => iterate(queue, connection, () => begin(false)),
  };
}
