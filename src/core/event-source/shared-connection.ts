import type { Environment } from '../environment.ts';
import { hintShareDiffers } from '../hints.ts';
import { IDLE, isOver, type LifecycleEvent, transition } from '../lifecycle/transition.ts';
import type { ChangeCause } from '../lifecycle/types.ts';
import { identityOf } from '../request/identity.ts';
import {
  type Connection,
  type ConnectionListener,
  createConnection,
  type TransportOptions,
} from './connection.ts';

/** One subscription among those that share a connection. */
interface Member {
  readonly listener: ConnectionListener;
  options(): TransportOptions;
}

/** A connection and all who use it. */
interface Shared {
  readonly connection: Connection;
  join(member: Member): void;
  leave(member: Member): void;
}

/** How long a connection without members waits for the next one, in ms. */
const LINGER_MS = 1000;

const registries = new WeakMap<Environment, Map<string, Shared>>();

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

function registryOf(environment: Environment): Map<string, Shared> {
  const known = registries.get(environment);
  if (known !== undefined) return known;
  const registry = new Map<string, Shared>();
  registries.set(environment, registry);
  return registry;
}

/**
 * A member's view of a shared connection (decision 18): request, lifecycle and framed messages are
 * common; to stop, to fail and to end mean to leave. Works like a connection of one's own.
 */
export function joinConnection(
  environment: Environment,
  url: string,
  options: () => TransportOptions,
  listener: ConnectionListener,
  initialLastEventId = '',
): Connection {
  const { credentials, withCredentials } = options();
  const key = JSON.stringify([
    identityOf(url, options()),
    withCredentials ? 'include' : (credentials ?? 'same-origin'),
  ]);
  const registry = registryOf(environment);
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
    if (next === previous) return;
    ownLastEventId = lastEventId();
    ownMayRepeat = mayRepeat();
    own = next;
    const left = shared;
    shared = null;
    left?.leave(member);
    listener.changed(own, cause);
  }

  function start(keepsSession = false): void {
    if (options().signal?.aborted) {
      depart({ type: 'refuse' });
    } else if (shared !== null) {
      shared.connection.start(keepsSession);
    } else {
      const known = registry.get(key);
      shared =
        known ?? openShared(environment, url, member, ownLastEventId, () => registry.delete(key));
      registry.set(key, shared);
      shared.join(member);
      // A newcomer takes what there is; who comes back asks for a connection that lives.
      const starts = known === undefined || (wasIn && isOver(state().status));
      wasIn = true;
      if (starts) shared.connection.start(keepsSession);
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
    end: () => depart({ type: 'end' }),
    reset: () => depart({ type: 'reset' }),
    mayRepeat,
  };
}

/** A connection whose events go to every member, in the order in which they joined. */
function openShared(
  environment: Environment,
  url: string,
  founder: Member,
  lastEventId: string,
  onEmpty: () => void,
): Shared {
  const members = new Set<Member>();
  /** Transport options come from the longest-living member, also while nobody is in. */
  let eldest = founder;
  let cancelLinger = () => {};

  /** Tells everybody who is in, and nobody who left meanwhile. */
  function each(tell: (listener: ConnectionListener) => void): void {
    for (const member of [...members]) if (members.has(member)) tell(member.listener);
  }

  const connection = createConnection(
    environment,
    url,
    // The signal of one member ends the part of that member only.
    () => ({ ...eldest.options(), signal: undefined }),
    {
      changed: (...change) => each((listener) => listener.changed(...change)),
      chunk: (...chunk) => each((listener) => listener.chunk(...chunk)),
      message: (...message) => each((listener) => listener.message(...message)),
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

  return {
    connection,
    join(member) {
      cancelLinger();
      if (members.size === 0) eldest = member;
      else hintShareDiffers(environment, url, differing(eldest.options(), member.options()));
      members.add(member);
    },
    leave(member) {
      members.delete(member);
      const [next] = members;
      if (next !== undefined) {
        eldest = next;
        return;
      }
      cancelLinger = environment.setTimer(() => {
        onEmpty();
        connection.stop('unmounted');
      }, LINGER_MS);
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
