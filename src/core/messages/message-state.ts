import type { Environment } from '../environment.ts';
import type { MessageFields } from '../types.ts';
import { detachTexts } from './detach-texts.ts';
import { createHistory } from './history.ts';

/** What a controller shows of its messages. */
export interface MessageState<TMessage extends { readonly value: unknown }, TState> {
  /** Takes a message into data, state and history. */
  apply(message: TMessage): void;
  /** Forgets everything. */
  clear(): void;
  /** Whether what is shown is from before. */
  isPrevious(): boolean;
  /** Keeps showing what there is, as previous, until the first new message. */
  keepAsPrevious(): void;
  /** Characters of the state, where it is text. */
  textLength(): number;
  fields(): MessageFields<TMessage, TState>;
}

/** The options that decide what messages leave behind. */
export interface MessageStateOptions<TMessage, TState> {
  readonly reduce?: ((state: TState, message: TMessage) => TState) | undefined;
  readonly initialState?: TState | undefined;
  readonly maxMessages?: number | undefined;
}

const DEFAULT_MAX_MESSAGES = 100;

/**
 * Accumulates messages.
 *
 * @param options Read at every message, so that `reduce` is the newest closure, and whenever there is
 *   nothing any more, so that a new beginning has the newest `initialState` and `maxMessages`.
 * @param previous What to show as previous data until the first message.
 */
export function createMessageState<TMessage extends { readonly value: unknown }, TState>(
  environment: Environment,
  options: () => MessageStateOptions<TMessage, TState>,
  previous?: MessageFields<TMessage, TState>,
): MessageState<TMessage, TState> {
  // `initialState` is absent only together with `reduce`, where TState is undefined.
  const emptyState = () => options().initialState as TState;
  const limit = () => options().maxMessages ?? DEFAULT_MAX_MESSAGES;
  // Where nothing was received, there is nothing to keep.
  const kept = previous?.message === undefined ? undefined : previous;
  let history = createHistory(limit(), kept?.messages, kept?.dropped, detachTexts);
  let message = kept?.message;
  let data = kept?.data;
  let state = kept === undefined ? emptyState() : kept.state;
  let isPrevious = kept !== undefined;

  function clear(): void {
    history = createHistory<TMessage>(limit(), [], 0, detachTexts);
    message = undefined;
    data = undefined;
    state = emptyState();
    isPrevious = false;
  }

  return {
    apply(next) {
      if (isPrevious) clear();
      const { reduce } = options();
      if (reduce !== undefined) {
        try {
          state = reduce(state, next);
        } catch (error) {
          environment.reportError(error);
        }
      }
      message = next;
      data = next.value;
      history.push(next);
    },
    clear,
    isPrevious: () => isPrevious,
    keepAsPrevious() {
      isPrevious = message !== undefined;
    },
    textLength: () => (typeof state === 'string' ? state.length : 0),
    fields: () => ({
      data,
      state,
      message,
      messages: history.snapshot(),
      dropped: history.dropped(),
      isPrevious,
    }),
  };
}
