import type { Environment } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import type { AbortReason, ErrorInfo, PauseReason, StreamOptions } from '../types.ts';
import type { Attempt, Outcome } from './attempt.ts';
import type { LifecycleState } from './transition.ts';

/** Why the state changed, where callbacks care. */
export type ChangeCause =
  | { readonly response: Response }
  | { readonly error: StreamError; readonly info: ErrorInfo };

/** What a controller tells its lifecycle. */
export interface LifecycleHost {
  readonly environment: Environment;
  readonly defaultMaxAttempts: number;
  options(): StreamOptions;
  method(): string;
  /** Whether a failed request may be repeated (decision 2, and what the kind of stream allows). */
  canRetry(): boolean;
  /** Whether evidence of a dead connection starts a new request (decision 8). */
  recovers(): boolean;
  pausesWhenHidden(): boolean;
  /** The server's `retry:` field. */
  serverRetryMs(): number | null;
  /** A start, before anything else: forgets what belonged to the one before. */
  begin(): void;
  run(attempt: Attempt): Promise<Outcome>;
  changed(state: LifecycleState, cause?: ChangeCause): void;
}

/** The effectful side of `transition`: attempts, timers, page signals. */
export interface Lifecycle {
  state(): LifecycleState;
  start(): void;
  stop(reason: AbortReason): void;
  /** Ends with an error that the attempt itself did not meet, such as an invalid message. */
  fail(error: StreamError): void;
  end(): void;
  reset(): void;
  pause(reason: PauseReason): void;
  unpause(reason: PauseReason): void;
  /** The stream made progress: failures in a row count from zero again (decision 4). */
  progressed(): void;
}
