import { createDemoApp } from './app.ts';

/** An event whose work the browser waits for. */
interface WaitableEvent {
  waitUntil(work: Promise<unknown>): void;
}

/** A request of a page in the scope. */
interface RequestEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** The part of ServiceWorkerGlobalScope used here: its library file and that of the DOM exclude each other. */
declare const self: {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    type: 'install' | 'activate' | 'message',
    listener: (event: WaitableEvent) => void,
  ): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
};

const { app } = createDemoApp();
const scope = new URL(self.registration.scope);

/** Hands the request to the app under the path it would have at the root of a server. */
async function answer(request: Request, path: string): Promise<Response> {
  const { method, headers } = request;
  const body = ['GET', 'HEAD'].includes(method) ? null : await request.arrayBuffer();
  const asked = new Request(new URL(path, scope.origin), { method, headers, body });
  // No bindings: what they offer is Node's.
  return await app.fetch(asked, {});
}

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
// After a hard reload a page has no worker and no activate event follows, so the page asks.
self.addEventListener('message', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== scope.origin) return;
  // The examples ask at the root of the origin, as a reader's app does; the stories beside the page.
  const isBesideThePage = url.pathname.startsWith(`${scope.pathname}api/`);
  if (!isBesideThePage && !url.pathname.startsWith('/api/')) return;
  const path = isBesideThePage ? url.pathname.slice(scope.pathname.length - 1) : url.pathname;
  event.respondWith(answer(event.request, path + url.search));
});
