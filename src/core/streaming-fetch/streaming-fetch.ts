import { createRuns, type GivenRequest, type Runs } from '../controller/create-runs.ts';
import type { MessageQueue } from '../controller/message-queue.ts';
import { defaultEnvironment } from '../environment.ts';
import { StreamError } from '../errors.ts';
import type { FramedItem } from '../framing/framing.ts';
import {
  acceptFor,
  chooseFraming,
  type FramingEntry,
  isJson,
  refusal,
} from '../framing/framings.ts';
import { keepRest } from '../framing/keep-rest.ts';
import { type BodyEnd, readMessages } from '../framing/read-messages.ts';
import { hintNoFraming } from '../hints.ts';
import { isOver, type LifecycleState, lifecycleFields } from '../lifecycle/transition.ts';
import { createMessageState } from '../messages/message-state.ts';
import { createReceiver, isSentinel, type ReceiverOptions } from '../messages/receiver.ts';
import { createText } from '../messages/text.ts';
import type { Attempt, Outcome } from '../request/attempt.ts';
import { discard, type ResponseWithBody } from '../request/check-response.ts';
import { exchange, type RequestSession } from '../request/exchange.ts';
import { mimeTypeOf } from '../request/mime.ts';
import { urlText } from '../request/request-url.ts';
import type { ReduceOptions, StreamMessage } from '../types.ts';
import type { RunOptions, StreamingFetchSnapshot } from './types.ts';

/** The options with what makes the values; the public types say how they belong together. */
export type AnyFetchOptions<TValue, TState> = Omit<RunOptions<TValue>, keyof ReceiverOptions> &
  ReceiverOptions &
  Partial<ReduceOptions<StreamMessage<TValue>, TState>>;

/** A controller as a hook drives it. */
export type ManagedStreamingFetch<TValue, TState> = Runs<
  AnyFetchOptions<TValue, TState>,
  StreamingFetchSnapshot<TValue, TState>
>;

const NO_TIMING = { firstByteMs: null, firstMessageMs: null, durationMs: null };

/**
 * The controller of a streamed request: interprets what its runs deliver, and shows it. Without a URL
 * it never starts.
 *
 * @param replaces The controller of the previous identity.
 */
export function manageStreamingFetch<TValue, TState>(
  given: GivenRequest<AnyFetchOptions<TValue, TState>>,
  replaces?: ManagedStreamingFetch<TValue, TState>,
  isHook = false,
  queue?: MessageQueue<StreamMessage<TValue>>,
): ManagedStreamingFetch<TValue, TState> {
  type Message = StreamMessage<TValue>;
  type Snapshot = StreamingFetchSnapshot<TValue, TState>;
  const environment = given.options.environment ?? defaultEnvironment;
  const keepsPrevious = given.url !== null && given.options.keepPrevious;
  const previous = keepsPrevious ? replaces?.getSnapshot() : undefined;

  /** The options in force; with the overrides of the start once there are runs. */
  let options = () => given.options;
  const text = createText(() => options().maxTextLength, previous?.text);
  const messages = createMessageState<Message, TState>(
    environment,
    () => options(),
    text,
    previous,
  );
  let response: Snapshot['response'] = null;
  let bytesReceived = 0;
  /** `null` before the first run. */
  let startedAt: number | null = null;
  let timing: Snapshot['timing'] = NO_TIMING;
  let framing: FramingEntry | undefined;
  /** Whether a message was delivered: from then on a repeat would deliver it twice. */
  let hasDelivered = false;
  /** Whether it was aborted, perhaps before it started by itself. */
  let isCalledOff = false;
  /**
   * The options of the receiver, and those they were made from: NDJSON is parsed unless the caller
   * says otherwise.
   */
  let receiving: { readonly of: object; readonly options: ReceiverOptions } | undefined;

  let isOpen = false;

  /** Notes how long after the start something happened, the first time it does. */
  function note(moment: keyof typeof NO_TIMING): void {
    if (timing[moment] !== null || startedAt === null) return;
    timing = { ...timing, [moment]: environment.now() - startedAt };
  }

  function receiverOptions(): ReceiverOptions {
    const of = options();
    if (receiving?.of !== of) {
      receiving = { of, options: { ...of, parse: of.parse ?? framing?.parse } };
    }
    return receiving.options;
  }

  const { receive, isEnd, isError } = createReceiver({
    environment,
    options: receiverOptions,
    isOpen: () => isOpen,
    state: () => runs.lifecycle.state(),
    fail(code, message, details) {
      const { attempt } = runs.lifecycle.state();
      const url = urlText(runs.url());
      return new StreamError(code, message, { url, attempt, bytesReceived, ...details });
    },
    textOf({ data }) {
      const end = framing?.textEnd ?? null;
      return end === null || typeof data !== 'string' ? '' : data + end;
    },
    accumulate(message, piece) {
      hasDelivered = true;
      note('firstMessageMs');
      // `parse` and `schema` decide what the value is, and the public types tie them to the message.
      const typed = message as Message;
      messages.push(typed, piece);
      queue?.push(typed);
    },
    report: (error) => runs.report(error, false),
    refuse: (error) => runs.lifecycle.fail(error),
    end: () => runs.lifecycle.end('sentinel'),
  });

  async function run(attempt: Attempt, session: RequestSession): Promise<Outcome> {
    const name = options().framing ?? 'auto';
    const answer = await exchange(environment, attempt, {
      source: runs.url(),
      options: options(),
      session,
      defaults: () => ({ accept: acceptFor(name), isLive: true }),
      refusal: (essence) => refusal(name, essence),
      report: (error) => runs.report(error, true),
    });
    if (typeof answer === 'string') return answer;
    if (attempt.accept(answer)) return read(attempt, answer);
    void discard(answer);
    return 'close';
  }

  async function read(attempt: Attempt, answer: ResponseWithBody): Promise<Outcome> {
    const { maxMessageLength, idleTimeoutMs, messageTimeoutMs, parse, schema, endWhen, errorWhen } =
      options();
    const { headers } = answer;
    const name = options().framing ?? 'auto';
    const wantsValues = schema !== undefined || (parse !== undefined && parse !== 'text');
    const { essence } = mimeTypeOf(headers);
    const chosen = chooseFraming(name, essence, wantsValues);
    const expectsMessages = wantsValues || endWhen !== undefined || errorWhen !== undefined;
    if (name === 'auto' && expectsMessages && chosen.accept === '*/*' && !isJson(essence)) {
      hintNoFraming(environment, attempt.url ?? '', essence);
    }
    framing = chosen;
    receiving = undefined;
    const made = chosen.create({
      headers,
      maxMessageLength,
      // A response that a mock made may have no URL, or a relative one; then that of the request counts.
      origin: new URL(answer.url, attempt.url).origin,
    });
    const isEventStream = chosen.accept === 'text/event-stream';
    const watched = isEventStream ? keepRest(made) : null;
    const end = await readMessages(environment, attempt, answer, {
      framing: watched ?? made,
      idleTimeoutMs,
      messageTimeoutMs,
      isEventStream,
      chunk(bytes, loaded) {
        bytesReceived = loaded;
        note('firstByteMs');
        runs.chunk(bytes, loaded);
      },
      take: (item) => take(attempt, item),
      ready: () => queue?.ready(),
    });
    if (end === null) return 'close';
    return judgeEnd(attempt, end, watched?.rest());
  }

  function take(attempt: Attempt, item: FramedItem<string | Uint8Array>): void {
    if (item.kind === 'error') throw attempt.fail(item.code, item.message);
    if (item.kind !== undefined) return;
    if (isSentinel(options().endWhen, item)) attempt.settle('sentinel');
    // If a callback ended the stream, its last snapshot has been shown already.
    else if (receive(item) && isOpen) runs.receive();
  }

  /** Whether the end of the body was the end of the answer. */
  function judgeEnd(
    attempt: Attempt,
    { endedBy, unfinished, cutCharacter }: BodyEnd<string | Uint8Array>,
    rest: string | undefined,
  ): Outcome {
    const { endWhen } = options();
    if (unfinished && isEnd(unfinished)) return 'sentinel';
    if (unfinished && isError(unfinished)) return 'close';
    const body = rest || undefined;
    if (cutCharacter) {
      throw attempt.fail('truncated', 'The body ended inside a character.', { body });
    }
    if (endWhen !== undefined) {
      throw attempt.fail('truncated', 'The body ended without its end message.', { body });
    }
    return endedBy;
  }

  const runs: ManagedStreamingFetch<TValue, TState> = createRuns<
    AnyFetchOptions<TValue, TState>,
    Snapshot
  >(
    given,
    {
      environment,
      startsItself: isHook && given.url !== null && given.options.autoStart === true,
      canContinue: () => !hasDelivered,
      begin() {
        hasDelivered = false;
      },
      run,
      complete: messages.complete,
      build: (state: LifecycleState): Snapshot => ({
        ...lifecycleFields(state),
        ...messages.fields(),
        text: text.snapshot(),
        response,
        bytesReceived,
        timing,
      }),
      textLength: () => text.length() + messages.textLength(),
      turn({ status, error }, cause) {
        isOpen = status === 'open';
        if (cause !== undefined && 'response' in cause) {
          const { status: code, headers, url } = cause.response;
          response = { status: code, headers, url };
        }
        if (isOver(status)) queue?.end(error ?? undefined);
      },
      finish: () => note('durationMs'),
      clear(isStart) {
        response = null;
        bytesReceived = 0;
        timing = NO_TIMING;
        startedAt = isStart ? environment.now() : null;
        if (isStart && options().keepPrevious) messages.keepAsPrevious();
        else messages.clear();
      },
      keepsRunning: ({ whenBusy }) => whenBusy === 'ignore',
      settle(isMounted) {
        const { status, reason } = runs.lifecycle.state();
        if (!isMounted) runs.lifecycle.stop('unmounted');
        else if (!runs.options().autoStart) return;
        // What an `<Activity>` hid before it ended starts again, if it may be repeated.
        else if (
          (status === 'idle' && !isCalledOff) ||
          (reason === 'unmounted' && runs.lifecycle.mayRepeat())
        ) {
          void runs.start();
        }
      },
    },
    replaces,
  );
  options = runs.options;
  return {
    ...runs,
    abort() {
      isCalledOff = true;
      runs.abort();
      runs.flush();
    },
  };
}
