/**
 * Event streams from Express 5: a text character by character, an answer to a POST word by word, a
 * chat, and notifications that resume where they were cut.
 *
 *     npm install express
 *     npx tsx express.ts
 *
 * It listens on the port in PORT, 3000 by default, and serves what these examples ask for:
 * character-stream, chat, latest-wins, post-subscription, shared-notifications, streamed-answer.
 */
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler, type Response } from 'express';

const LETTERS = 'Streams tell their story one letter at a time. ♪';

const NOTES = ['Ada wrote to you', 'Your export is ready', 'Lin shared a map of the delta'];

/** Lets pages of other origins in. A browser asks first (OPTIONS) where a request is not simple. */
const cors: RequestHandler = (request, response, next) => {
  response.set({
    // With cookies: the one origin that you mean, and Access-Control-Allow-Credentials: true.
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Retry-After',
  });
  if (request.method !== 'OPTIONS') return next();
  response.set({
    'Access-Control-Allow-Methods': 'GET, POST',
    // Without Last-Event-ID the first connection opens, and every resumption is refused.
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID, X-Client',
    'Access-Control-Max-Age': '86400',
  });
  response.sendStatus(204);
};

/** One event on the wire: a line for each field, `data:` before each line of the data, an empty line. */
function frame({ data, ...fields }: { data: string; event?: string; id?: number }): string {
  const heads = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return [...heads, ...lines, '\n'].join('');
}

/** Sends a frame every so many ms, until there are no more or the client is gone. */
function send(response: Response, frames: Iterator<string>, intervalMs: number): void {
  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform', // no-transform: the middleware `compression` would hold it back
    'X-Accel-Buffering': 'no', // so would nginx
  });
  // The client is connected now, not at the first event: Firefox waits for a byte of the body, so
  // that `flushHeaders()` would not do.
  response.write(': ok\n\n');
  const timer = setInterval(() => {
    const { done, value } = frames.next();
    if (!done) {
      response.write(value);
      return;
    }
    clearInterval(timer);
    response.end();
  }, intervalMs);
  response.once('close', () => clearInterval(timer));
}

/** A title, an event for each character after those that were sent before, and the end. */
function* characters(sentBefore: number) {
  yield frame({ event: 'title', data: 'One letter at a time' });
  for (const [index, character] of [...LETTERS].entries()) {
    if (index >= sentBefore) yield frame({ id: index + 1, event: 'lol', data: character });
  }
  yield frame({ event: 'end', data: 'bye' }); // an event without data is never delivered
}

/** Notes without an end, numbered, so that a client can say which was its last. */
function* notes(sentBefore: number) {
  for (let id = sentBefore + 1; ; id += 1) {
    yield frame({ id, data: NOTES[id % NOTES.length] ?? '' });
  }
}

/** An answer in the pieces of a language model. As JSON, spaces and line breaks survive. */
function* chatAnswer(question: string) {
  const text = `You asked about “${question}”. Every word of this was sent alone. That was all.`;
  for (const word of text.split(/(?<= )/)) yield frame({ data: JSON.stringify({ text: word }) });
  yield frame({ data: '[DONE]' }); // tells a complete answer from one that was cut
}

/** What was received, then the words of an answer. */
function* promptAnswer(prompt: string, received: object) {
  yield frame({ event: 'request', data: JSON.stringify(received, null, 2) });
  const text = `You asked: "${prompt}". That is a question of ${[...prompt].length} letters.`;
  for (const word of text.split(/(?<= )/)) yield frame({ event: 'token', data: word });
}

/** The id of the last event that a returning client has seen; ours are numbers from 1. */
const lastEventId = (header: string | undefined) => Number.parseInt(header ?? '', 10) || 0;

const app = express().use(cors, express.json());

app.get('/api/named', (request, response) => {
  send(response, characters(lastEventId(request.get('Last-Event-ID'))), 60);
});

app.get('/api/notifications', (request, response) => {
  send(response, notes(lastEventId(request.get('Last-Event-ID'))), 1000);
});

app.post('/api/chat', ({ body }, response) => {
  const question: unknown = body?.messages?.at(-1)?.content;
  if (typeof question === 'string') send(response, chatAnswer(question), 60);
  else response.status(400).json({ error: 'Send { "messages": [{ "role", "content" }] }.' });
});

app.post('/api/prompt', ({ method, headers, body }, response) => {
  const received = { method, client: headers['x-client'], type: headers['content-type'], body };
  send(response, promptAnswer(`${body?.prompt ?? ''}`, received), 100);
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', (error) => {
  if (error !== undefined) throw error;
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  console.log(`Listening on http://127.0.0.1:${port}`);
});
