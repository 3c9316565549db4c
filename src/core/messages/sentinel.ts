import type { FramedMessage } from '../framing/framing.ts';
import type { EndWhen } from '../types.ts';

/**
 * Whether a raw message is the declared sentinel: its data for a string, its event name for
 * `{ event }`. A predicate is no sentinel: it judges delivered messages.
 */
export function isSentinel<TMessage>(
  endWhen: EndWhen<TMessage> | undefined,
  message: FramedMessage<unknown>,
): boolean {
  if (typeof endWhen === 'string') return message.data === endWhen;
  if (typeof endWhen === 'object') return (message.event ?? 'message') === endWhen.event;
  return false;
}
