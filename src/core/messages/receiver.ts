import { type Environment, isolate } from '../environment.ts';
import { messageOf, type StreamError } from '../errors.ts';
import type { FramedMessage } from '../framing/framing.ts';
import { hintVerdict } from '../hints.ts';
import type { Attempt } from '../request/attempt.ts';
import type { EndWhen, RawMessage, StandardSchema, StandardSchemaResult } from '../types.ts';
import { Several } from './each.ts';

/** A message of any framing. */
type AnyMessage = RawMessage<string, string | Uint8Array> & { readonly value: unknown };

/** A handler of one event name; its types follow from `parse` and `schema`. */
type MessageHandler = (value: never, message: never) => void;

type Schema = StandardSchema<unknown>;

/** The options that decide what becomes of a message. */
export interface ReceiverOptions {
  readonly events?: readonly string[] | undefined;
  readonly parse?: 'text' | 'json' | ((message: never) => unknown) | undefined;
  readonly schema?: Schema | Readonly<Record<string, Schema>> | undefined;
  readonly onInvalid?: 'report' | 'skip' | 'fail' | undefined;
  readonly errorWhen?: ((message: never) => unknown) | undefined;
  readonly toText?: ((message: never) => unknown) | undefined;
  readonly on?: Readonly<Record<string, MessageHandler | undefined>> | undefined;
  readonly onMessage?: ((message: never) => void) | undefined;
  readonly endWhen?: EndWhen<never> | undefined;
}

/** Where received messages go, and what happens to a stream because of them. */
export interface ReceiverTarget {
  readonly environment: Environment;
  /** The newest options. */
  options(): ReceiverOptions;
  /** Whether messages are still wanted: a callback may have ended that. */
  isOpen(): boolean;
  /** Whether the caller still wants to hear of the present message; by default while it is open. */
  isWanted?(): boolean;
  /** The state of the lifecycle: another object once it has moved on. */
  state(): object;
  /** Makes an error that knows the stream. */
  fail: Attempt['fail'];
  /** What a message adds to the text of the stream if there is no `toText`. */
  textOf(message: AnyMessage): string;
  /** Takes a message into text, state and history. */
  accumulate(message: AnyMessage, text: string): void;
  /** An error after which the stream goes on. */
  report(error: StreamError): void;
  /** Ends the stream with an error. */
  refuse(error: StreamError): void;
  /** The predicate `endWhen` said yes. */
  end(): void;
}

/**
 * Whether a raw message is the declared sentinel: its data for a string, its event name for
 * `{ event }`. White space at the end does not matter. A predicate is not a sentinel: it judges delivered
 * messages.
 */
export function isSentinel(
  endWhen: EndWhen<never> | undefined,
  { event, data }: FramedMessage<unknown>,
): boolean {
  // In production it may be `null`.
  if (typeof endWhen === 'object') return event === endWhen?.event;
  return (
    endWhen === data ||
    (typeof endWhen === 'string' && String(data).trimEnd() === endWhen.trimEnd())
  );
}

/** Whether a `schema` option is one schema for all messages. Those of arktype are functions. */
const isSchema = (schema: NonNullable<ReceiverOptions['schema']>): schema is Schema =>
  '~standard' in schema;

function isPlainFor(options: ReceiverOptions): boolean {
  const { events, parse, schema, errorWhen, toText, on, endWhen } = options;
  const asked = parse === 'text' ? undefined : parse;
  return (
    (events ?? asked ?? schema ?? errorWhen ?? toText ?? on) === undefined &&
    typeof endWhen !== 'function'
  );
}

/** Takes the messages of a stream. */
export interface Receiver {
  /**
   * Takes a message that is not a sentinel through its life. Returns whether it was delivered; `null`
   * if a callback ended the stream while values of this message were still to come.
   */
  receive(message: FramedMessage<string | Uint8Array>): boolean | null;
  /** Whether a message that is not delivered says that this was all, by any form of `endWhen`. */
  isEnd(message: FramedMessage<string | Uint8Array>): boolean;
  /** Whether such a message reports an error by `errorWhen`, which then has ended the stream. */
  isError(message: FramedMessage<string | Uint8Array>): boolean;
}

/** Makes a receiver. The life of a message is written here from top to bottom. */
export function createReceiver(target: ReceiverTarget): Receiver {
  const { environment, fail, isOpen, isWanted = isOpen } = target;
  let hasComplained = false;
  /** The options that `isPlain` is about. */
  let known: ReceiverOptions | undefined;
  /**
   * Whether messages go to `onMessage` as they come, as most do: no other option has to be consulted.
   */
  let isPlain = false;

  function receive(message: FramedMessage<string | Uint8Array>): boolean | null {
    const options = target.options();
    if (options !== known) {
      known = options;
      isPlain = isPlainFor(options);
    }
    if (isPlain) {
      target.accumulate(message, target.textOf(message));
      // The public types tie the callback to these messages.
      if (isWanted()) isolate(environment, options.onMessage, message as never);
      return true;
    }

    // The filter: `events`, else the names in `schema`, else all.
    const { schema } = options;
    const names = options.events ?? (schema && !isSchema(schema) ? Object.keys(schema) : undefined);
    if (names !== undefined && !names.includes(message.event)) return false;

    // The value. A blank text where JSON is expected is a sign of life and nothing more.
    const parse = options.parse ?? (schema && 'json');
    if (parse === 'json' && !/\S/.test(String(message.data))) return false;
    let value: unknown;
    try {
      value = parseValue(parse, message);
    } catch (error) {
      return refuse(
        options,
        message,
        fail('parse', couldNot('be parsed', message), { cause: error }),
      );
    }
    if (value instanceof Several) return receiveEach(message, value.values);
    return validate(options, message, value);
  }

  /** Several values of one message: each becomes a message, and the id moves with the last. */
  function receiveEach(
    message: FramedMessage<string | Uint8Array>,
    values: readonly unknown[],
  ): boolean | null {
    let isDelivered = false;
    for (const [index, value] of values.entries()) {
      const delivered = validate(target.options(), { ...message, value }, value);
      isDelivered ||= delivered;
      if (!isOpen() && index < values.length - 1) return null;
    }
    return isDelivered;
  }

  /** The schema that applies to the event. */
  function validate(options: ReceiverOptions, message: AnyMessage, value: unknown): boolean {
    const { schema } = options;
    const applied =
      !schema || isSchema(schema)
        ? schema
        : Object.hasOwn(schema, message.event) && schema[message.event];
    if (!applied) return interpret(options, message, value);
    let result: StandardSchemaResult<unknown> | Promise<StandardSchemaResult<unknown>>;
    try {
      result = applied['~standard'].validate(value);
      if ('then' in result) return awaitVerdict(options, message, result);
      if (result.issues === undefined) return interpret(options, message, result.value);
    } catch (cause) {
      return refuse(options, message, invalid(message, messageOf(cause), cause));
    }
    const issues = result.issues.map(({ message: text, path = [] }) => {
      const keys = path.map((key) => String(typeof key === 'object' ? key.key : key));
      return keys.length === 0 ? text : `${keys.join('.')}: ${text}`;
    });
    return refuse(options, message, invalid(message, issues.join('; '), result.issues));
  }

  const invalid = (message: AnyMessage, complaint: string, cause: unknown) =>
    fail('invalid', couldNot('be validated', message, `: ${complaint}`), { cause });

  /**
   * A schema that answers with a promise is too late for its message. Whether it validates
   * asynchronously shows only when it resolves: zod starts over asynchronously whenever a synchronous
   * step throws.
   */
  function awaitVerdict(
    options: ReceiverOptions,
    message: AnyMessage,
    result: Promise<StandardSchemaResult<unknown>>,
  ): boolean {
    const during = target.state();
    const late = fail('async-schema', 'The schema answered with a promise.');
    const verdict = result.then(
      () => late,
      (cause: unknown) => invalid(message, messageOf(cause), cause),
    );
    if (options.onInvalid === 'fail') refuse(options, message, late);
    else
      void verdict.then(
        (error) => isOpen() && target.state() === during && refuse(options, message, error),
      );
    return false;
  }

  /** A message without a value: an error that the stream reports of itself, or what `onInvalid` says. */
  function refuse(options: ReceiverOptions, message: AnyMessage, error: StreamError): false {
    // `errorWhen` is asked about the message as it came; its type says that the value is missing.
    if (isInBandError(options, { ...message, value: undefined })) return false;
    if (options.onInvalid === 'fail' || error.code === 'async-schema') target.refuse(error);
    else if (options.onInvalid !== 'skip') target.report(error);
    return false;
  }

  function isInBandError({ errorWhen }: ReceiverOptions, message: AnyMessage): boolean {
    if (errorWhen === undefined) return false;
    // The public types tie every callback to these messages.
    const verdict = isolate(environment, errorWhen, message as never);
    // An error of whatever realm has a message; a text and `true` have none.
    const { message: said = verdict }: { message?: unknown } = Object(verdict);
    if (said !== true && typeof said !== 'string') {
      hintVerdict(environment, 'errorWhen', verdict, 'true, a text or an Error');
      return false;
    }
    const text = (said !== true && said) || 'The stream reported an error.';
    const cause = said === verdict ? undefined : verdict;
    target.refuse(fail('in-band', text, { body: String(message.data), cause }));
    return true;
  }

  /** A message with its value: in-band error, text and accumulators, callbacks, predicate. */
  function interpret(options: ReceiverOptions, message: AnyMessage, value: unknown): boolean {
    // The framing made this object for us; what is shared or in several parts was copied before.
    (message as { value: unknown }).value = value;
    if (isInBandError(options, message)) return false;

    target.accumulate(message, textOf(options, message));

    const { on, onMessage, endWhen } = options;
    const handler = on && Object.hasOwn(on, message.event) && on[message.event];
    // The public types tie the handler of an event name, and the callbacks, to these messages.
    if (handler) isolate(environment, handler, value as never, message as never);
    const told = message as never; // as above
    if (onMessage !== undefined && isWanted()) isolate(environment, onMessage, told);
    if (typeof endWhen === 'function' && isOpen()) {
      if (isolate(environment, endWhen, told) === true) target.end();
    }
    return true;
  }

  function textOf({ toText }: ReceiverOptions, message: AnyMessage): string {
    if (toText === undefined) return target.textOf(message);
    let text: unknown = '';
    try {
      // As with every callback.
      text = toText(message as never);
    } catch (error) {
      // A throw is a mistake as well, and says more.
      environment.reportError(error);
    }
    if (typeof text === 'string') return text;
    // Appended, it would read as `[object Object]`. Once is enough: the next messages are like it.
    if (!hasComplained) target.report(fail('parse', '`toText` returned no text.', { cause: text }));
    hasComplained = true;
    return '';
  }

  /** The values of a message that is not delivered: nobody validates it. */
  function valuesOf(message: FramedMessage<string | Uint8Array>): readonly unknown[] {
    const { parse, schema } = target.options();
    try {
      const parsed = parseValue(parse ?? (schema && 'json'), message);
      return parsed instanceof Several ? parsed.values : [parsed];
    } catch {
      return [];
    }
  }

  function isEnd(message: FramedMessage<string | Uint8Array>): boolean {
    const { endWhen } = target.options();
    if (typeof endWhen !== 'function') return isSentinel(endWhen, message);
    try {
      // It has the type that `parse` gives it.
      return valuesOf(message).some((value) => endWhen({ ...message, value } as never) === true);
    } catch {
      return false;
    }
  }

  function isError(message: FramedMessage<string | Uint8Array>): boolean {
    const values = valuesOf(message);
    const asked = values.length === 0 ? [undefined] : values;
    return asked.some((value) => isInBandError(target.options(), { ...message, value }));
  }

  return { receive, isEnd, isError };
}

function parseValue(
  parse: ReceiverOptions['parse'],
  { event, data, lastEventId, origin }: FramedMessage<string | Uint8Array>,
): unknown {
  if (typeof parse !== 'function') return parse === 'json' ? JSON.parse(String(data)) : data;
  // Bytes reach a `parse` only if it was written for them.
  return parse({ event, data, lastEventId, origin } as never);
}

const couldNot = (be: string, { event }: AnyMessage, complaint = '') =>
  `A message of event "${event}" could not ${be}${complaint}.`;
