/**
 * The answer that is streamed to every contestant. No two tokens are equal, so that a lost one and
 * one out of place show.
 *
 * @param {number} index
 */
function tokenAt(index) {
  return `${index}${index % 20 === 19 ? '\n' : ' '}`;
}

/** @param {number} count */
export function answerOf(count) {
  return Array.from({ length: count }, (_, index) => tokenAt(index)).join('');
}

/**
 * A token as the AI SDK sends it: one wire for all, and all but the AI SDK read it with `JSON.parse`.
 *
 * @param {number} index
 */
export function eventAt(index) {
  return `data: ${JSON.stringify({ type: 'text-delta', id: '0', delta: tokenAt(index) })}\n\n`;
}

/** The data of the message that ends an answer. */
export const END = '[DONE]';
