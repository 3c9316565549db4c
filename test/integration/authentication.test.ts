import type { EventSourceController, EventSourceOptions, Status } from 'rivulet/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { openEventStream, type Route } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* What follows a 401 where `onUnauthorized` is given. */

const scene = createWireScene();
let token: string;
let refreshes: number;

/** Lets the token in that the refresh brings. */
const admitFresh: Route = ({ request, response }) => {
  if (request.headers['authorization'] === 'fresh') openEventStream(response);
  else response.writeHead(401).end('who are you?');
};

async function refresh(): Promise<void> {
  refreshes += 1;
  token = 'fresh';
}

beforeEach(() => {
  token = 'stale';
  refreshes = 0;
});

function subscribe(options: EventSourceOptions = {}): EventSourceController {
  const source = scene.create({
    headers: () => ({ authorization: token }),
    onUnauthorized: refresh,
    ...options,
  });
  source.start();
  return source;
}

function tokensSent(): (string | undefined)[] {
  return scene.server.requests('/').map(({ headers }) => headers['authorization']);
}

describe('a 401 with onUnauthorized', () => {
  it('is refreshed once for ten streams, each of which then tries once more', async () => {
    await scene.serve(admitFresh);
    const changes: Status[][] = [];
    const streams = Array.from({ length: 10 }, () => {
      const statuses: Status[] = [];
      changes.push(statuses);
      return subscribe({ onStatusChange: (status) => statuses.push(status) });
    });
    const open = await Promise.all(streams.map((stream) => untilStatus(stream, 'open')));
    expect(refreshes).toBe(1);
    expect(open.map(({ attempt }) => attempt)).toEqual(streams.map(() => 2));
    expect(changes).toEqual(streams.map(() => ['connecting', 'open']));
    expect(tokensSent().filter((sent) => sent === 'stale')).toHaveLength(10);
    expect(tokensSent().filter((sent) => sent === 'fresh')).toHaveLength(10);
  });

  it('fails when the refresh did not help', async () => {
    await scene.serve(({ response }) => response.writeHead(401).end('who are you?') && undefined);
    const { error, attempt } = await untilStatus(subscribe(), 'failed');
    expect(error).toMatchObject({ code: 'http-status', status: 401, body: 'who are you?' });
    expect([attempt, refreshes, await scene.environment.fetchCalls()]).toEqual([2, 1, 2]);
  });

  it('is refreshed again after a successful open', async () => {
    await scene.serve((exchange) => {
      if (exchange.number === 2) exchange.response.once('finish', () => (token = 'stale'));
      admitFresh(exchange);
      if (exchange.number === 2) exchange.response.end();
    });
    await until(subscribe(), ({ status, attempt }) => status === 'open' && attempt === 4);
    expect(tokensSent()).toEqual(['stale', 'fresh', 'stale', 'fresh']);
    expect(refreshes).toBe(2);
  });

  it('lets a POST be sent once more', async () => {
    await scene.serve(admitFresh);
    await untilStatus(subscribe({ body: 'question' }), 'open');
    const sent = { method: 'POST', body: 'question' };
    expect(scene.server.requests('/')).toMatchObject([sent, sent]);
  });

  it('fails at once with retry: false', async () => {
    await scene.serve(admitFresh);
    const { error } = await untilStatus(subscribe({ retry: false }), 'failed');
    expect([error.status, refreshes, await scene.environment.fetchCalls()]).toEqual([401, 0, 1]);
  });

  it('sends nothing more when the stream is closed during the refresh', async () => {
    await scene.serve(admitFresh);
    const source: EventSourceController = subscribe({
      async onUnauthorized() {
        refreshes += 1;
        source.close();
      },
    });
    await untilStatus(source, 'aborted');
    expect([refreshes, await scene.environment.fetchCalls()]).toEqual([1, 1]);
    expect(scene.environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });
});
