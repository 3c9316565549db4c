import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createDemoApp } from './app.ts';
import type { StreamRecord } from './demo-state.ts';

/** A running demo server. */
export interface DemoServer {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** Requests and open responses of a stream id. */
  stats(id: string): Readonly<StreamRecord>;
  /** Open responses of all ids. */
  openResponses(): number;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** Serves the demo app over node:http. Port 0 (the default) takes a free one. */
export async function startDemoServer({ port = 0 } = {}): Promise<DemoServer> {
  const { app, state } = createDemoApp();
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // A server that listens on a port, not on a pipe, has an address of this form.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    stats: (id) => state.of(id),
    openResponses: () => state.openResponses(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
