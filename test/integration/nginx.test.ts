import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
  type StreamError,
} from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import { type Nginx, needsNginx, startNginx } from '../support/nginx.ts';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  expectAllClosed,
  numberedEvents,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until } from '../support/until.ts';

/** What holds messages back: without compression nginx passes on what it has as soon as it pauses. */
const BUFFERS_AND_COMPRESSES = 'proxy_buffering on; gzip on; gzip_types text/event-stream;';

let server: StreamServer | undefined;
let nginx: Nginx | undefined;
let source: EventSourceController | undefined;
let environment: RealTimeEnvironment;

beforeEach((context) => {
  needsNginx(context);
  environment = createRealTimeEnvironment();
});

afterEach(async () => {
  source?.close();
  await nginx?.stop();
  if (server !== undefined) await expectAllClosed(server);
  await server?.stop();
  source = nginx = server = undefined;
});

async function subscribe(route: Route, directives: string, options: EventSourceOptions = {}) {
  server = await startStreamServer({ '/': route });
  nginx = await startNginx(server.origin, directives);
  source = createEventSource(`${nginx.origin}/`, { environment, ...options });
  source.start();
  return source;
}

/** The numbers of all messages, as they come. */
function collectNumbers(): { numbers: number[]; onMessage: (message: { data: string }) => void } {
  const numbers: number[] = [];
  return { numbers, onMessage: ({ data }) => void numbers.push(Number(data)) };
}

function numbersTo(last: number | undefined): number[] {
  return Array.from({ length: last ?? 0 }, (_, index) => index + 1);
}

/** Events without an end, 1 every few ms, from the one after the last event id on. */
const count: Route = ({ response, resumesAfter }) => {
  let number = resumesAfter;
  openEventStream(response);
  const timer = setInterval(() => {
    number += 1;
    response.write(numberedEvents(number, number));
  }, 5);
  response.once('close', () => clearInterval(timer));
};

describe('behind nginx', () => {
  it.each([
    ['proxy_buffering off', 'proxy_buffering off;', {}],
    ['proxy_buffering on, which holds back only what it compresses', 'proxy_buffering on;', {}],
    [
      'X-Accel-Buffering: no, in spite of compression',
      BUFFERS_AND_COMPRESSES,
      { 'x-accel-buffering': 'no' },
    ],
  ])('each event arrives before the next is sent: %s', async (_name, directives, headers) => {
    const { onChunk, send } = createLockstep();
    const stream = await subscribe(
      ({ response }) => {
        openEventStream(response, headers);
        return send(
          response,
          numbersTo(20).map((number) => numberedEvents(number, number)),
        );
      },
      directives,
      { onChunk },
    );
    const { messages } = await until(stream, ({ data }) => data === '20');
    expect(messages.map(({ data }) => Number(data))).toEqual(numbersTo(20));
    expect(environment.warnings).toEqual([]);
  });

  it('events that it compresses come all at once at the end, and development says why', async () => {
    const clock = { now: Date.now(), ended: false };
    const endedAtMessage: boolean[] = [];
    const stream = await subscribe(
      async ({ response, number }) => {
        openEventStream(response);
        if (number > 1) return;
        for (const event of numbersTo(20)) {
          await new Promise((sent) => response.write(numberedEvents(event, event), sent));
        }
        clock.now += 3000;
        clock.ended = true;
        response.end();
      },
      BUFFERS_AND_COMPRESSES,
      {
        environment: { ...environment, now: () => clock.now },
        onMessage: () => endedAtMessage.push(clock.ended),
      },
    );
    await until(stream, ({ lastEventId }) => lastEventId === '20');
    expect(endedAtMessage).toEqual(numbersTo(20).map(() => true));
    expect(environment.warnings).toHaveLength(1);
    expect(environment.warnings[0]).toContain('X-Accel-Buffering: no');
  });

  it('a stream that proxy_read_timeout cuts in its silence is resumed, and loses nothing', async () => {
    const errors: StreamError[] = [];
    const { numbers, onMessage } = collectNumbers();
    const stream = await subscribe(
      ({ response, resumesAfter }) => {
        openEventStream(response);
        response.write(numberedEvents(resumesAfter + 1, resumesAfter + 3));
      },
      'proxy_read_timeout 1s;',
      { onMessage, onError: (error) => errors.push(error) },
    );
    await until(stream, ({ lastEventId }) => lastEventId === '9');
    expect(numbers).toEqual(numbersTo(9));
    expect(errors.map(({ code }) => code)).toEqual(['network', 'network']);
    expect(server?.requests('/').map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '3',
      '6',
    ]);
  });

  it('a stream is resumed over reloads of nginx, and loses nothing', async () => {
    const { numbers, onMessage } = collectNumbers();
    const stream = await subscribe(count, 'proxy_buffering off;', { onMessage });
    for (const attempt of [1, 2, 3]) {
      const begun = await until(
        stream,
        (snapshot) => snapshot.attempt === attempt && snapshot.status === 'open',
      );
      await until(
        stream,
        ({ lastEventId }) => Number(lastEventId) > Number(begun.lastEventId) + 20,
      );
      if (attempt < 3) nginx?.reload();
    }
    expect(server?.requests('/')).toHaveLength(3);
    expect(numbers.length).toBeGreaterThan(60);
    expect(numbers).toEqual(numbersTo(numbers.at(-1)));
  });

  it('a stream is resumed when the server behind it was down, and loses nothing', async () => {
    const errors: StreamError[] = [];
    const { numbers, onMessage } = collectNumbers();
    const stream = await subscribe(count, 'proxy_buffering off;', {
      onMessage,
      onError: (error) => errors.push(error),
    });
    await until(stream, ({ lastEventId }) => Number(lastEventId) > 20);
    const port = Number(new URL(server?.origin ?? '').port);
    await server?.stop();
    await until(stream, ({ error }) => error?.status === 502);
    server = await startStreamServer({ '/': count }, port);
    const reopened = await until(stream, ({ status }) => status === 'open');
    await until(
      stream,
      ({ lastEventId }) => Number(lastEventId) > Number(reopened.lastEventId) + 20,
    );
    expect(errors[0]?.code).toBe('network');
    expect(numbers.length).toBeGreaterThan(40);
    expect(numbers).toEqual(numbersTo(numbers.at(-1)));
  });
});
