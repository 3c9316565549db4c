import type { Environment } from '../environment.ts';

/** Something whose state waits to be shown. */
interface Flushable {
  flush(): void;
}

/** One frame callback for all stores of an environment, so that they reach React together. */
export interface FlushScheduler {
  /** Flushes at the first frame at or after `dueAt` (ms since the epoch). */
  schedule(target: Flushable, dueAt: number): void;
  cancel(target: Flushable): void;
}

/** Hidden and occluded pages get no frames; the timer gets its turn there. */
const FRAME_TIMEOUT_MS = 100;

const schedulers = new WeakMap<Environment, FlushScheduler>();

/** The scheduler of an environment; made at first use. */
export function flushSchedulerOf(environment: Environment): FlushScheduler {
  const known = schedulers.get(environment);
  if (known !== undefined) return known;
  const scheduler = createFlushScheduler(environment);
  schedulers.set(environment, scheduler);
  return scheduler;
}

function createFlushScheduler(environment: Environment): FlushScheduler {
  const dueTimes = new Map<Flushable, number>();
  /** The wake-up that is set, and for when. */
  let wakeAt = Infinity;
  let cancelWake = () => {};

  function arm(): void {
    const next = Math.min(...dueTimes.values());
    if (next === wakeAt) return;
    cancelWake();
    wakeAt = next;
    if (next === Infinity) return;
    const wait = next - environment.now();
    if (wait > 0) {
      // Most of the wait by timer, the rest by frame: idle frames would cost power.
      cancelWake = environment.setTimer(awaitFrame, wait);
    } else {
      awaitFrame();
    }
  }

  function awaitFrame(): void {
    const cancelFrame = environment.requestFrame(wake);
    const cancelTimer = environment.setTimer(wake, FRAME_TIMEOUT_MS);
    cancelWake = () => {
      cancelFrame();
      cancelTimer();
    };
  }

  function wake(): void {
    cancelWake();
    wakeAt = Infinity;
    const now = environment.now();
    for (const [target, dueAt] of [...dueTimes]) {
      if (dueAt > now) continue;
      dueTimes.delete(target);
      target.flush();
    }
    arm();
  }

  return {
    schedule(target, dueAt) {
      const known = dueTimes.get(target);
      if (known !== undefined && known <= dueAt) return;
      dueTimes.set(target, dueAt);
      // A wake-up that is due already flushes everything that is due at its frame.
      if (dueAt < wakeAt) arm();
    },
    cancel(target) {
      if (dueTimes.delete(target) && dueTimes.size === 0) arm();
    },
  };
}
