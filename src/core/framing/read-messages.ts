import { readBody } from '../body/read-body.ts';
import { takeInSlices } from '../body/slices.ts';
import type { Environment } from '../environment.ts';
import type { Attempt } from '../request/attempt.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import type { EndedBy } from '../types.ts';
import { diagnose } from './diagnosis.ts';
import type { FramedItem, FramedMessage, Framing } from './framing.ts';

/** How a body is read as messages. */
export interface MessageReading<TData> {
  readonly framing: Framing<TData>;
  readonly idleTimeoutMs: number | undefined;
  readonly messageTimeoutMs: number | undefined;
  /** Whether it is an event stream, which is checked for classic mistakes. */
  readonly isEventStream: boolean;
  /** Every chunk as it arrives, before its messages. */
  chunk(bytes: Uint8Array, loaded: number): void;
  /** Every item, in order; one that cannot be framed is last. */
  take(item: FramedItem<TData>): void;
  /** Pending while the consumer cannot take more: nothing is read, and deadlines stand still. */
  ready(): Promise<void> | undefined;
}

/** What the end of a body leaves behind. */
export interface BodyEnd<TData> {
  readonly endedBy: EndedBy;
  /** The message that a blank line would have dispatched. */
  readonly unfinished: FramedMessage<TData> | undefined;
  /** Whether the body ended inside a character. */
  readonly cutCharacter: boolean;
}

/**
 * Reads a body to its end and hands over its messages in slices. Resolves with what the end leaves
 * behind, or with `null` if the attempt lost its lifecycle; throws a {@link StreamError} if the body
 * broke off or cannot be framed.
 */
export async function readMessages<TData>(
  environment: Environment,
  attempt: Attempt,
  response: ResponseWithBody,
  reading: MessageReading<TData>,
): Promise<BodyEnd<TData> | null> {
  const { framing, take } = reading;
  const diagnosis = reading.isEventStream ? diagnose(environment, attempt, response) : null;
  // Checked in this order: where both are over, not even a byte came.
  const idle = attempt.limit(reading.idleTimeoutMs, 'timeout-idle', 'byte');
  const message = attempt.limit(reading.messageTimeoutMs, 'timeout-message', 'message');

  function onChunk(bytes: Uint8Array): Promise<void> | undefined {
    reading.chunk(bytes, attempt.bytesReceived);
    if (!attempt.owns()) return undefined;
    const items = framing.push(bytes);
    if (items.some(({ kind }) => kind === undefined)) message.touch();
    diagnosis?.chunk(bytes, items);
    const slices = takeInSlices(environment, items, take, attempt.owns);
    const pending = slices === undefined ? reading.ready() : slices.then(reading.ready);
    if (pending === undefined) message.check();
    return pending;
  }

  const endedBy = await readBody(environment, attempt, response, idle, onChunk);
  if (endedBy === null) return null;
  diagnosis?.end();
  const { items, unfinished, cutCharacter } = framing.end();
  await takeInSlices(environment, items, take, attempt.owns);
  if (!attempt.owns()) return null;
  return { endedBy, unfinished, cutCharacter };
}
