import type { EventSourceController, EventSourceOptions } from 'rivulet/core';
import { inPage } from 'rivulet/share';
import { describe, expect, it } from 'vitest';
import {
  expectAllClosed,
  expectOpen,
  numberedEvents,
  openEventStream,
  type Route,
} from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/* How many connections subscriptions that share one make, as the server sees it. */

const scene = createWireScene();

function join(options: EventSourceOptions = {}): EventSourceController {
  const source = scene.create({ share: inPage, ...options });
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

describe('subscriptions that share', () => {
  it('make one request, get every event each, and close it 1 s after the last has left', async () => {
    await scene.serve(twoMore);
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
    await expectOpen(scene.server, 1);
    const leftAt = Date.now();
    members[0]?.close();
    await expectAllClosed(scene.server);
    expect(Date.now() - leftAt).toBeGreaterThanOrEqual(999);
    expect(scene.environment.pending()).toEqual({ timers: 0, listeners: 0 });
    expect(await scene.environment.fetchCalls()).toBe(1);
  });

  it('go over to one who comes while the connection lingers, without past events', async () => {
    await scene.serve(twoMore);
    const first = join();
    await until(first, ({ data }) => data === '2');
    first.close();
    const late = join();
    expect(await untilStatus(late, 'open')).toMatchObject({ lastEventId: '2', messages: [] });
    expect(await scene.environment.fetchCalls()).toBe(1);
  });

  it('are resumed together over a dropped connection', async () => {
    await scene.serve(({ response, number, resumesAfter }) => {
      openEventStream(response);
      const events = numberedEvents(resumesAfter + 1, resumesAfter + 2);
      if (number === 1) response.write(events, () => response.destroy());
      else response.write(events);
    });
    const members = [join(), join()];
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '4')));
    expect(members.map(dataOf)).toEqual(members.map(() => ['1', '2', '3', '4']));
    expect(scene.server.requests('/')).toHaveLength(2);
  });

  it('are reconnected together by reconnect() of one', async () => {
    await scene.serve(twoMore);
    const members = [join(), join()];
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '2')));
    members[1]?.reconnect();
    await Promise.all(members.map((member) => until(member, ({ data }) => data === '4')));
    await expectOpen(scene.server, 1);
    expect(scene.server.requests('/')).toHaveLength(2);
  });

  it('with other credentials or another key make requests of their own', async () => {
    await scene.serve(twoMore);
    const members = [join(), join({ withCredentials: true }), join({ key: 'other user' })];
    await Promise.all(members.map((member) => untilStatus(member, 'open')));
    expect(await scene.environment.fetchCalls()).toBe(3);
  });
});
