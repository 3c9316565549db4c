import type { Environment } from '../environment.ts';

/** A time by which something must happen again and again. */
export interface Deadline {
  /** It happened: count from now, or from a moment that the caller knows already. */
  touch(at?: number): void;
  /** Stand still: the reader waits for its consumer, not for the network. */
  suspend(): void;
  /** Count from now again. */
  resume(): void;
  /** Look at the clock now: timers of a hidden page run late. */
  check(): void;
  /** Never expire; idempotent. */
  stop(): void;
}

/** A timer that is later than this waited for a long task to end. */
const LATE_MS = 50;
/** Turns of the host until what waited has been read. */
const TURNS = 3;

/**
 * A deadline that calls `onExpire` once when `timeoutMs` pass without a touch. A touch only notes
 * the time, so it may come with every message; the timer looks at that note when it fires. Anything
 * but a positive number means no limit.
 */
export function createDeadline(
  environment: Environment,
  timeoutMs: number | undefined,
  onExpire: () => void,
): Deadline {
  const limit = timeoutMs ?? 0;
  let since = environment.now();
  let suspended = false;
  let stopped = !(limit > 0 && limit < Infinity);
  let cancelTimer: (() => void) | null = null;

  const remaining = () => since + limit - environment.now();

  function arm(): void {
    if (stopped || suspended) return;
    cancelTimer ??= environment.setTimer(async () => {
      cancelTimer = null;
      // After a long task of the page, bytes may be there that nobody could read yet.
      for (let turn = 0; turn < TURNS && remaining() < -LATE_MS; turn += 1) {
        await environment.yieldToHost();
      }
      check();
      arm();
    }, remaining());
  }

  function check(): void {
    if (stopped || suspended || remaining() > 0) return;
    stop();
    onExpire();
  }

  function stop(): void {
    stopped = true;
    cancelTimer?.();
    cancelTimer = null;
  }

  arm();
  return {
    touch(at) {
      if (!stopped) since = at ?? environment.now();
    },
    suspend() {
      suspended = true;
    },
    resume() {
      suspended = false;
      since = environment.now();
      arm();
    },
    check,
    stop,
  };
}
