import type { RawMessage } from '../types.ts';

/** The values that one message holds. */
export class Several {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/**
 * A `parse` that makes several values out of one message, such as two JSON objects in one `data:`
 * block. Each is delivered as a message of its own; the last event id moves with the last.
 *
 * @example
 * const parse = each(({ data }) => data.split('\n').map((line): unknown => JSON.parse(line)));
 * const { messages } = useStreamingFetch('/api/chat', { parse });
 */
export function each<TValue>(
  split: (message: RawMessage) => readonly TValue[],
): (message: RawMessage) => TValue {
  // Callers see the type of one value: the receiver delivers the values one by one.
  return (message) => new Several([...split(message)]) as TValue;
}
