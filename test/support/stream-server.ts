import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';

/** A request as it came over the wire. */
export interface ServedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it arrived, in ms since the epoch. */
  readonly at: number;
}

/** One request and the response it is to get. */
export interface Exchange {
  readonly request: ServedRequest;
  readonly response: ServerResponse;
  /** 1 for the first request of this route. */
  readonly number: number;
  /** The number in `Last-Event-ID`, 0 without one. */
  readonly resumesAfter: number;
}

/** Answers the requests of one path. */
export type Route = (exchange: Exchange) => void | Promise<void>;

/** A server on a port of its own that knows what became of each of its responses. */
export interface StreamServer {
  readonly origin: string;
  url(path: string): string;
  /** What a path was asked for so far, in order. */
  requests(path: string): readonly ServedRequest[];
  /** Responses begun and neither ended nor cut. */
  inProgress(): number;
  /** Requests whose handler was not told `close`. */
  withoutClose(): number;
  stop(): Promise<void>;
}

/** Starts a server with one route for each path, on a free port or the one given. */
export async function startStreamServer(
  routes: Readonly<Record<string, Route>>,
  port = 0,
): Promise<StreamServer> {
  const served = new Map<string, ServedRequest[]>();
  const responses = new Set<ServerResponse>();
  let closeEvents = 0;
  let begun = 0;

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    begun += 1;
    responses.add(response);
    response.once('close', () => {
      closeEvents += 1;
    });
    const body = await readBody(incoming);
    const { method = '', url = '', headers } = incoming;
    const path = new URL(url, 'http://localhost').pathname;
    const request = { method, url, headers, body, at };
    const known = served.get(path) ?? [];
    served.set(path, [...known, request]);
    const route = routes[path];
    if (route === undefined) {
      response.writeHead(404).end();
      return;
    }
    const resumesAfter = Number(headers['last-event-id'] ?? 0);
    await route({ request, response, number: known.length + 1, resumesAfter });
  }

  const server = createServer((incoming, response) => void answer(incoming, response));
  server.on('connection', (socket) => socket.setNoDelay(true));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // A server that listens on a port, not on a pipe, has an address of this form.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    url: (path) => `${origin}${path}`,
    requests: (path) => served.get(path) ?? [],
    inProgress: () =>
      [...responses].filter((response) => !response.writableEnded && !response.closed).length,
    withoutClose: () => begun - closeEvents,
    async stop() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await stopped;
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Sends the headers of an event stream at once. */
export function openEventStream(response: ServerResponse, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
}

/** The wire text of numbered events: number `n` has id and data `n`. */
export function numberedEvents(first: number, last: number): string {
  let text = '';
  for (let number = first; number <= last; number += 1) {
    text += `id: ${number}\ndata: ${number}\n\n`;
  }
  return text;
}

/** Waits until so many of all requests are not over; the handlers of the others know. */
export async function expectOpen(server: StreamServer, count: number): Promise<void> {
  await vi.waitFor(
    () => expect([server.inProgress(), server.withoutClose()]).toEqual([count, count]),
    {
      timeout: 30_000,
      interval: 5,
    },
  );
}

/** Waits until every request that a server got is over, and its handler knows. */
export async function expectAllClosed(server: StreamServer): Promise<void> {
  await expectOpen(server, 0);
}

/** Writes until the client is gone, no faster than it reads. */
export async function writeEndlessly(response: ServerResponse, chunk: string): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  while (!response.closed) {
    if (response.write(chunk)) continue;
    await Promise.race([closed, new Promise<void>((resolve) => response.once('drain', resolve))]);
  }
}
