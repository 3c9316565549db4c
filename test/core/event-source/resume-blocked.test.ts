import type { EventSourceOptions } from 'rivulet/core';
import type { RecordedRequest } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import {
  drop,
  type Place,
  type Respond,
  type Subscription,
  send,
  subscribe,
} from '../../support/subscribe.ts';

const CROSS_ORIGIN: Place = { url: 'https://api.example/events', baseUrl: 'https://app.example/' };

const carriesId = ({ headers }: RecordedRequest) => headers.has('last-event-id');

const fails = (): never => {
  throw new TypeError('Failed to fetch');
};

/** A server whose preflight allows no `Last-Event-ID`. */
const refusesHeader: Respond = (request) => (carriesId(request) ? fails() : undefined);

/** Opens, receives an id and drops; every request since is answered as told. */
async function resumeFrom(
  respond: Respond,
  options: EventSourceOptions = {},
  place = CROSS_ORIGIN,
): Promise<Subscription> {
  const subscription = await subscribe(options, respond, place);
  await send(subscription, 'id: 7\ndata: x\n\n');
  await drop(subscription);
  return subscription;
}

/** `id` for requests with the id, `none` for those without. */
const trail = ({ requests }: Subscription) => {
  return requests.map((request) => (carriesId(request) ? 'id' : 'none'));
};

const codes = ({ log }: Subscription) => log.errors.map(({ code }) => code);

describe('a server that refuses the header', () => {
  test('is found out by a probe, and the stream goes on without the id', async () => {
    const subscription = await resumeFrom(refusesHeader);
    const { environment, snapshot, log, server } = subscription;
    await environment.advance(10_000);
    expect(trail(subscription)).toEqual(['none', 'id', 'none', 'id', 'none']);
    expect(codes(subscription)).toEqual(['network', 'network', 'resume-blocked']);
    const advice = environment.warnings.find((warning) => warning.includes('`resume-blocked`'));
    expect(advice).toContain('Access-Control-Allow-Headers: Last-Event-ID');
    expect(advice).toContain('resume: { query');
    expect(snapshot()).toMatchObject({ status: 'open', error: null, lastEventId: '7' });

    await send(subscription, 'id: 8\ndata: y\n\n');
    expect(log.lines.at(-1)).toBe('message y');
    await drop(subscription);
    await environment.advance(10_000);
    expect(trail(subscription).slice(5)).toEqual(['none']);
    expect(codes(subscription).filter((code) => code === 'resume-blocked')).toHaveLength(1);
    expect(server.inProgress).toBe(1);
  });

  test('the probe is aborted with no byte delivered, and the id is tried once more at once', async () => {
    const subscription = await resumeFrom((request, index) => {
      if (carriesId(request)) return fails();
      if (index === 0) return undefined;
      return new Response('id: 99\ndata: lost\n\n', {
        headers: { 'content-type': 'text/event-stream' },
      });
    });
    const { environment, log, requests } = subscription;
    // Its own failure, that of the first attempt with the id, then the probe.
    await environment.advance(200);
    expect(trail(subscription)).toEqual(['none', 'id', 'none', 'id']);
    expect(requests[2]?.isAborted).toBe(true);
    expect(log.lines).not.toContain('message lost');
    expect(log.lines.filter((line) => line === 'opened with 200')).toHaveLength(1);
  });

  test('is met again by a new lifecycle, which finds it out again', async () => {
    const subscription = await resumeFrom(refusesHeader);
    await subscription.environment.advance(10_000);
    subscription.source.reconnect();
    await subscription.environment.advance(10_000);
    expect(trail(subscription).slice(5)).toEqual(['id', 'none', 'id', 'none']);
    expect(subscription.snapshot()).toMatchObject({ status: 'open', error: null });
  });
});

describe('a server that was merely down', () => {
  test.each([1, 2, 3, 4, 5])('for %i attempts loses nothing', async (attempts) => {
    const isDown = (index: number) => index >= 1 && index <= attempts;
    const subscription = await resumeFrom((_, index) => (isDown(index) ? fails() : undefined));
    await subscription.environment.advance(10_000);
    expect(subscription.requests.at(-1)?.headers.get('last-event-id')).toBe('7');
    expect(codes(subscription)).not.toContain('resume-blocked');
    expect(subscription.snapshot().status).toBe('open');
    expect(subscription.server.inProgress).toBe(1);
  });

  test('and is down again between the probe and its confirmation, without evidence', async () => {
    const subscription = await resumeFrom((_, index) => {
      if (index === 1) return fails();
      // The probe is answered, but not accepted.
      if (index === 2) return new Response('', { status: 503 });
      if (index === 3) return fails();
      return undefined;
    });
    await subscription.environment.advance(10_000);
    expect(trail(subscription)).toEqual(['none', 'id', 'none', 'none', 'id']);
    expect(codes(subscription)).not.toContain('resume-blocked');
  });
});

describe('what is not probed', () => {
  test('the same origin, where no preflight is asked', async () => {
    const subscription = await resumeFrom(refusesHeader, {}, {});
    await subscription.environment.advance(1000);
    expect(new Set(trail(subscription).slice(1))).toEqual(new Set(['id']));
    expect(subscription.requests.length).toBeGreaterThan(5);
  });

  test('a server that never opened without an id', async () => {
    const subscription = await subscribe({ lastEventId: '7' }, refusesHeader, CROSS_ORIGIN);
    await subscription.environment.advance(1000);
    expect(new Set(trail(subscription))).toEqual(new Set(['id']));
    expect(codes(subscription)).not.toContain('resume-blocked');
  });

  test('an answer with an error status, which proves that the header is allowed', async () => {
    const subscription = await resumeFrom((request) => {
      return carriesId(request) ? new Response('', { status: 503 }) : undefined;
    });
    await subscription.environment.advance(1000);
    expect(new Set(trail(subscription).slice(1))).toEqual(new Set(['id']));
  });

  test('an id in the query, which needs no preflight', async () => {
    const subscription = await resumeFrom((_, index) => (index === 1 ? fails() : undefined), {
      resume: { query: 'id' },
    });
    await subscription.environment.advance(1000);
    expect(subscription.requests.map(({ url }) => new URL(url).search)).toEqual([
      '',
      '?id=7',
      '?id=7',
    ]);
  });

  test('a drop in mid-stream, which is not a connect failure', async () => {
    const subscription = await resumeFrom(() => undefined);
    const { environment } = subscription;
    for (let round = 0; round < 4; round += 1) {
      await environment.advance(200);
      await drop(subscription);
    }
    expect(trail(subscription)).toEqual(['none', 'id', 'id', 'id', 'id']);
  });
});

test('a redirect to another origin makes a later refusal suspicious as well', async () => {
  const redirected: Respond = (request) => {
    if (carriesId(request)) return fails();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('id: 7\ndata: x\n\n'));
        controller.close();
      },
    });
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    return Object.defineProperty(response, 'url', { value: 'https://other.example/events' });
  };
  const subscription = await subscribe({}, redirected, { baseUrl: 'https://app.example/' });
  await subscription.environment.advance(5000);
  expect(trail(subscription).slice(0, 5)).toEqual(['none', 'id', 'none', 'id', 'none']);
  expect(subscription.log.errors.map(({ code }) => code)).toContain('resume-blocked');
});
