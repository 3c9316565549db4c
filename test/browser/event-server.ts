import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the event server of the browser tests listens. */
    eventServer: string;
  }
}

/** What the server saw of the requests that carry one `?id=`. */
export interface ServerRecord {
  /** The `Last-Event-ID` of every request, 0 without one. */
  readonly resumedAfter: number[];
  open: number;
}

const WRITES_PER_TURN = 20;
const STEADY_TICK_MS = 5;

/** Event `number` of every stream. */
function event(number: number): string {
  return `id: ${number}\ndata: ${number}\n\n`;
}

/** Numbered events as fast as the socket takes them, one write each. */
function burst(response: ServerResponse, after: number, count: number): void {
  let sent = after;
  const turn = () => {
    for (let index = 0; index < WRITES_PER_TURN && sent < count; index += 1) {
      response.write(event(++sent));
    }
    if (sent < count && !response.closed) setImmediate(turn);
  };
  turn();
}

/** Numbered events at an even pace: as many as are due, whenever the timer fires. */
function steady(response: ServerResponse, count: number, perSecond: number): void {
  const begin = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begin) * perSecond) / 1000);
    while (sent < Math.min(due, count)) response.write(event(++sent));
    if (sent >= count) clearInterval(timer);
  }, STEADY_TICK_MS);
  response.on('close', () => clearInterval(timer));
}

/**
 * Vitest's global setup of the browser tests: a real server for streams, `?count=` events long and
 * left open after the last. `/stats?id=` tells what happened to an id so far.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const records = new Map<string, ServerRecord>();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const id = searchParams.get('id') ?? '';
    const record = records.get(id) ?? { resumedAfter: [], open: 0 };
    records.set(id, record);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'last-event-id');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    if (pathname === '/stats') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(record));
      return;
    }
    const after = Number(request.headers['last-event-id'] ?? 0);
    record.resumedAfter.push(after);
    record.open += 1;
    response.on('close', () => {
      record.open -= 1;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    const count = Number(searchParams.get('count') ?? 0);
    if (pathname === '/steady') steady(response, count, Number(searchParams.get('perSecond')));
    else burst(response, after, count);
  }

  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port, not on a pipe, has an address of this form.
  const { port } = server.address() as AddressInfo;
  project.provide('eventServer', `http://127.0.0.1:${port}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
