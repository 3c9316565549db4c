import type { Environment } from '../environment.ts';
import { isStreamError, messageOf } from '../errors.ts';
import type { Attempt } from '../request/attempt.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import type { Deadline } from '../request/deadline.ts';
import type { EndedBy } from '../types.ts';
import { declaredLength, provenLength } from './body-length.ts';
import { readStream } from './read-stream.ts';

/**
 * Reads a body to its end. Resolves with how that end is known, or with `null` if the attempt lost its
 * lifecycle; throws a {@link StreamError} if the body broke off or ended early.
 *
 * @param idle The deadline for the next byte.
 * @param take Receives every chunk. While the promise it returns is pending, nothing is read, and the
 *   deadlines of the attempt stand still: silence is then not the network's fault.
 */
export async function readBody(
  environment: Environment,
  attempt: Attempt,
  response: ResponseWithBody,
  idle: Deadline,
  take: (bytes: Uint8Array) => void | Promise<void>,
): Promise<EndedBy | null> {
  function onChunk(bytes: Uint8Array): void | Promise<void> {
    const now = environment.now();
    attempt.bytesReceived += bytes.length;
    attempt.firstByteAt ??= now;
    attempt.lastByteAt = now;
    idle.touch(now);
    const pending = take(bytes);
    if (pending !== undefined) return standStill(attempt, pending);
  }

  let broken: { readonly cause: unknown } | undefined;
  let length = provenLength(response);
  try {
    await readStream(response.body, { signal: attempt.signal, onChunk });
  } catch (thrown) {
    if (isStreamError(thrown)) throw thrown;
    broken = { cause: thrown };
    // Whatever an engine reports as broken is broken; the declared length only says how.
    length = declaredLength(response.headers);
  }
  if (!attempt.owns()) return null;
  const { bytesReceived } = attempt;
  if (length !== null && bytesReceived < length) {
    const text = `The body ended after ${bytesReceived} of ${length} bytes.`;
    throw attempt.fail('truncated', text, broken);
  }
  if (broken !== undefined) {
    // A body may break without a reason.
    const why = broken.cause === undefined ? '' : `: ${messageOf(broken.cause)}`;
    throw attempt.fail(
      'network',
      `The connection broke after ${bytesReceived} bytes${why}.`,
      broken,
    );
  }
  return length === null ? 'close' : 'length';
}

async function standStill(attempt: Attempt, pending: Promise<void>): Promise<void> {
  for (const deadline of attempt.deadlines) deadline.suspend();
  await pending;
  if (!attempt.owns()) return;
  for (const deadline of attempt.deadlines) deadline.resume();
}
