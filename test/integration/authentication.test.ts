import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
  type Status,
} from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  expectAllClosed,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';

/* Decision 2, its exception: what follows a 401 where `onUnauthorized` is given. */

let server: StreamServer;
let environment: RealTimeEnvironment;
let token: string;
let refreshes: number;
const sources = new Set<EventSourceController>();

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
  environment = createRealTimeEnvironment();
  token = 'stale';
  refreshes = 0;
});

afterEach(async () => {
  for (const source of sources) source.close();
  sources.clear();
  await expectAllClosed(server);
  await server.stop();
});

async function serve(route: Route): Promise<void> {
  server = await startStreamServer({ '/': route });
}

function subscribe(options: EventSourceOptions = {}): EventSourceController {
  const source = createEventSource(server.url('/'), {
    environment,
    headers: () => ({ authorization: token }),
    onUnauthorized: refresh,
    ...options,
  });
  sources.add(source);
  source.start();
  return source;
}

function tokensSent(): (string | undefined)[] {
  return server.requests('/').map(({ headers }) => headers['authorization']);
}

describe('decision 2: a 401 with onUnauthorized', () => {
  it('is refreshed once for ten streams, each of which then tries once more', async () => {
    await serve(admitFresh);
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
    await serve(({ response }) => response.writeHead(401).end('who are you?') && undefined);
    const { error, attempt } = await untilStatus(subscribe(), 'failed');
    expect(error).toMatchObject({ code: 'http-status', status: 401, body: 'who are you?' });
    expect([attempt, refreshes, await environment.fetchCalls()]).toEqual([2, 1, 2]);
  });

  it('is refreshed again after a successful open', async () => {
    await serve((exchange) => {
      if (exchange.number === 2) exchange.response.once('finish', () => (token = 'stale'));
      admitFresh(exchange);
      if (exchange.number === 2) exchange.response.end();
    });
    await until(subscribe(), ({ status, attempt }) => status === 'open' && attempt === 4);
    expect(tokensSent()).toEqual(['stale', 'fresh', 'stale', 'fresh']);
    expect(refreshes).toBe(2);
  });

  it('lets a POST be sent once more', async () => {
    await serve(admitFresh);
    await untilStatus(subscribe({ body: 'question' }), 'open');
    const sent = { method: 'POST', body: 'question' };
    expect(server.requests('/')).toMatchObject([sent, sent]);
  });

  it('fails at once with retry: false', async () => {
    await serve(admitFresh);
    const { error } = await untilStatus(subscribe({ retry: false }), 'failed');
    expect([error.status, refreshes, await environment.fetchCalls()]).toEqual([401, 0, 1]);
  });

  it('sends nothing more when the stream is closed during the refresh', async () => {
    await serve(admitFresh);
    const source: EventSourceController = subscribe({
      async onUnauthorized() {
        refreshes += 1;
        source.close();
      },
    });
    await untilStatus(source, 'aborted');
    expect([refreshes, await environment.fetchCalls()]).toEqual([1, 1]);
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });
});
