import { existsSync, readFileSync } from 'node:fs';
import { request as ask, type RequestListener } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Passes requests on to another server, as the proxy of Vite's development server does. */
export function proxyTo(origin: string): RequestListener {
  return (request, response) => {
    const { method, url = '/', headers } = request;
    const passed = ask(new URL(url, origin), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      // A connection that breaks behind the proxy breaks in front of it too.
      pipeline(answer, response, () => {});
    });
    passed.once('error', () => response.destroy());
    response.once('close', () => passed.destroy());
    request.pipe(passed);
  };
}

/** A built app, with a server for what it asks for under `/api/`. */
export function appListener(folder: string, api: RequestListener): RequestListener {
  return (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path.startsWith('/api/')) return api(request, response);
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  };
}
