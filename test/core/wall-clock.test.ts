import { createEventSource, createStreamingFetch } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createMockServer } from '../support/mock-server.ts';
import { createWire } from '../support/wire.ts';

const TEN_MINUTES = 600_000;

/** An environment whose wall clock can be set, while the other clock goes on evenly. */
function withWallClock<TEnvironment extends { now(): number; wallClock(): number }>(
  environment: TEnvironment,
) {
  let offset = 0;
  return {
    environment: { ...environment, wallClock: () => environment.now() + offset },
    set(byMs: number) {
      offset += byMs;
    },
  };
}

describe('a wall clock that is set back ten minutes while a stream is open', () => {
  function open(options: { idleTimeoutMs?: number; flush?: number } = {}) {
    const server = createMockServer();
    const clock = withWallClock(server.environment);
    const source = createEventSource('/events', { environment: clock.environment, ...options });
    source.start();
    return { server, clock, source, advance: server.environment.advance };
  }

  test('holds back nothing that is to be shown', async () => {
    const { server, clock, source, advance } = open({ flush: 200 });
    await advance(0);
    server.stream.send('first');
    await advance(200);
    clock.set(-TEN_MINUTES);
    server.stream.send('second');
    await advance(400);
    expect(source.getSnapshot().data).toBe('second');
    source.close();
  });

  test('holds back no deadline', async () => {
    const { clock, source, advance } = open({ idleTimeoutMs: 30_000 });
    await advance(1000);
    clock.set(-TEN_MINUTES);
    await advance(29_000);
    expect(source.getSnapshot().error?.code).toBe('timeout-idle');
    source.close();
  });

  test('hides no sleep that comes later', async () => {
    const { server, clock, source, advance } = open();
    await advance(20_000);
    clock.set(-TEN_MINUTES);
    await advance(20_000);
    expect(server.requests).toHaveLength(1);
    // The wall clock counts the sleep, and the other one does not.
    clock.set(TEN_MINUTES);
    await advance(15_000);
    expect(server.requests).toHaveLength(2);
    source.close();
  });

  test('holds back no retry', async () => {
    const { server, clock, source, advance } = open();
    await advance(0);
    server.stream.fail();
    await advance(0);
    clock.set(-TEN_MINUTES);
    await advance(100);
    expect(source.getSnapshot()).toMatchObject({ status: 'open', attempt: 2 });
    source.close();
  });

  test('is not evidence that the connection died', async () => {
    const { server, clock, source, advance } = open();
    await advance(1000);
    clock.set(-TEN_MINUTES);
    await advance(100_000);
    expect(server.requests).toHaveLength(1);
    source.close();
  });

  test('makes no time of an answer negative', async () => {
    const wire = createWire();
    const clock = withWallClock(wire.environment);
    const run = createStreamingFetch('/api', { environment: clock.environment });
    const end = run.start();
    await wire.environment.advance(100);
    clock.set(-TEN_MINUTES);
    await wire.send('a');
    await wire.environment.advance(100);
    await wire.close();
    expect((await end).timing).toEqual({ firstByteMs: 100, firstMessageMs: 100, durationMs: 200 });
  });
});

test('a `Retry-After` that is a date is one of the wall clock', async () => {
  const now = Date.UTC(2030, 0, 1);
  const server = createMockServer(
    () =>
      new Response('', {
        status: 503,
        headers: { 'retry-after': 'Tue, 01 Jan 2030 00:01:00 GMT' },
      }),
  );
  const environment = { ...server.environment, wallClock: () => now };
  const source = createEventSource('/events', { environment });
  source.start();
  await server.environment.settle();
  expect(source.getSnapshot()).toMatchObject({
    error: { retryAfterMs: 60_000 },
    nextRetryAt: server.environment.now() + 60_000,
  });
  source.close();
});

test('a wall clock that jumped ahead while the other stood still is a sleep: it reconnects', async () => {
  const server = createMockServer();
  const clock = withWallClock(server.environment);
  const source = createEventSource('/events', { environment: clock.environment });
  source.start();
  await server.environment.advance(1000);
  clock.set(TEN_MINUTES);
  await server.environment.advance(15_000);
  expect(server.requests).toHaveLength(2);
  source.close();
});
