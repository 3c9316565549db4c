/**
 * Streams from Fastify: a room in which everybody hears every note, and a plain-text log.
 *
 *     npm install fastify
 *     npx tsx fastify.ts
 *
 * It listens on the port in PORT, 3000 by default, and serves what these examples ask for:
 * log-lines, post-and-listen.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';

const app = Fastify();

// Pages of every origin may read the answers; nothing on the way may keep them or hold them back.
const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

app.addHook('onRequest', async (_request, reply) => {
  reply.headers(HEADERS);
});

// A resumption across origins sends Last-Event-ID, and browsers ask for permission first.
app.options('/api/*', (_request, reply) => {
  reply
    .headers({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Content-Type, Last-Event-ID',
      'Access-Control-Max-Age': '86400',
    })
    .code(204)
    .send();
});

interface Note {
  readonly id: number;
  readonly text: string;
}

const KEPT = 1000;
const notes: Note[] = [];
const listeners = new Set<ServerResponse>();

/** One event; every line of the text gets a `data:` of its own. */
function send(response: ServerResponse, { id, text }: Note): void {
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  response.write(`id: ${id}\n${lines.join('')}\n`);
}

/** All notes after the one that the client has seen, and those to come. */
app.get('/api/room', (request, reply) => {
  const seen = Number(request.headers['last-event-id'] ?? 0);
  reply.hijack(); // from here on the response is ours, its headers too
  const response = reply.raw;
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
  response.write(': ok\n\n'); // the first byte takes the headers with it
  for (const note of notes) if (note.id > seen) send(response, note);
  listeners.add(response);
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), 15_000);
  // That of the response: the request closes as soon as its body was read.
  response.on('close', () => {
    clearInterval(heartbeat);
    listeners.delete(response);
  });
});

/** A note for everybody: the body is its text. */
app.post<{ Body: string }>('/api/room', (request, reply) => {
  const note = { id: (notes.at(-1)?.id ?? 0) + 1, text: request.body };
  notes.push(note);
  if (notes.length > KEPT) notes.shift();
  for (const response of listeners) send(response, note);
  reply.code(204).send();
});

/** A build, as its lines are written. It stops at the next line when nobody reads it any more. */
async function* build(): AsyncGenerator<string> {
  for (const step of ['install', 'compile', 'test', 'bundle', 'publish']) {
    yield `> ${step}\n`;
    await pause(200);
    yield `  ${step}: done\n`;
  }
}

// A `Readable` is sent as it comes, and destroyed when the client has gone.
app.get('/api/build-log', (_request, reply) =>
  reply.type('text/plain; charset=utf-8').send(Readable.from(build())),
);

const port = Number(process.env['PORT'] ?? 3000);
console.log(`Listening on ${await app.listen({ port, host: '127.0.0.1' })}`);
