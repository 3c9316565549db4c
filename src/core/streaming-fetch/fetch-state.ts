import { type Environment, isolate } from '../environment.ts';
import type { FramingName } from '../framing/choose-framing.ts';
import type { InterpretOptions } from '../messages/interpret.ts';
import { createMessageState } from '../messages/message-state.ts';
import { createTextAccumulator } from '../messages/text-accumulator.ts';
import type { MessageFields, ReduceOptions, StreamMessage } from '../types.ts';
import type { RunOptions, StreamingFetchSnapshot } from './types.ts';

/** The options with what makes the values; the public types say how they belong together. */
export type AnyFetchOptions<TValue, TState> = RunOptions<TValue> &
  InterpretOptions &
  Partial<ReduceOptions<StreamMessage<TValue>, TState>>;

/** The fields of a snapshot that do not come from the lifecycle. */
type FetchFields<TValue, TState> = MessageFields<StreamMessage<TValue>, TState> &
  Pick<StreamingFetchSnapshot<TValue, TState>, 'text' | 'response' | 'bytesReceived' | 'timing'>;

/** What a streaming fetch has received. */
export interface FetchState<TValue, TState> {
  /** A run begins: forgets everything, or keeps showing it until the first new message. */
  begin(keepsPrevious: boolean): void;
  /** Forgets everything. */
  clear(): void;
  accept(response: Response): void;
  framed(name: FramingName): void;
  received(loaded: number): void;
  apply(message: StreamMessage<TValue>): void;
  finish(): void;
  fields(): FetchFields<TValue, TState>;
  textLength(): number;
}

const NO_TIMING = { firstByteMs: null, firstMessageMs: null, durationMs: null };
/** Framings whose messages are text to read; those of the others fill `text` through `toText`. */
const READABLE: readonly FramingName[] = ['text', 'lines', 'sse'];

/** Accumulates text, messages and timing of the runs of one controller. */
export function createFetchState<TValue, TState>(
  environment: Environment,
  options: () => AnyFetchOptions<TValue, TState>,
  previous?: StreamingFetchSnapshot<TValue, TState>,
): FetchState<TValue, TState> {
  const messages = createMessageState<StreamMessage<TValue>, TState>(
    environment,
    options,
    previous,
  );
  const text = createTextAccumulator(() => options().maxTextLength ?? Number.POSITIVE_INFINITY);
  text.append(previous?.text ?? '');
  let response: StreamingFetchSnapshot['response'] = null;
  let framing: FramingName = 'text';
  let bytesReceived = 0;
  /** `null` before the first run. */
  let startedAt: number | null = null;
  let timing: StreamingFetchSnapshot['timing'] = NO_TIMING;

  /** Notes how long after the start something happened, the first time that it does. */
  function note(moment: keyof typeof NO_TIMING): void {
    if (timing[moment] !== null || startedAt === null) return;
    timing = { ...timing, [moment]: environment.now() - startedAt };
  }

  function textOf(message: StreamMessage<TValue>): string {
    const { toText } = options();
    if (toText !== undefined) return isolate(environment, toText, message) ?? '';
    if (typeof message.data !== 'string' || !READABLE.includes(framing)) return '';
    return framing === 'lines' ? `${message.data}\n` : message.data;
  }

  /** Forgets what belongs to one request and not to its messages. */
  function clearRun(): void {
    response = null;
    bytesReceived = 0;
    startedAt = null;
    timing = NO_TIMING;
  }

  function clear(): void {
    messages.clear();
    text.clear();
    clearRun();
  }

  return {
    begin(keepsPrevious) {
      if (keepsPrevious) {
        messages.keepAsPrevious();
        clearRun();
      } else {
        clear();
      }
      startedAt = environment.now();
    },
    clear,
    accept({ status, headers, url }) {
      response = { status, headers, url };
    },
    framed(name) {
      framing = name;
    },
    received(loaded) {
      bytesReceived = loaded;
      note('firstByteMs');
    },
    apply(message) {
      if (messages.isPrevious()) text.clear();
      note('firstMessageMs');
      text.append(textOf(message));
      messages.apply(message);
    },
    finish: () => note('durationMs'),
    fields: () => ({
      ...messages.fields(),
      text: text.text(),
      response,
      bytesReceived,
      timing,
    }),
    textLength: () => text.length() + messages.textLength(),
  };
}
