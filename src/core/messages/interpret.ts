import { type Fail, messageOf, type StreamError } from '../errors.ts';
import type { RawMessage as Raw, StandardSchema, StandardSchemaResult } from '../types.ts';

/** A message of any framing. */
type RawMessage = Raw<string, string | Uint8Array>;

/** What decides about the value of a message. */
export interface InterpretOptions {
  readonly parse?: 'text' | 'json' | ((message: never) => unknown) | undefined;
  readonly schema?:
    | StandardSchema<unknown>
    | Readonly<Record<string, StandardSchema<unknown>>>
    | undefined;
}

/** The schema that applies to an event name. */
function schemaFor(
  schema: InterpretOptions['schema'],
  event: string,
): StandardSchema<unknown> | undefined {
  if (schema === undefined) return undefined;
  if (isSchema(schema)) return schema;
  return Object.hasOwn(schema, event) ? schema[event] : undefined;
}

/** Whether a `schema` option is one schema for all messages. arktype's are functions. */
export function isSchema(
  schema: NonNullable<InterpretOptions['schema']>,
): schema is StandardSchema<unknown> {
  return '~standard' in schema;
}

/**
 * A schema answered with a promise, too late for its message. Whether it validates asynchronously
 * shows only when it resolves: zod starts over asynchronously whenever a synchronous step throws.
 */
export class LateVerdict {
  /** What can be said at once. */
  readonly first: StreamError;
  /** What it turns out to be: the same, or `invalid` for a step that threw. */
  readonly final: Promise<StreamError>;

  constructor(first: StreamError, final: Promise<StreamError>) {
    this.first = first;
    this.final = final;
  }
}

/** The value of a message by `parse` and the schema; throws `parse`, `invalid`, or a late verdict. */
export function interpret(message: RawMessage, options: InterpretOptions, fail: Fail): unknown {
  const { parse, schema } = options;
  if (schema === undefined && (parse === undefined || parse === 'text')) return message.data;
  const value = parseValue(message, parse ?? 'json', fail);
  const applied = schemaFor(schema, message.event);
  return applied === undefined ? value : validate(message, value, applied, fail);
}

function parseValue(
  message: RawMessage,
  parse: NonNullable<InterpretOptions['parse']>,
  fail: Fail,
): unknown {
  if (parse === 'text') return message.data;
  try {
    if (parse === 'json') return JSON.parse(String(message.data));
    const { event, data, lastEventId, origin } = message;
    // Bytes reach a `parse` only if it was written for them.
    return parse({ event, data, lastEventId, origin } as never);
  } catch (cause) {
    throw fail(
      'parse',
      `A message of event "${message.event}" could not be parsed: ${messageOf(cause)}. ` +
        `Its data starts with ${quote(message.data)}.`,
      { cause },
    );
  }
}

function validate(
  message: RawMessage,
  value: unknown,
  schema: StandardSchema<unknown>,
  fail: Fail,
): unknown {
  const thrown = (cause: unknown) => invalid(message, messageOf(cause), cause, fail);
  let result: StandardSchemaResult<unknown> | Promise<StandardSchemaResult<unknown>>;
  try {
    result = schema['~standard'].validate(value);
  } catch (cause) {
    throw thrown(cause);
  }
  if ('then' in result) {
    const late = fail(
      'async-schema',
      'The schema answered with a promise. Messages are delivered in order and at once, so a ' +
        'schema must be synchronous, and none of its steps may throw. Validate in `onMessage` instead.',
    );
    throw new LateVerdict(
      late,
      result.then(() => late, thrown),
    );
  }
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message: text, path }) => {
    const keys = path?.map((key) => String(typeof key === 'object' ? key.key : key));
    return keys === undefined || keys.length === 0 ? text : `${keys.join('.')}: ${text}`;
  });
  throw invalid(message, issues.join('; '), result.issues, fail);
}

function invalid(message: RawMessage, complaint: string, cause: unknown, fail: Fail): StreamError {
  return fail(
    'invalid',
    `A message of event "${message.event}" does not match its schema: ${complaint}. ` +
      `Its data starts with ${quote(message.data)}.`,
    { cause },
  );
}

function quote(data: string | Uint8Array): string {
  return typeof data === 'string' ? JSON.stringify(data.slice(0, 80)) : `${data.length} bytes`;
}
