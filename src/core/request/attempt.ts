import type { Environment } from '../environment.ts';
import { StreamError, type StreamErrorCode, type StreamErrorDetails } from '../errors.ts';
import type { EndedBy } from '../types.ts';
import { createDeadline, type Deadline } from './deadline.ts';

/**
 * How an attempt ends: with all there was, with an error, or (`'again'`) with a new request at once.
 * For an attempt that lost its lifecycle any outcome does: it is ignored.
 */
export type Outcome = EndedBy | 'again' | StreamError;

/** One request of a lifecycle. It may act only while it owns the lifecycle. */
export interface Attempt {
  /** Aborts when the attempt no longer owns the lifecycle. */
  readonly signal: AbortSignal;
  /** When it began, by the steady clock and by the wall clock. */
  readonly startedAt: number;
  readonly wallStartedAt: number;
  /** Its number in the lifecycle, from 1. */
  readonly number: number;
  /** What is known so far; goes into errors. */
  url: string | undefined;
  bytesReceived: number;
  /** When the body began and when it last showed life; `null` before its first byte. */
  firstByteAt: number | null;
  lastByteAt: number;
  /** Running deadlines; they end with the attempt. */
  readonly deadlines: Deadline[];
  /** Whether this attempt still owns the lifecycle: asked first after every await and callback. */
  owns(): boolean;
  /** The headers are good. Returns whether the attempt still owns the lifecycle afterwards. */
  accept(response: Response): boolean;
  /** Ends the attempt; the first call counts. */
  settle(outcome: Outcome): void;
  /** Makes an error that knows this attempt. */
  fail(code: StreamErrorCode, message: string, details?: StreamErrorDetails): StreamError;
  /** A deadline that ends the attempt: the code and the words with which it fails. */
  limit(timeoutMs: number | undefined, code: StreamErrorCode, what: string): Deadline;
  /** Stops request, deadlines and timers, and owns nothing any more. Called when the lifecycle lets go. */
  release(): void;
}

/** Makes the token, the abort signal and the error factory of one request. */
export function createAttempt(
  environment: Environment,
  number: number,
  accept: (attempt: Attempt, response: Response) => boolean,
  settle: (attempt: Attempt, outcome: Outcome) => void,
  deadlines: Deadline[] = [],
): Attempt {
  const controller = new AbortController();
  let isReleased = false;
  const attempt: Attempt = {
    signal: controller.signal,
    startedAt: environment.now(),
    wallStartedAt: environment.wallClock(),
    number,
    url: undefined,
    bytesReceived: 0,
    firstByteAt: null,
    lastByteAt: 0,
    deadlines,
    owns: () => !isReleased,
    accept: (response) => accept(attempt, response),
    settle: (outcome) => settle(attempt, outcome),
    fail(code, message, details) {
      const { url, bytesReceived } = attempt;
      return new StreamError(code, message, { url, bytesReceived, attempt: number, ...details });
    },
    limit(timeoutMs, code, what) {
      const deadline = createDeadline(environment, timeoutMs, () => {
        attempt.settle(attempt.fail(code, `No ${what} within ${timeoutMs} ms.`));
      });
      deadlines.push(deadline);
      return deadline;
    },
    release() {
      isReleased = true;
      for (const deadline of deadlines) deadline.stop();
      controller.abort();
    },
  };
  return attempt;
}
