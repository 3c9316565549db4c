import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { streamBody } from '../event-stream.ts';

const SENTENCES = [
  'A spring asks nobody how far it is to the sea.',
  'It gives what it has, and a moment later it gives again.',
  'The brook below takes the water as it comes, and does not ask for the whole of it first.',
  'Stones turn it, roots hold it up, and still every drop arrives in the order in which it left.',
  'Where the valley widens the river slows, and its banks keep what it has put down.',
  'Nobody moves a bank that is finished; only the newest water is still looking for its bed.',
  'So a long river costs the land no more each day than a short one.',
];

/** As many paragraphs of a text, a blank line between them. */
function essay(paragraphs: number): string {
  const sentence = (index: number) => SENTENCES[index % SENTENCES.length];
  return Array.from({ length: paragraphs }, (_, index) =>
    [index, index + 2, index + 3, index + 5].map(sentence).join(' '),
  ).join('\n\n');
}

/** A text word by word, each word in a chunk of its own, as from a fast language model. */
function words(context: DemoContext): Response {
  const text = essay(numberOf(context, 'paragraphs', 8));
  return streamBody(context, 'text/event-stream; charset=utf-8', async function* (pause) {
    for (const word of text.split(/(?<= |\n\n)/)) {
      await pause(numberOf(context, 'interval', 4));
      yield encodeEvent({ data: JSON.stringify({ text: word }) });
    }
    yield encodeEvent({ data: '[DONE]' });
  });
}

/**
 * Long answers.
 *
 * - `GET /essay`: `{"text"}` for each word, then `[DONE]`. `?paragraphs=8 &interval=4`
 */
export function essayRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>().get('/essay', words);
}
