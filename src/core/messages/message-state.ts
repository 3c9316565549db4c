import { type Environment, isolate } from '../environment.ts';
import type { Accumulator, MessageFields } from '../types.ts';
import { createHistory } from './history.ts';

/** What a controller shows of its messages. */
export interface MessageState<TMessage extends { readonly value: unknown }, TState> {
  /** Takes a message, and what it added to the text, into data, state and history. */
  push(message: TMessage, text: string): void;
  /** Forgets everything. */
  clear(): void;
  /** Keeps showing what there is, as previous, until the first new message. */
  keepAsPrevious(): void;
  /** The stream is complete. */
  complete(): void;
  /** Characters of the state, where it is text. */
  textLength(): number;
  fields(): MessageFields<TMessage, TState>;
}

/** The options that decide what messages leave behind. */
export interface MessageStateOptions<TMessage, TState> {
  readonly reduce?: ((state: TState, message: TMessage) => TState) | undefined;
  readonly initialState?: TState | undefined;
  readonly accumulate?: (() => Accumulator<TMessage, TState>) | undefined;
  readonly maxMessages?: number | undefined;
}

/** An accumulator that can be cleared: the text, or the newest values by name. */
export interface Extra<TMessage> {
  push(message: TMessage, text: string): void;
  clear(): void;
}

const DEFAULT_MAX_MESSAGES = 100;

/**
 * Accumulates messages.
 *
 * @param options Read at every message, so that `reduce` is the newest closure, and at every clearing,
 *   so that a new start has the newest `initialState` and `maxMessages`.
 * @param extra What else accumulates, and is cleared with the rest.
 * @param previous What to show as previous data until the first message.
 */
export function createMessageState<TMessage extends { readonly value: unknown }, TState>(
  environment: Environment,
  options: () => MessageStateOptions<TMessage, TState>,
  extra: Extra<TMessage>,
  previous?: MessageFields<TMessage, TState>,
): MessageState<TMessage, TState> {
  const limit = () => {
    const { maxMessages = Number.NaN } = options();
    return maxMessages >= 0 ? maxMessages : DEFAULT_MAX_MESSAGES;
  };

  /** `reduce` as an accumulator. */
  function createReducer(state: TState): Accumulator<TMessage, TState> {
    return {
      push(message) {
        const { reduce } = options();
        if (reduce !== undefined) state = reduce(state, message);
      },
      snapshot: () => state,
    };
  }

  // `initialState` is absent only where there is no `reduce`, and TState is undefined.
  const initialState = () => options().initialState as TState;

  /** Makes what folds messages into the state; `null` with neither `reduce` nor `accumulate`. */
  const createFold = () =>
    isolate(environment, () => options().accumulate?.()) ??
    (options().reduce ? createReducer(initialState()) : null);

  // Where nothing was received, there is nothing to keep.
  const kept = previous?.message === undefined ? undefined : previous;
  let history = createHistory(limit(), kept?.messages, kept?.dropped);
  let message = kept?.message;
  let fold = kept === undefined ? createFold() : null;
  let isPrevious = kept !== undefined;
  /** The last state that could be shown. */
  let shown = kept?.state ?? initialState();

  function stateNow(): TState {
    isolate(environment, () => {
      if (fold !== null) shown = fold.snapshot();
    });
    return shown;
  }

  function clear(): void {
    history = createHistory<TMessage>(limit());
    message = undefined;
    fold = createFold();
    shown = initialState();
    isPrevious = false;
    extra.clear();
  }

  return {
    push(next, text) {
      if (isPrevious) clear();
      extra.push(next, text);
      try {
        fold?.push(next, text);
      } catch (error) {
        environment.reportError(error);
      }
      message = next;
      history.push(next);
    },
    clear,
    keepAsPrevious() {
      if (message === undefined) clear();
      else isPrevious = true;
    },
    complete() {
      (isPrevious ? createFold() : fold)?.end?.();
    },
    textLength() {
      const state = stateNow();
      return typeof state === 'string' ? state.length : 0;
    },
    fields: () => ({
      data: message?.value,
      state: stateNow(),
      message,
      messages: history.snapshot(),
      dropped: history.dropped(),
      isPrevious,
    }),
  };
}
