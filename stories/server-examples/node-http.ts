/**
 * Event streams from Node's own `node:http`, nothing else: a reconnection time, a greeting with the
 * time, numbered ids, resumption after the last of them, heartbeats, and an end that is said.
 *
 *     npx tsx node-http.ts
 *
 * It listens on the port in PORT, 3000 by default, and serves what these examples ask for:
 * event-feed, job-progress, reconnecting-feed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** When a client whose connection was cut shall come back, in ms. */
const RETRY_MS = 1000;

/** Proxies cut a connection that is silent for a minute or less; a comment counts as a sign of life. */
const HEARTBEAT_MS = 15_000;

const STEPS = 5;

/** The id that a returning client saw last; ours are numbers from 1, so 0 is a new client. */
function lastEventId({ headers }: IncomingMessage): number {
  return Number.parseInt(`${headers['last-event-id']}`, 10) || 0;
}

/**
 * Opens an event stream and calls `tick` every so many ms, with the number of the next event. All
 * timers stop when the client goes away, and when the response has ended.
 */
function openStream(
  request: IncomingMessage,
  response: ServerResponse,
  intervalMs: number,
  tick: (number: number) => void,
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no', // nginx would hold the events back
  });
  // The client is connected now, not at the first event: Firefox waits for a byte of the body, so
  // that `flushHeaders()` would not do.
  response.write(`: ok\n\nretry: ${RETRY_MS}\n\n`);
  let number = lastEventId(request);
  const ticks = setInterval(() => {
    number += 1;
    tick(number);
  }, intervalMs);
  const heartbeats = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(ticks);
    clearInterval(heartbeats);
  });
}

/** A stopwatch without an end. It greets with an event of another name. */
function clock(request: IncomingMessage, response: ServerResponse): void {
  openStream(request, response, 1000, (number) => {
    const parts = [Math.floor(number / 60), number % 60];
    const time = parts.map((part) => `${part}`.padStart(2, '0')).join(':');
    response.write(`id: ${number}\ndata: ${time}\n\n`);
  });
  response.write(`event: connecttime\ndata: ${new Date().toISOString()}\n\n`);
}

/** A job of a few steps, and then `end`: without it the client would connect again and again. */
function job(request: IncomingMessage, response: ServerResponse): void {
  if (lastEventId(request) >= STEPS) {
    response.writeHead(204).end(); // for who comes back all the same: there is no more
    return;
  }
  openStream(request, response, 300, (number) => {
    response.write(`id: ${number}\ndata: ${number}\n\n`);
    // An `end` without a `data:` line would not be an event.
    if (number === STEPS) response.end('event: end\ndata: bye\n\n');
  });
}

/** Breaks every connection after four events, to show that none is lost. */
function flaky(request: IncomingMessage, response: ServerResponse): void {
  const last = lastEventId(request) + 4;
  openStream(request, response, 400, (number) => {
    if (number > last) response.destroy();
    else response.write(`id: ${number}\ndata: ${number}\n\n`);
  });
}

const routes: Record<string, typeof clock> = {
  '/api/clock': clock,
  '/api/sentinel': job,
  '/api/flaky': flaky,
};

/** Lets pages of other origins in, also with the one header that resumption adds. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Last-Event-ID',
  'Access-Control-Max-Age': '86400',
};

const server = createServer((request, response) => {
  response.setHeaders(new Map(Object.entries(CORS)));
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = routes[pathname];
  if (request.method === 'OPTIONS') response.writeHead(204).end();
  else if (route === undefined) response.writeHead(404).end();
  else route(request, response);
});

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  console.log(`Listening on http://127.0.0.1:${port}`);
});
