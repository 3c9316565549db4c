import { readFileSync } from 'node:fs';
import { createEventSource, createStreamingFetch } from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import { type Nginx, needsNginx, startNginxSite } from '../support/nginx.ts';
import {
  expectAllClosed,
  numberedEvents,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until } from '../support/until.ts';

/** What the guide tells its readers to copy. */
const guide = readFileSync(
  new URL('../../stories/guide/nginx-streams.conf', import.meta.url),
  'utf8',
);

/** What else may stand in an `http` block, and would hold events back. */
const COMPRESSES = 'gzip on; gzip_types text/event-stream;';

const numbers = Array.from({ length: 20 }, (_, index) => index + 1);

let server: StreamServer | undefined;
let nginx: Nginx | undefined;

beforeEach(needsNginx);

afterEach(async () => {
  await nginx?.stop();
  if (server !== undefined) await expectAllClosed(server);
  await server?.stop();
  server = nginx = undefined;
});

/** Starts a server, and before it an nginx with the configuration of the guide and no other port. */
async function serve(route: Route): Promise<string> {
  server = await startStreamServer({ '/api/streams/events': route });
  const { host } = new URL(server.origin);
  nginx = await startNginxSite((port) =>
    [COMPRESSES, guide]
      .join('\n')
      .replace('server 127.0.0.1:3000', `server ${host}`)
      .replace('listen 80', `listen 127.0.0.1:${port}`),
  );
  return `${nginx.origin}/api/streams/events`;
}

describe('the nginx configuration of the guide', () => {
  it('passes on each event before the next is sent, and the end of the client', async () => {
    const { onChunk, send } = createLockstep();
    const url = await serve(({ response }) => {
      openEventStream(response);
      return send(
        response,
        numbers.map((number) => numberedEvents(number, number)),
      );
    });
    const source = createEventSource(url, { onChunk });
    source.start();
    const { messages } = await until(source, ({ data }) => data === '20');
    expect(messages.map(({ data }) => Number(data))).toEqual(numbers);
    expect(server?.inProgress()).toBe(1);
    source.close();
    if (server !== undefined) await expectAllClosed(server);
  });

  it('passes on a POST and the headers of its client, and the answer bit by bit', async () => {
    const { onChunk, send } = createLockstep();
    const url = await serve(async ({ response }) => {
      openEventStream(response);
      await send(
        response,
        numbers.map((number) => numberedEvents(number, number)),
      );
      response.end();
    });
    const answer = createStreamingFetch(url, { body: { prompt: 'Hello' }, onChunk });
    const { status, messages } = await answer.start();
    expect(status).toBe('done');
    expect(messages.map(({ data }) => Number(data))).toEqual(numbers);
    const [request] = server?.requests('/api/streams/events') ?? [];
    expect(request).toMatchObject({
      method: 'POST',
      body: '{"prompt":"Hello"}',
      headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' },
    });
    expect(request?.headers['host']).toBe(new URL(url).hostname);
  });
});
