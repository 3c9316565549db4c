import { afterEach, beforeEach, vi } from 'vitest';

/** What tabs hold on to. */
export interface Holdings {
  /** Channels that are open. */
  readonly channels: number;
  /** Locks that are held or waited for. */
  readonly locks: number;
}

/** {@link Holdings} of tabs that have let go of everything. */
export const NOTHING_HELD: Holdings = { channels: 0, locks: 0 };

interface LockRequest {
  readonly name: string;
  /** Lets go of a lock that was taken, or of a place in line. */
  readonly refuse: (error: unknown) => void;
  readonly grant: () => void;
}

interface LockOptions {
  readonly steal?: boolean;
  readonly signal?: AbortSignal;
}

/** Web Locks, as far as `acrossTabs` uses them. */
function createLocks() {
  const held = new Map<string, LockRequest>();
  let pending: LockRequest[] = [];

  function grantNext(name: string): void {
    const next = pending.find((each) => each.name === name);
    if (next === undefined || held.has(name)) return;
    pending = pending.filter((each) => each !== next);
    held.set(name, next);
    queueMicrotask(next.grant);
  }

  function request(name: string, { steal, signal }: LockOptions, hold: () => Promise<void>) {
    return new Promise<void>((resolve, reject) => {
      const mine: LockRequest = {
        name,
        refuse: reject,
        grant() {
          void hold().then(() => {
            if (held.get(name) === mine) held.delete(name);
            resolve();
            grantNext(name);
          });
        },
      };
      signal?.addEventListener('abort', () => {
        pending = pending.filter((each) => each !== mine);
        reject(signal.reason);
      });
      if (steal) {
        held.get(name)?.refuse(new DOMException('The lock was stolen.', 'AbortError'));
        held.delete(name);
        pending.unshift(mine);
      } else {
        pending.push(mine);
      }
      grantNext(name);
    });
  }

  return {
    count: () => held.size + pending.length,
    manager: { request, query: async () => ({ pending: pending.map(({ name }) => ({ name })) }) },
  };
}

/** BroadcastChannel, as far as `acrossTabs` uses it. */
function createChannels() {
  const open = new Set<FakeChannel>();

  class FakeChannel {
    readonly name: string;
    onmessage: ((event: MessageEvent) => void) | null = null;

    constructor(name: string) {
      this.name = name;
      open.add(this);
    }

    postMessage(message: unknown): void {
      for (const other of open) {
        if (other === this || other.name !== this.name) continue;
        const data: unknown = structuredClone(message);
        queueMicrotask(() => {
          if (open.has(other)) other.onmessage?.(new MessageEvent('message', { data }));
        });
      }
    }

    close(): void {
      open.delete(this);
    }
  }

  return { count: () => open.size, FakeChannel };
}

/**
 * Gives every test that follows a browser with Web Locks and BroadcastChannel. A tab is an environment
 * of its own. Returns what all tabs hold on to.
 */
export function withOtherTabs(): () => Holdings {
  let holdings = () => NOTHING_HELD;
  beforeEach(() => {
    const locks = createLocks();
    const channels = createChannels();
    Object.defineProperty(navigator, 'locks', { configurable: true, value: locks.manager });
    vi.stubGlobal('BroadcastChannel', channels.FakeChannel);
    holdings = () => ({ channels: channels.count(), locks: locks.count() });
  });
  afterEach(() => {
    Reflect.deleteProperty(navigator, 'locks');
    vi.unstubAllGlobals();
  });
  return () => holdings();
}
