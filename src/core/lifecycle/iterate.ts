import type { MessageQueue } from '../messages/message-queue.ts';
import { isOver } from './transition.ts';
import type { Lifecycle } from './types.ts';

/** The iterator of a controller: starts what is idle, ends with what is over, leaving stops. */
export function iterate<TMessage>(
  queue: MessageQueue<TMessage>,
  lifecycle: Pick<Lifecycle, 'state' | 'stop'>,
  start: () => void,
): AsyncIterableIterator<TMessage> {
  const iterator = queue.iterate(() => lifecycle.stop('caller'));
  const { status, error } = lifecycle.state();
  if (status === 'idle') start();
  else if (isOver(status)) queue.end(error ?? undefined);
  return iterator;
}
