import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import { encodeEvent } from '../encode-event.ts';
import { dropConnection, type Pause, streamBody } from '../event-stream.ts';

/** One turn of a conversation, as the chat sends it. */
interface Turn {
  readonly role: string;
  readonly content: string;
}

const isTurn = (value: unknown): value is Turn =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  typeof value.role === 'string' &&
  'content' in value &&
  typeof value.content === 'string';

/** The conversation in a JSON body, empty if there is none. */
function turnsOf(body: string): readonly Turn[] {
  try {
    const value: unknown = JSON.parse(body);
    const isNamed = typeof value === 'object' && value !== null && 'messages' in value;
    return isNamed && Array.isArray(value.messages) ? value.messages.filter(isTurn) : [];
  } catch {
    return [];
  }
}

/** What the server says to the newest question, and how it counts the conversation. */
function answerTo(turns: readonly Turn[]): string {
  const questions = turns.filter(({ role }) => role === 'user');
  const newest = questions.at(-1)?.content ?? 'nothing';
  return (
    `You asked about “${newest}”. This is answer ${questions.length} of a conversation that came ` +
    `with ${turns.length} message${turns.length === 1 ? '' : 's'}. Every word of it was sent alone, ` +
    'as a language model sends its tokens, and stands here because a river is only ever read one ' +
    'reach at a time: first the spring, then the brook, then the long bend through the meadows, and ' +
    'at last the sea. Whoever comes late sees the same water pass, and whoever leaves early keeps ' +
    'what has passed so far. Nobody has to wait for the mouth to know what the spring is like. ' +
    'Scroll up while this goes on, and the page will let you read in peace. That was all 🌊.'
  );
}

const token = (text: string) => encodeEvent({ data: JSON.stringify({ text }) });

/** The words of an answer; after some of them what `?trouble=` asks for. */
async function* words(context: DemoContext, pause: Pause, answer: string): AsyncGenerator<string> {
  const { requests } = context.get('record');
  const isTroubled = requests <= numberOf(context, 'failures', Number.POSITIVE_INFINITY);
  const trouble = isTroubled ? context.req.query('trouble') : undefined;
  const all = answer.split(/(?<= )/);
  const count = trouble === undefined ? all.length : numberOf(context, 'after', 12);
  for (const word of all.slice(0, count)) {
    await pause(numberOf(context, 'interval', 60));
    yield token(word);
  }
  if (trouble === 'cut') return;
  if (trouble === 'break') {
    await dropConnection(pause);
  }
  if (trouble === 'in-band') {
    yield encodeEvent({ data: JSON.stringify({ error: 'The model is overloaded.' }) });
  }
  yield encodeEvent({ data: '[DONE]' });
}

/** Answers a conversation word by word, and ends with `[DONE]`. */
async function chat(context: DemoContext): Promise<Response> {
  const answer = answerTo(turnsOf(await context.req.text()));
  const delay = numberOf(context, 'delay', 0);
  // Without a byte of the body there are no headers either: a model that thinks is a late answer.
  await new Promise((resolve) => setTimeout(resolve, delay));
  return streamBody(context, 'text/event-stream; charset=utf-8', (pause) =>
    words(context, pause, answer),
  );
}

/** A server that says event stream and sends bare characters, one at a time. */
function raw(context: DemoContext): Response {
  const text =
    'This server writes one character at a time and calls it an event stream. No “data”, no blank ' +
    'line: to an event stream reader there is nothing here. ♪';
  return streamBody(context, 'text/event-stream', async function* (pause) {
    for (const character of text) {
      await pause(numberOf(context, 'interval', 20));
      yield character;
    }
  });
}

/** So many tokens a second, sent in batches as fast servers do. */
function burst(context: DemoContext): Response {
  const count = numberOf(context, 'count', 10_000);
  const perSecond = numberOf(context, 'rate', 10_000);
  return streamBody(context, 'text/event-stream', async function* (pause) {
    const startedAt = Date.now();
    let sent = 0;
    while (sent < count) {
      await pause(10);
      const due = Math.min(count, Math.floor(((Date.now() - startedAt) * perSecond) / 1000));
      const batch = Array.from({ length: due - sent }, (_, index) => token(`${sent + index + 1} `));
      sent = due;
      yield batch.join('');
    }
    yield encodeEvent({ data: '[DONE]' });
  });
}

/**
 * Answers to one request, as servers of language models send them.
 *
 * - `POST /chat` with `{ "messages": [{ "role", "content" }] }`: `{"text"}` for each word, then
 *   `[DONE]`. `?interval=60 &delay=0`; `?trouble=break|cut|in-band &after=12` for the first
 *   `&failures=` requests
 * - `GET /raw`: characters without any framing. `?interval=20`
 * - `GET /burst`: `?count=10000 &rate=10000` tokens per second, then `[DONE]`
 */
export function answerRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .post('/chat', (context) => chat(context))
    .get('/raw', raw)
    .get('/burst', burst);
}
