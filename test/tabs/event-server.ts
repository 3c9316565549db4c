import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** An HTTP/1.1 server that numbers its events, goes on after `Last-Event-ID`, and counts. */
export interface EventServer {
  readonly url: string;
  readonly emitted: number;
  readonly requests: number;
  /** Event streams that are open. */
  live(): number;
  emit(count: number): void;
  /** One event of this many characters. */
  emitLarge(length: number): void;
  /** Breaks every event stream. */
  cut(): void;
  /** Is away for a while, and comes back on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

export async function startEventServer(): Promise<EventServer> {
  const script = await bundle();
  const live = new Set<ServerResponse>();
  let emitted = 0;
  let requests = 0;
  const textOf = (from: number, to: number) => {
    let text = '';
    for (let number = from; number <= to; number += 1) {
      text += `id: ${number}\ndata: event ${number}\n\n`;
    }
    return text;
  };

  function listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.url === '/page.js') {
        response.setHeader('content-type', 'text/javascript');
        response.end(script);
      } else if (request.url === '/events') {
        requests += 1;
        response.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
        });
        const given = request.headers['last-event-id'];
        const after = given === undefined ? emitted : Number(given);
        response.write(`id: ${after}\n\n${textOf(after + 1, emitted)}`);
        live.add(response);
        response.once('close', () => live.delete(response));
      } else {
        response.setHeader('content-type', 'text/html');
        const isPage = request.url?.startsWith('/page') ?? false;
        response.end(
          `<!doctype html><title>tab</title>${isPage ? '<script src="/page.js"></script>' : ''}`,
        );
      }
    });
    return new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  }

  const stop = (running: Server) =>
    new Promise<void>((resolve) => {
      running.close(() => resolve());
      running.closeAllConnections();
    });

  let server = await listen(0);
  // A listening TCP server has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    get emitted() {
      return emitted;
    },
    get requests() {
      return requests;
    },
    live: () => live.size,
    emit(count) {
      const text = textOf(emitted + 1, emitted + count);
      emitted += count;
      for (const response of live) response.write(text);
    },
    emitLarge(length) {
      emitted += 1;
      const text = `id: ${emitted}\ndata: ${'x'.repeat(length)}\n\n`;
      for (const response of live) response.write(text);
    },
    cut() {
      for (const response of live) response.destroy();
    },
    async restart() {
      await stop(server);
      server = await listen(port);
    },
    close: () => stop(server),
  };
}
