import { type Fail, StreamError } from '../errors.ts';
import type { Deadline } from '../reading/deadlines.ts';
import type { AttemptMark } from './recovery.ts';

/** How an attempt can end. */
export type Outcome =
  /** All there was: sentinel, 204, end of a finite body. */
  | { readonly type: 'end' }
  /** The body of a subscription ended cleanly. */
  | { readonly type: 'closed' }
  /** Send a new request at once. */
  | { readonly type: 'again' }
  | { readonly type: 'error'; readonly error: StreamError };

/** One request of a lifecycle. It may act only while it owns the lifecycle. */
export interface Attempt {
  /** Aborts when the attempt no longer owns the lifecycle. */
  readonly signal: AbortSignal;
  /** When it was begun, against the interruptions of the page. */
  readonly mark: AttemptMark;
  /** Makes errors that know this attempt. */
  readonly fail: Fail;
  /** End with the attempt, and are looked at when the page becomes visible. */
  readonly deadlines: Deadline[];
  /** What is known so far; goes into errors. */
  readonly progress: { url: string | undefined; bytesReceived: number; lastByteAt: number };
  /** Whether this attempt still owns the lifecycle: asked first after every await and callback. */
  owns(): boolean;
  /** The headers are good. Returns whether the attempt still owns the lifecycle afterwards. */
  accept(response: Response): boolean;
  /** Ends the attempt; the first call counts. */
  settle(outcome: Outcome): void;
  /** Stops request, deadlines and timers. Called by the lifecycle when it lets go. */
  release(): void;
}

/** What an attempt asks of its lifecycle. */
export interface AttemptOwner {
  owns(attempt: Attempt): boolean;
  accept(attempt: Attempt, response: Response): boolean;
  settle(attempt: Attempt, outcome: Outcome): void;
  /** The number of the present request. */
  number(): number;
}

/** Makes the token, the abort signal and the error factory of one request. */
export function createAttempt(owner: AttemptOwner, mark: AttemptMark): Attempt {
  const controller = new AbortController();
  const deadlines: Deadline[] = [];
  const progress: Attempt['progress'] = { url: undefined, bytesReceived: 0, lastByteAt: 0 };
  const attempt: Attempt = {
    signal: controller.signal,
    mark,
    deadlines,
    progress,
    fail: (code, message, details) =>
      new StreamError(code, message, {
        url: progress.url,
        bytesReceived: progress.bytesReceived,
        attempt: owner.number(),
        ...details,
      }),
    owns: () => owner.owns(attempt),
    accept: (response) => owner.accept(attempt, response),
    settle: (outcome) => owner.settle(attempt, outcome),
    release() {
      for (const deadline of deadlines) deadline.stop();
      controller.abort();
    },
  };
  return attempt;
}
