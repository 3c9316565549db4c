import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { expect, vi } from 'vitest';

/** A request and the answer to it, written the same way whatever serves it. */
export interface Answer {
  readonly request: { readonly method: string; readonly url: string; readonly body: string };
  /** Sends the head. */
  begin(headers: Readonly<Record<string, string>>, status?: number): void;
  write(chunk: string | Uint8Array): void;
  end(): void;
  /** Breaks the connection. */
  cut(): void;
}

export type Handler = (answer: Answer) => void | Promise<void>;

/** A server on a port of its own that knows which of its answers are not over. */
export interface FrameworkServer {
  readonly url: string;
  /** Requests so far. */
  received(): number;
  /** Requests that are neither answered to the end nor given up by the client. */
  inProgress(): number;
  stop(): Promise<void>;
}

/** How a server is started, for each of the three. */
export const frameworks: Readonly<
  Record<'node:http' | 'Express' | 'Hono', (handle: Handler) => Promise<FrameworkServer>>
> = {
  'node:http': (handle) => {
    const books = keepBooks();
    return listen(
      createServer((request, response) => void answerNode(request, response, handle, books)),
      books,
    );
  },
  Express: (handle) => {
    const books = keepBooks();
    const app = express();
    app.disable('x-powered-by');
    app.use((request, response) => answerNode(request, response, handle, books));
    return listen(createServer(app), books);
  },
  Hono: startHono,
};

/** Waits until a server has got so many requests and none is in progress. */
export async function expectIdle(server: FrameworkServer, received: number): Promise<void> {
  await vi.waitFor(() => expect([server.received(), server.inProgress()]).toEqual([received, 0]), {
    timeout: 30_000,
  });
}

interface Books {
  /** A request came; to be called once it is over. */
  enter(): () => void;
  received(): number;
  inProgress(): number;
}

function keepBooks(): Books {
  let received = 0;
  const open = new Set<symbol>();
  return {
    enter() {
      const entry = Symbol('request');
      received += 1;
      open.add(entry);
      return () => void open.delete(entry);
    },
    received: () => received,
    inProgress: () => open.size,
  };
}

async function answerNode(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handler,
  books: Books,
): Promise<void> {
  response.once('close', books.enter());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = '', url = '' } = request;
  await handle({
    request: { method, url, body: Buffer.concat(chunks).toString() },
    begin(headers, status = 200) {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write: (chunk) => void response.write(chunk),
    end: () => void response.end(),
    cut: () => void response.destroy(),
  });
}

async function startHono(handle: Handler): Promise<FrameworkServer> {
  const books = keepBooks();
  const app = new Hono();
  const encoder = new TextEncoder();

  app.all('*', async (context) => {
    const leave = books.enter();
    const { method, url, signal } = context.req.raw;
    signal.addEventListener('abort', leave);
    const body = await context.req.text();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start(given) {
        controller = given;
      },
      cancel: leave,
    });
    return new Promise<Response>((resolve) => {
      void handle({
        request: { method, url: new URL(url).pathname, body },
        begin(headers, status = 200) {
          const isEmpty = status === 204;
          if (isEmpty) leave();
          resolve(new Response(isEmpty ? null : stream, { status, headers }));
        },
        write: (chunk) =>
          controller?.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk),
        end() {
          leave();
          controller?.close();
        },
        cut() {
          leave();
          controller?.error(new Error('The server gives up.'));
        },
      });
    });
  });

  // The server that it starts over HTTP/1.1 is one of node:http.
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  if (!server.listening) await new Promise<void>((resolve) => server.once('listening', resolve));
  return running(server as ReturnType<typeof createServer>, books);
}

async function listen(
  server: ReturnType<typeof createServer>,
  books: Books,
): Promise<FrameworkServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return running(server, books);
}

function running(server: ReturnType<typeof createServer>, books: Books): FrameworkServer {
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    received: books.received,
    inProgress: books.inProgress,
    async stop() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await stopped;
    },
  };
}
