import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
} from 'rivulet/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRealTimeEnvironment,
  type RealTimeEnvironment,
} from '../support/real-time-environment.ts';
import {
  expectAllClosed,
  expectOpen,
  numberedEvents,
  openEventStream,
  type Route,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';

/* Decision 18 at the server: how many connections subscriptions that share one make. */

let server: StreamServer;
let environment: RealTimeEnvironment;
const sources = new Set<EventSourceController>();

beforeEach(() => {
  environment = createRealTimeEnvironment();
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

function join(options: EventSourceOptions = {}): EventSourceController {
  const source = createEventSource(server.url('/'), { environment, share: true, ...options });
  sources.add(source);
  source.start();
  return source;
}

/** Two events after the last event id, then silence. */
const twoMore: Route = ({ response, resumesAfter }) => {
  openEventStream(response);
  response.write(numberedEvents(resumesAfter + 1, resumesAfter + 2));
};

function dataOf(source: EventSourceController): string[] {
  return source.getSnapshot().messages.map(({ data }) => data);
}

describe('decision 18: subscriptions that share', () => {
  it('make one request, get every event each, and close it 1 s after the last has left', async () => {
    await serve(twoMore);
    const members = Array.from({ length: 5 }, () => join());
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '2')));
    expect(members.map(dataOf)).toEqual(members.map(() => ['1', '2']));
    for (const member of members.slice(1)) member.close();
    expect(members.map((member) => member.getSnapshot().status)).toEqual([
      'open',
      'aborted',
      'aborted',
      'aborted',
      'aborted',
    ]);
    await expectOpen(server, 1);
    const leftAt = Date.now();
    members[0]?.close();
    await expectAllClosed(server);
    expect(Date.now() - leftAt).toBeGreaterThanOrEqual(999);
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
    expect(await environment.fetchCalls()).toBe(1);
  });

  it('go over to one who comes while the connection lingers, without past events', async () => {
    await serve(twoMore);
    const first = join();
    await until(first, ({ data }) => data === '2');
    first.close();
    const late = join();
    expect(await untilStatus(late, 'open')).toMatchObject({ lastEventId: '2', messages: [] });
    expect(await environment.fetchCalls()).toBe(1);
  });

  it('are resumed together over a dropped connection', async () => {
    await serve(({ response, number, resumesAfter }) => {
      openEventStream(response);
      const events = numberedEvents(resumesAfter + 1, resumesAfter + 2);
      if (number === 1) response.write(events, () => response.destroy());
      else response.write(events);
    });
    const members = [join(), join()];
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '4')));
    expect(members.map(dataOf)).toEqual(members.map(() => ['1', '2', '3', '4']));
    expect(server.requests('/')).toHaveLength(2);
  });

  it('are reconnected together by reconnect() of one', async () => {
    await serve(twoMore);
    const members = [join(), join()];
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '2')));
    members[1]?.reconnect();
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '4')));
    await expectOpen(server, 1);
    expect(server.requests('/')).toHaveLength(2);
  });

  it('with other credentials or another key make requests of their own', async () => {
    await serve(twoMore);
    const members = [join(), join({ withCredentials: true }), join({ key: 'other user' })];
    await Promise.all(members.map((member) => untilStatus(member, 'open')));
    expect(await environment.fetchCalls()).toBe(3);
  });
});
