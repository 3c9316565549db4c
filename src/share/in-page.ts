import type { Environment } from '../core/environment.ts';
import {
  type Connect,
  type Connection,
  type ConnectionListener,
  createConnection,
  type TransportOptions,
} from '../core/event-source/connection.ts';
import { hintShareDiffers } from '../core/hints.ts';
import type { ChangeCause } from '../core/lifecycle/create-lifecycle.ts';
import { IDLE, isOver, type LifecycleEvent, transition } from '../core/lifecycle/transition.ts';
import { isSentinel } from '../core/messages/receiver.ts';
import { identityOf } from '../core/request/identity.ts';
import { urlText } from '../core/request/request-url.ts';
import type { UrlSource } from '../core/types.ts';

/** One subscription among those that share a connection. */
interface Member {
  readonly listener: ConnectionListener;
  options(): TransportOptions;
}

/** A connection and all who use it. */
interface Shared {
  readonly connection: Connection;
  /** Whether nobody is in. */
  isEmpty(): boolean;
  /** Ends what nobody is in. */
  close(): void;
  start(keepsSession: boolean): void;
  join(member: Member): void;
  leave(member: Member): void;
}

/** How long a connection without members waits for the next one, in ms. */
const LINGER_MS = 1000;

/** The options that shape the connection; the others belong to each member. */
const TRANSPORT_NAMES = [
  'fetch',
  'headers',
  'requestInit',
  'retry',
  'resume',
  'connectTimeoutMs',
  'idleTimeoutMs',
  'messageTimeoutMs',
  'maxMessageLength',
  'pauseWhenHidden',
  'endWhen',
] as const;

/**
 * Shares among the equal subscriptions of a page what `connect` makes: request, lifecycle and framed
 * messages are common; to stop, to fail and to end mean to leave.
 */
export function shareInPage(connect: Connect): Connect {
  const registries = new WeakMap<Environment, Map<string, Shared>>();
  return (environment, url, options, listener, initialLastEventId) => {
    // What a function gives may be of another user each time.
    if (typeof url === 'function' && options().key === undefined) {
      return createConnection(environment, url, options, listener, initialLastEventId);
    }
    const registry = registries.get(environment) ?? new Map<string, Shared>();
    registries.set(environment, registry);
    return join(connect, registry, environment, url, options, listener, initialLastEventId);
  };
}

/** On different paths one relative URL means different things. */
function absolute(environment: Environment, url: UrlSource | null): UrlSource | null {
  try {
    return typeof url === 'function'
      ? url
      : new URL(urlText(url) ?? '', environment.baseUrl()).href;
  } catch {
    // Each request of such a connection fails, and says why.
    return url;
  }
}

/** What makes two subscriptions equal: their identity and credentials. */
export function shareKeyOf(
  environment: Environment,
  url: UrlSource | null,
  options: TransportOptions,
): string {
  const { credentials, withCredentials } = options;
  return JSON.stringify([
    identityOf(absolute(environment, url), options),
    credentials ?? (withCredentials ? 'include' : 'same-origin'),
  ]);
}

/**
 * Shares one connection among all subscriptions of a page whose method, URL, body, `key` and
 * credentials are equal. The value of the option `share` of `useEventSource`.
 *
 * Each subscription parses, filters, reduces and keeps for itself; `close()` and `enabled: false`
 * detach one, `reconnect()` acts on all. One that joins later gets status and last event id, and no
 * past messages. Transport options (`headers`, `fetch`, `retry`, deadlines) are those of the oldest
 * subscription. The connection outlives its last subscription by 1 s.
 *
 * @example
 * const { data } = useEventSource('/api/clock', { share: inPage });
 */
export const inPage: Connect = /* @__PURE__ */ shareInPage(createConnection);

/** A member's view of a shared connection; works like a connection of one's own. */
function join(
  connect: Connect,
  registry: Map<string, Shared>,
  environment: Environment,
  url: UrlSource | null,
  options: () => TransportOptions,
  listener: ConnectionListener,
  initialLastEventId = '',
): Connection {
  const key = shareKeyOf(environment, url, options());
  const member: Member = { options, listener };
  let shared: Shared | null = null;
  /** The member's own state while it is not in. */
  let own = IDLE;
  let ownLastEventId = initialLastEventId;
  let ownMayRepeat = true;
  let wasIn = false;

  const state = () => shared?.connection.state() ?? own;
  const lastEventId = () => shared?.connection.lastEventId() ?? ownLastEventId;

  const mayRepeat = () => shared?.connection.mayRepeat() ?? ownMayRepeat;

  /** Leaves with what the event makes of the present state; a member that is out only changes that. */
  function depart(event: LifecycleEvent, cause?: ChangeCause): void {
    const previous = state();
    const next = transition(previous, event);
    if (shared === null && next === previous) return;
    ownLastEventId = lastEventId();
    ownMayRepeat = mayRepeat();
    own = next;
    const left = shared;
    shared = null;
    left?.leave(member);
    // Who leaves what is over changes nothing.
    if (next !== previous) listener.changed(own, cause);
  }

  function start(keepsSession = false): void {
    if (options().signal?.aborted) {
      depart({ type: 'refuse' });
    } else if (shared !== null) {
      shared.start(keepsSession);
    } else {
      let known = registry.get(key);
      // While nobody was in, it went on without those who come back.
      if (wasIn && known?.isEmpty() && known.connection.lastEventId() !== ownLastEventId) {
        known.close();
        known = undefined;
      }
      shared =
        known ??
        openShared(connect, environment, url, member, ownLastEventId, () => registry.delete(key));
      registry.set(key, shared);
      // A newcomer takes what others have; who comes back, or is alone, asks for a connection that lives.
      const isAlone = wasIn || shared.isEmpty();
      const starts = known === undefined || (isAlone && isOver(state().status));
      shared.join(member);
      wasIn = true;
      if (starts) shared.start(keepsSession);
      else listener.changed(state());
    }
  }

  return {
    state,
    lastEventId,
    start,
    stop: (reason) => depart({ type: 'stop', reason }),
    fail: (error) => {
      depart({ type: 'fail', error }, { error, info: { willRetry: false, nextRetryAt: null } });
    },
    end: (by) => depart({ type: 'end', by }),
    reset: () => depart({ type: 'reset' }),
    mayRepeat,
  };
}

/** A connection whose events go to every member, in the order in which they joined. */
function openShared(
  connect: Connect,
  environment: Environment,
  url: UrlSource | null,
  founder: Member,
  lastEventId: string,
  onEmpty: () => void,
): Shared {
  const members = new Set<Member>();
  /** Transport options come from the longest-living member, also while nobody is in. */
  let eldest = founder;
  let cancelLinger = () => {};
  let isTelling = false;
  /** A start that waits until a message has been told to all. */
  let postponed: (() => void) | null = null;

  /** Tells everybody who is in, and nobody who left meanwhile. */
  function each(tell: (listener: ConnectionListener) => void): void {
    for (const member of [...members]) if (members.has(member)) tell(member.listener);
  }

  const connection = connect(
    environment,
    url,
    // The signal of one member ends the part of that member only.
    () => ({ ...eldest.options(), signal: undefined }),
    {
      changed(state, cause) {
        // One of them may change the state again: then that is what the rest are told.
        each((listener) => connection.state() === state && listener.changed(state, cause));
      },
      chunk: (...chunk) => each((listener) => listener.chunk(...chunk)),
      // A copy each: a member may change it, as when it parses the value.
      message(message) {
        isTelling = true;
        each((listener) => listener.message({ ...message }));
        isTelling = false;
        const start = postponed;
        postponed = null;
        start?.();
        return true;
      },
      // What only one of them would take for the end is the end for nobody else.
      isEnd: (message) => isSentinel(eldest.options().endWhen, message),
      complete: () => each((listener) => listener.complete()),
      moved: () => each((listener) => listener.moved()),
      comment: (comment) => each((listener) => listener.comment(comment)),
      report: (...report) => each((listener) => listener.report(...report)),
      ready() {
        const pending = [...members].flatMap(({ listener }) => listener.ready() ?? []);
        return pending.length === 0 ? undefined : Promise.all(pending).then(() => {});
      },
    },
    lastEventId,
  );

  function close(): void {
    cancelLinger();
    onEmpty();
    connection.stop('unmounted');
  }

  return {
    connection,
    isEmpty: () => members.size === 0,
    close,
    start(keepsSession) {
      // What was asked for because of a message must not take it from those who have yet to hear it.
      if (isTelling) postponed = () => connection.start(keepsSession);
      else connection.start(keepsSession);
    },
    join(member) {
      cancelLinger();
      if (members.size === 0) eldest = member;
      else
        hintShareDiffers(environment, urlText(url), differing(eldest.options(), member.options()));
      members.add(member);
    },
    leave(member) {
      members.delete(member);
      const [next] = members;
      if (next !== undefined) {
        eldest = next;
        return;
      }
      cancelLinger = environment.setTimer(close, LINGER_MS);
    },
  };
}

/** Names of transport options that differ; functions are taken for equal, since they are inline. */
function differing(left: TransportOptions, right: TransportOptions): string[] {
  const textOf = (value: unknown) => {
    return JSON.stringify(value, (_, entry) => (typeof entry === 'function' ? 'function' : entry));
  };
  return TRANSPORT_NAMES.filter((name) => textOf(left[name]) !== textOf(right[name]));
}
