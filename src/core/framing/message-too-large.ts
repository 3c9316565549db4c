import type { Fail } from '../errors.ts';
import type { FramedItem } from './framing.ts';

/** The item that ends a framing whose message grew past its limit. */
export function messageTooLarge(limit: number, fail: Fail): FramedItem<never> {
  const error = fail(
    'message-too-large',
    `A message is longer than ${limit} characters or bytes. Raise \`maxMessageLength\` if the server ` +
      'is trusted to send that much.',
  );
  return { kind: 'error', error };
}
