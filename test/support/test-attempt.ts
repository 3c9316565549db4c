import type { Environment } from '../../src/core/environment.ts';
import { type Attempt, createAttempt, type Outcome } from '../../src/core/request/attempt.ts';

/** An attempt that owns its lifecycle until it is released, and how it ended. */
export function createTestAttempt(environment: Environment): {
  readonly attempt: Attempt;
  readonly outcomes: readonly Outcome[];
} {
  const outcomes: Outcome[] = [];
  const attempt: Attempt = createAttempt(
    environment,
    1,
    () => !attempt.signal.aborted,
    (_, outcome) => void outcomes.push(outcome),
  );
  return { attempt, outcomes };
}
