import type { Environment } from '../environment.ts';
import { isStreamError, messageOf, type StreamError } from '../errors.ts';
import { diagnose } from '../framing/diagnose.ts';
import type { FramedItem, Framing, FramingEnd } from '../framing/framing.ts';
import { declaredLength, isCutShort } from '../reading/body-length.ts';
import { createDeadline, type Deadline } from '../reading/deadlines.ts';
import { takeInSlices } from '../reading/slices.ts';
import { readStream } from '../reading/stream-reader.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import type { Attempt } from './attempt.ts';

/** How a body is read as framed items. */
export interface FramedReading<TData> {
  readonly environment: Environment;
  readonly attempt: Attempt;
  readonly response: ResponseWithBody;
  readonly framing: Framing<TData>;
  readonly idleTimeoutMs: number | undefined;
  readonly messageTimeoutMs: number | undefined;
  /** How long the headers took, in ms; with it an event stream is checked for classic mistakes. */
  readonly waitedMs: number | undefined;
  /** Every chunk as it arrives, before its items. */
  chunk(bytes: Uint8Array, loaded: number): void;
  /** Every item, in order. A throw ends the reading. */
  take(item: FramedItem<TData>): void;
  /** Pending while the consumer cannot take more: nothing is read, and deadlines stand still. */
  ready(): Promise<void> | undefined;
}

/**
 * Reads a body to its end and hands over its items in slices. Resolves with what the end leaves
 * behind, or with `null` if the attempt lost its lifecycle; throws a {@link StreamError} if the body
 * broke off.
 */
export async function readFramed<TData>(
  reading: FramedReading<TData>,
): Promise<FramingEnd<TData> | null> {
  const { attempt, environment, framing, response } = reading;
  const { progress } = attempt;
  const { waitedMs } = reading;
  const diagnosis = waitedMs === undefined ? null : diagnose(environment, response, waitedMs);
  const { idle, message } = createDeadlines(reading);

  function take(item: FramedItem<TData>): void {
    if (item.kind === undefined) message.touch();
    reading.take(item);
  }

  function onChunk(bytes: Uint8Array): Promise<void> | undefined {
    progress.bytesReceived += bytes.length;
    progress.lastByteAt = environment.now();
    idle.touch(progress.lastByteAt);
    reading.chunk(bytes, progress.bytesReceived);
    if (!attempt.owns()) return undefined;
    const items = framing.push(bytes);
    diagnosis?.chunk(bytes, items);
    const slices = takeInSlices(environment, items, take, attempt.owns);
    const pending = slices === undefined ? reading.ready() : slices.then(reading.ready);
    if (pending === undefined) message.check();
    return pending && standStill(attempt, pending);
  }

  try {
    await readStream(response.body, { signal: attempt.signal, onChunk });
  } catch (cause) {
    throw isStreamError(cause) ? cause : bodyError(attempt, response, cause);
  }
  if (!attempt.owns()) return null;
  diagnosis?.end();
  if (isCutShort(response, progress.bytesReceived, true)) throw bodyError(attempt, response);
  const end = framing.end();
  await takeInSlices(environment, end.items, take, attempt.owns);
  return attempt.owns() ? end : null;
}

function createDeadlines({
  attempt,
  environment,
  idleTimeoutMs,
  messageTimeoutMs,
}: Omit<FramedReading<unknown>, 'framing' | 'take'>): {
  readonly idle: Deadline;
  readonly message: Deadline;
} {
  const expire = (code: 'timeout-idle' | 'timeout-message', text: string) => () => {
    attempt.settle({ type: 'error', error: attempt.fail(code, text) });
  };
  const idle = createDeadline(
    environment,
    idleTimeoutMs,
    expire(
      'timeout-idle',
      `No byte within ${idleTimeoutMs} ms (\`idleTimeoutMs\`). Let the server send something now ` +
        'and then, such as a comment line (`:`) of an event stream.',
    ),
  );
  const message = createDeadline(
    environment,
    messageTimeoutMs,
    expire(
      'timeout-message',
      `No message within ${messageTimeoutMs} ms (\`messageTimeoutMs\`). Comments do not count.`,
    ),
  );
  attempt.deadlines.push(idle, message);
  return { idle, message };
}

/** While the consumer is busy, silence is not the network's fault. */
async function standStill(attempt: Attempt, pending: Promise<void>): Promise<void> {
  for (const deadline of attempt.deadlines) deadline.suspend();
  await pending;
  if (!attempt.owns()) return;
  for (const deadline of attempt.deadlines) deadline.resume();
}

/** What a body that broke off or ended too early means. */
function bodyError(attempt: Attempt, response: Response, cause?: unknown): StreamError {
  const { bytesReceived } = attempt.progress;
  if (isCutShort(response, bytesReceived, cause === undefined)) {
    const declared = declaredLength(response.headers);
    const text = `The body ended after ${bytesReceived} of ${declared} bytes.`;
    return attempt.fail('truncated', text, { cause });
  }
  const text = `The connection broke after ${bytesReceived} bytes: ${messageOf(cause)}.`;
  return attempt.fail('network', text, { cause });
}
