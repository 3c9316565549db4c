import {
  defaultEnvironment,
  type Environment,
  type PageSignal,
} from '../../src/core/environment.ts';
import type { Connection, ConnectionListener } from '../../src/core/event-source/connection.ts';
import { IDLE, type LifecycleState } from '../../src/core/lifecycle/transition.ts';
import type { TabMessage } from '../../src/share/tab-messages.ts';
import { createTabConnection, type TabPorts } from '../../src/share/tab-protocol.ts';

/*
 * A browser of simulated tabs with one channel, one lock and one server of numbered events. Everything
 * that crosses from one tab to another takes a random time; a tab that is stopped does what waited for
 * it when it runs again, in any order that keeps the order of each sender.
 */

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What happened in a tab. */
export interface SimulatedTab {
  readonly name: string;
  readonly connection: Connection;
  /** The numbers of the events that it got, and the one after which it joined. */
  readonly got: number[];
  readonly after: number | null;
  readonly isAlive: boolean;
  readonly isRunning: boolean;
  readonly isVisible: boolean;
  close(): void;
  crash(): void;
  stop(): void;
  resume(): void;
  leave(): void;
  comeBack(): void;
  freeze(): void;
  thaw(): void;
  show(isVisible: boolean): void;
}

/** Everything outside of the tabs. */
export interface Simulation {
  readonly tabs: readonly SimulatedTab[];
  readonly emitted: number;
  /** How many requests the server saw. */
  readonly requests: number;
  /** Connections of tabs that run. */
  connections(): number;
  /** Longest time with two connections of tabs that run, in ms. */
  readonly longestDouble: number;
  /** Longest time from an event to a tab that was visible and ran all the while, in ms. */
  readonly longestWait: number;
  open(isVisible: boolean): SimulatedTab;
  emit(count: number): void;
  cut(): void;
  advance(ms: number): Promise<void>;
}

/** A repeatable source of random numbers. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface LockRequest {
  readonly owner: object;
  readonly held: () => void;
  readonly lost: () => void;
}

interface ServerConnection {
  readonly isOfRunningTab: () => boolean;
  sent: number;
  isOpen: boolean;
  readonly send: (from: number, to: number) => void;
  readonly broken: () => void;
}

export interface SimulationOptions {
  readonly seed: number;
  /** Most ms that anything takes between tabs. */
  readonly maxDelayMs?: number;
  /** Whether the server resumes after the ids that it sends, only sends them, or sends none. */
  readonly ids?: 'honoured' | 'ignored' | 'none';
}

export function createSimulation({
  seed,
  maxDelayMs = 20,
  ids = 'honoured',
}: SimulationOptions): Simulation {
  const random = createRandom(seed);
  const tasks = new Map<Task, true>();
  let now = 0;
  let order = 0;
  let emitted = 0;
  const emittedAt: number[] = [];
  let requests = 0;
  let longestDouble = 0;
  let longestWait = 0;
  let doubleSince: number | null = null;
  const tabs: SimulatedTab[] = [];
  const channels = new Set<{
    readonly hear: (message: TabMessage) => void;
    readonly tab: object;
    readonly deliver: (from: object, run: () => void) => void;
  }>();
  const serverConnections = new Set<ServerConnection>();
  let holder: LockRequest | null = null;
  let queue: LockRequest[] = [];

  const delay = () => random() * maxDelayMs;

  function at(delayMs: number, run: () => void): () => void {
    const task = { at: now + delayMs, order: (order += 1), run };
    tasks.set(task, true);
    return () => void tasks.delete(task);
  }

  function grantNext(): void {
    if (holder !== null) return;
    const next = queue.shift();
    if (next === undefined) return;
    holder = next;
    next.held();
  }

  function look(): void {
    let open = 0;
    for (const connection of serverConnections) if (connection.isOfRunningTab()) open += 1;
    if (open < 2) doubleSince = null;
    else {
      doubleSince ??= now;
      longestDouble = Math.max(longestDouble, now - doubleSince);
    }
  }

  function pump(connection: ServerConnection): void {
    if (!connection.isOpen || connection.sent >= emitted) return;
    const from = connection.sent + 1;
    connection.sent = emitted;
    connection.send(from, emitted);
  }

  function openTab(isVisibleAtFirst: boolean): SimulatedTab {
    const self = {};
    let isAlive = true;
    let isRunning = true;
    let isVisible = isVisibleAtFirst;
    let attentiveSince = now;
    const backlog: { readonly from: object; readonly run: () => void }[] = [];
    const lastAt = new Map<object, number>();
    const pageListeners = new Set<(signal: PageSignal) => void>();
    const got: number[] = [];
    let after: number | null = null;
    const own = new Set<ServerConnection>();

    /** Runs in this tab, in the order of the sender. */
    function deliver(from: object, run: () => void, delayMs = delay()): void {
      const time = Math.max(now + delayMs, lastAt.get(from) ?? 0);
      lastAt.set(from, time);
      at(time - now, () => perform(from, run));
    }

    function perform(from: object, run: () => void): void {
      if (!isAlive) return;
      if (isRunning) run();
      else backlog.push({ from, run });
    }

    const signal = (type: PageSignal['type']) => {
      const persisted = true;
      for (const listener of [...pageListeners]) {
        if (type === 'pagehide' || type === 'pageshow') listener({ type, persisted });
        else listener({ type });
      }
    };

    function connect(listener: ConnectionListener, lastEventId: string): Connection {
      let id = lastEventId;
      let state: LifecycleState = IDLE;
      let live: ServerConnection | null = null;
      let cancel = () => {};
      const set = (next: Partial<LifecycleState>) => {
        state = { ...state, ...next };
        listener.changed(state);
      };
      const drop = () => {
        cancel();
        if (live !== null) {
          live.isOpen = false;
          serverConnections.delete(live);
          own.delete(live);
        }
        live = null;
        look();
      };
      function request(): void {
        drop();
        requests += 1;
        const sender = {};
        const mine: ServerConnection = {
          isOfRunningTab: () => isRunning && isAlive,
          sent: ids === 'honoured' ? Number(id || 0) : emitted,
          isOpen: false,
          send(from, to) {
            deliver(sender, () => {
              for (let number = from; number <= to; number += 1) {
                // A message may end its own connection.
                if (live !== mine) return;
                if (ids !== 'none') id = String(number);
                const data = `event ${number}`;
                const message = {
                  event: 'message',
                  data,
                  value: data,
                  lastEventId: id,
                  origin: '',
                };
                listener.message(message);
              }
            });
          },
          broken() {
            deliver(sender, () => {
              if (live !== mine) return;
              drop();
              set({ status: 'waiting', nextRetryAt: now + 200 });
              cancel = environment.setTimer(request, 200);
            });
          },
        };
        live = mine;
        own.add(mine);
        serverConnections.add(mine);
        look();
        set({ status: 'connecting', attempt: state.attempt + 1, nextRetryAt: null });
        deliver(sender, () => {
          if (live !== mine) return;
          set({ status: 'open' });
          if (id === '' && ids !== 'none') {
            // A server of numbered events says where a new client begins.
            id = String(emitted);
            mine.sent = emitted;
            listener.moved();
          }
          mine.isOpen = true;
          pump(mine);
        });
      }
      return {
        state: () => state,
        lastEventId: () => id,
        mayRepeat: () => true,
        start() {
          state = IDLE;
          request();
        },
        stop(reason) {
          drop();
          set({ status: 'aborted', reason });
        },
        fail() {},
        end() {},
        reset() {},
      };
    }

    const environment: Environment = {
      ...defaultEnvironment,
      now: () => now,
      random,
      setTimer(callback, delayMs) {
        let isWanted = true;
        // Timers of hidden pages run once a second.
        const late = isVisible ? delayMs : Math.max(1000, delayMs);
        at(late, () => {
          perform({}, () => {
            if (isWanted) callback();
          });
        });
        return () => {
          isWanted = false;
        };
      },
      isHidden: () => !isVisible,
      onPageSignal(listener) {
        pageListeners.add(listener);
        return () => void pageListeners.delete(listener);
      },
    };

    const ports: TabPorts = {
      openChannel(hear) {
        const channel = { hear, tab: self, deliver };
        channels.add(channel);
        return {
          post(message) {
            for (const other of channels) {
              if (other === channel) continue;
              other.deliver(channel, () => {
                if (channels.has(other)) other.hear(message);
              });
            }
          },
          close: () => void channels.delete(channel),
        };
      },
      requestLock(steals, held, lost) {
        let isWanted = true;
        const sender = {};
        const mine: LockRequest = {
          owner: self,
          held: () => deliver(sender, () => void (isWanted && held())),
          lost: () => deliver(sender, () => void (isWanted && lost())),
        };
        at(delay(), () => {
          if (!isWanted || !isAlive) return;
          if (steals) {
            const former = holder;
            holder = mine;
            former?.lost();
            mine.held();
          } else {
            queue.push(mine);
            grantNext();
          }
        });
        return () => {
          isWanted = false;
          at(delay(), () => {
            queue = queue.filter((request) => request !== mine);
            if (holder === mine) {
              holder = null;
              grantNext();
            }
          });
        };
      },
      connect,
    };

    const connection = createTabConnection(environment, ports, {
      changed() {
        notice();
      },
      chunk() {},
      message({ data }) {
        const number = Number(String(data).replace('event ', ''));
        after ??= number - 1;
        got.push(number);
        const since = Math.max(emittedAt[number] ?? 0, attentiveSince);
        if (isVisible && isRunning) longestWait = Math.max(longestWait, now - since);
        if (connection.state().status !== 'open')
          throw new Error('Nobody would take this message.');
        return true;
      },
      moved() {
        notice();
      },
      comment() {},
      report() {},
      isEnd: () => false,
      complete() {},
      ready: () => undefined,
    });
    function notice(): void {
      const id = connection.lastEventId();
      if (id !== '') after ??= Number(id);
    }

    function die(): void {
      isAlive = false;
      for (const mine of own) {
        mine.isOpen = false;
        serverConnections.delete(mine);
      }
      for (const channel of channels) if (channel.tab === self) channels.delete(channel);
      at(delay(), () => {
        queue = queue.filter(({ owner }) => owner !== self);
        if (holder?.owner === self) {
          holder = null;
          grantNext();
        }
      });
      look();
    }

    const tab: SimulatedTab = {
      name: `tab ${tabs.length}`,
      connection,
      got,
      get after() {
        return after;
      },
      get isAlive() {
        return isAlive;
      },
      get isRunning() {
        return isRunning;
      },
      get isVisible() {
        return isVisible;
      },
      close() {
        if (!isAlive) return;
        signal('pagehide');
        die();
      },
      crash: () => void (isAlive && die()),
      stop() {
        isRunning = false;
        look();
      },
      resume() {
        if (!isAlive || isRunning) return;
        isRunning = true;
        attentiveSince = now;
        // Any order that keeps that of each sender.
        while (backlog.length > 0) {
          const { from } = backlog[Math.floor(random() * backlog.length)] ?? { from: self };
          const index = backlog.findIndex((entry) => entry.from === from);
          const [entry] = backlog.splice(index, 1);
          if (entry !== undefined) at(0, () => perform(entry.from, entry.run));
        }
        look();
      },
      leave: () => signal('pagehide'),
      comeBack() {
        attentiveSince = now;
        signal('pageshow');
      },
      freeze() {
        signal('freeze');
      },
      thaw() {
        attentiveSince = now;
        signal('resume');
      },
      show(shown) {
        if (shown === isVisible) return;
        isVisible = shown;
        attentiveSince = now;
        signal(shown ? 'visible' : 'hidden');
      },
    };
    tabs.push(tab);
    connection.start();
    return tab;
  }

  return {
    tabs,
    get emitted() {
      return emitted;
    },
    get requests() {
      return requests;
    },
    connections: () =>
      [...serverConnections].filter((connection) => connection.isOfRunningTab()).length,
    get longestDouble() {
      return longestDouble;
    },
    get longestWait() {
      return longestWait;
    },
    open: openTab,
    emit(count) {
      for (let index = 0; index < count; index += 1) {
        emitted += 1;
        emittedAt[emitted] = now;
      }
      for (const connection of serverConnections) pump(connection);
    },
    cut() {
      for (const connection of serverConnections) {
        if (!connection.isOpen) continue;
        connection.isOpen = false;
        connection.broken();
      }
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let count = 0; ; count += 1) {
        if (count > 8_000) throw new Error('The tabs talk without end.');
        let next: Task | null = null;
        for (const task of tasks.keys()) {
          if (task.at > end) continue;
          if (
            next === null ||
            task.at < next.at ||
            (task.at === next.at && task.order < next.order)
          ) {
            next = task;
          }
        }
        if (next === null) break;
        tasks.delete(next);
        now = Math.max(now, next.at);
        next.run();
        look();
        await settle();
      }
      now = end;
    },
  };
}

/** Lets microtasks run; nothing here waits for more than a few. */
async function settle(): Promise<void> {
  await undefined;
  await undefined;
}
