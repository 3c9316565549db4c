import { type Environment, isolate } from '../environment.ts';
import { type Fail, isStreamError, type StreamError } from '../errors.ts';
import type { EndWhen, RawMessage } from '../types.ts';
import { type InterpretOptions, interpret, isSchema, LateVerdict } from './interpret.ts';

/** A handler of one event name; its types are those that `parse` and `schema` make. */
type MessageHandler = (value: never, message: never) => void;

/** The options that decide what becomes of a message. */
interface DeliveryOptions<TMessage> extends InterpretOptions {
  readonly events?: readonly string[] | undefined;
  readonly on?: Readonly<Record<string, MessageHandler | undefined>> | undefined;
  readonly onInvalid?: 'report' | 'skip' | 'fail' | undefined;
  readonly onMessage?: ((message: TMessage) => void) | undefined;
  readonly endWhen?: EndWhen<TMessage> | undefined;
  readonly errorWhen?: ((message: TMessage) => boolean | string | null | undefined) | undefined;
}

/** A message of any framing. */
type AnyMessage = RawMessage<string, string | Uint8Array> & { readonly value: unknown };

/** Who receives messages. */
export interface DeliveryHost<TMessage> {
  readonly environment: Environment;
  readonly fail: Fail;
  options(): DeliveryOptions<TMessage>;
  /** Whether messages are still wanted: a callback may have ended that. */
  wants(): boolean;
  /** Takes the message into text, data, state and history. */
  accumulate(message: TMessage): void;
  /** `onInvalid: 'report'`. */
  report(error: StreamError): void;
  /** Ends the lifecycle with an error. */
  refuse(error: StreamError): void;
  /** The predicate `endWhen` said yes. */
  end(): void;
}

/** The names that are received: `events`, else those of `schema`, else all (`undefined`). */
function wantedNames({ events, schema }: DeliveryOptions<never>): readonly string[] | undefined {
  if (events !== undefined) return events;
  return schema === undefined || isSchema(schema) ? undefined : Object.keys(schema);
}

/**
 * Steps 2 to 8 of the life of a message: filter, parse, schema, state, handlers, predicate. The
 * sentinels, step 1, belong to the connection. Returns whether the message was delivered.
 */
export function deliver<TMessage extends AnyMessage>(
  host: DeliveryHost<TMessage>,
  event: string,
  data: string | Uint8Array,
  lastEventId: string,
  origin: string,
): boolean {
  const options = host.options();
  const names = wantedNames(options);
  if (names !== undefined && !names.includes(event)) return false;
  // The one object of this message. Without `parse` and `schema`, its value is its data.
  const made = { event, data, value: data as unknown, lastEventId, origin };
  try {
    made.value = interpret(made, options, host.fail);
  } catch (error) {
    if (isStreamError(error)) complain(host, options, error);
    else if (!(error instanceof LateVerdict)) throw error;
    else if (options.onInvalid === 'fail') complain(host, options, error.first);
    else void error.final.then((final) => host.wants() && complain(host, options, final));
    return false;
  }
  // What the value is, `parse` and `schema` say, and the public types tie them to the message.
  const message = made as TMessage;
  if (isInBandError(host, options, message)) return false;
  host.accumulate(message);
  tell(host, options, message);
  return true;
}

/** What `onInvalid` says about a message without a value. */
function complain<TMessage>(
  host: DeliveryHost<TMessage>,
  { onInvalid }: DeliveryOptions<TMessage>,
  error: StreamError,
): void {
  if (onInvalid === 'fail' || error.code === 'async-schema') host.refuse(error);
  else if (onInvalid !== 'skip') host.report(error);
}

/** Step 5: an error that the stream itself reports, in a message. */
function isInBandError<TMessage extends AnyMessage>(
  host: DeliveryHost<TMessage>,
  { errorWhen }: DeliveryOptions<TMessage>,
  message: TMessage,
): boolean {
  if (errorWhen === undefined) return false;
  const verdict = isolate(host.environment, errorWhen, message);
  if (verdict !== true && typeof verdict !== 'string') return false;
  const body = String(message.data);
  const text = `The stream reported an error: ${verdict === true ? body.slice(0, 200) : verdict}`;
  host.refuse(host.fail('in-band', text, { body }));
  return true;
}

function tell<TMessage extends AnyMessage>(
  host: DeliveryHost<TMessage>,
  { on, onMessage, endWhen }: DeliveryOptions<TMessage>,
  message: TMessage,
): void {
  const { environment } = host;
  const handler = on !== undefined && Object.hasOwn(on, message.event) && on[message.event];
  // The handler under an event name takes what messages of that name hold.
  if (handler) isolate(environment, handler, message.value as never, message as never);
  if (onMessage !== undefined && host.wants()) isolate(environment, onMessage, message);
  if (typeof endWhen === 'function' && host.wants()) {
    if (isolate(environment, endWhen, message) === true) host.end();
  }
}
