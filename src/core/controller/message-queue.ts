import { StreamError } from '../errors.ts';
import { isOver } from '../lifecycle/transition.ts';
import type { LifecycleFields } from '../types.ts';

/** What stands between a controller that pushes and an iterator that pulls. */
export interface MessageQueue<TMessage> {
  push(message: TMessage): void;
  /** To be called after every chunk: pending while the reader is behind by more than one. */
  ready(): Promise<void> | undefined;
  /** Ends the iteration once everything pushed is read; with an error it ends by a throw. */
  end(error?: StreamError): void;
  /** The one iterator. A second call throws `invalid-option`. */
  iterate(leave: () => void): AsyncIterableIterator<TMessage>;
}

/** Whoever waits for a turn, and how to give it. */
interface Turn {
  readonly promise: Promise<void>;
  readonly take: () => void;
}

function createTurn(): Turn {
  let take = () => {};
  const promise = new Promise<void>((resolve) => {
    take = resolve;
  });
  return { promise, take };
}

/** A queue that holds nothing until its iterator is asked for, and never more than two chunks. */
export function createMessageQueue<TMessage>(): MessageQueue<TMessage> {
  let queue: TMessage[] = [];
  /** Where the next unread message is in `queue`. */
  let head = 0;
  /** How much of `queue` came before the newest chunk. */
  let older = 0;
  let active = false;
  let asked = false;
  let ending: { readonly error: StreamError | undefined } | null = null;
  let consumer: Turn | null = null;
  let producer: Turn | null = null;

  function wakeConsumer(): void {
    consumer?.take();
    consumer = null;
  }

  function wakeProducer(): void {
    producer?.take();
    producer = null;
  }

  /** The newest chunk becomes the older one, and what was read is let go. */
  function turn(): void {
    queue = queue.slice(head);
    head = 0;
    older = queue.length;
  }

  function shift(): TMessage {
    // The caller has seen that there is one.
    const message = queue[head] as TMessage;
    head += 1;
    if (head === queue.length) {
      queue = [];
      head = older = 0;
    }
    if (head >= older) wakeProducer();
    return message;
  }

  async function next(): Promise<IteratorResult<TMessage>> {
    while (head === queue.length) {
      if (ending !== null) {
        const { error } = ending;
        ending = { error: undefined };
        active = false;
        if (error !== undefined) throw error;
        return { done: true, value: undefined };
      }
      consumer ??= createTurn();
      await consumer.promise;
    }
    return { done: false, value: shift() };
  }

  return {
    push(message) {
      if (!active) return;
      queue.push(message);
      wakeConsumer();
    },
    ready() {
      if (head < older) {
        producer ??= createTurn();
        return producer.promise.then(turn);
      }
      // Mostly nobody iterates.
      if (queue.length > 0) turn();
      return undefined;
    },
    end(error) {
      if (!active || ending !== null) return;
      ending = { error };
      wakeConsumer();
      wakeProducer();
    },
    iterate(leave) {
      if (asked) {
        throw new StreamError(
          'invalid-option',
          'rivulet: a controller has one iterator. Use `onMessage` or a second controller.',
        );
      }
      asked = active = true;
      return {
        next,
        async return() {
          active = false;
          queue = [];
          head = older = 0;
          ending ??= { error: undefined };
          wakeProducer();
          wakeConsumer();
          leave();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

/** The iterator of a controller: starts what is idle, ends with what is over, leaving stops. */
export function iterate<TMessage>(
  queue: MessageQueue<TMessage>,
  { status, error }: LifecycleFields,
  start: () => void,
  stop: () => void,
): AsyncIterableIterator<TMessage> {
  const iterator = queue.iterate(stop);
  if (status === 'idle') start();
  else if (isOver(status)) queue.end(error ?? undefined);
  return iterator;
}
