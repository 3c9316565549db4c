import { describe, expect, test } from 'vitest';
import {
  always,
  atFirst,
  drop,
  type Subscription,
  send,
  subscribe,
} from '../../support/subscribe.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long a waiting subscription waits. */
function delayOf({ snapshot, environment }: Subscription): number {
  const { status, nextRetryAt } = snapshot();
  expect(status).toBe('waiting');
  return (nextRetryAt ?? Number.NaN) - environment.now();
}

/** Ends the newest stream and lets that be noticed. */
async function end({ server }: Subscription): Promise<void> {
  server.stream.close();
  await server.environment.settle();
}

/** Lets the wait pass. */
async function wait(subscription: Subscription): Promise<void> {
  await subscription.environment.advance(delayOf(subscription));
}

describe('how long a subscription waits', () => {
  test('100 ms at least, after a clean end too', async () => {
    const subscription = await subscribe();
    for (let round = 0; round < 5; round += 1) {
      await end(subscription);
      expect(delayOf(subscription)).toBe(100);
      await wait(subscription);
    }
    expect(subscription.requests).toHaveLength(6);
  });

  test('a random part that doubles with every failure in a row, up to a ceiling', async () => {
    const subscription = await subscribe({}, always(503), { random: 0.5 });
    const delays: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      delays.push(delayOf(subscription));
      await wait(subscription);
    }
    expect(delays).toEqual([600, 1100, 2100, 4100, 8100, 15_100, 15_100, 15_100]);
  });

  test('the widths that `retry` names', async () => {
    const retry = { baseDelayMs: 10, maxDelayMs: 25 };
    const subscription = await subscribe({ retry }, always(503), { random: 1 });
    const delays: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      delays.push(delayOf(subscription));
      await wait(subscription);
    }
    expect(delays).toEqual([110, 120, 125, 125]);
  });

  test('the `retry:` of the server is a floor, and the base of the random part', async () => {
    const calm = await subscribe();
    await send(calm, 'retry: 5000\n\n');
    await drop(calm);
    expect(delayOf(calm)).toBe(5000);

    const random = await subscribe({ retry: { baseDelayMs: 1 } }, undefined, { random: 0.5 });
    await send(random, 'retry: 5000\n\n');
    await drop(random);
    expect(delayOf(random)).toBe(7500);
  });

  test('a `retry:` under 100 ms does not undercut the floor', async () => {
    const subscription = await subscribe();
    await send(subscription, 'retry: 0\n\n');
    await end(subscription);
    expect(delayOf(subscription)).toBe(100);
  });

  test.each(['1e3', '-5', '+5', '5.5', ' ', '٣', '0x10', 'soon'])(
    'a `retry:` of %j is none',
    async (value) => {
      const subscription = await subscribe();
      await send(subscription, `retry: ${value}\n\n`);
      await drop(subscription);
      expect(delayOf(subscription)).toBe(100);
    },
  );

  test.each(['2147483648', '99999999999', '9'.repeat(400)])(
    'a `retry:` of %s waits as long as a timer can, and not 0 ms',
    async (value) => {
      const subscription = await subscribe({}, undefined, { random: 0.9 });
      await send(subscription, `retry: ${value}\n\n`);
      await drop(subscription);
      expect(delayOf(subscription)).toBe(LONGEST_TIMER_MS);
    },
  );

  test('the `retry:` of the server outlives its connection', async () => {
    const subscription = await subscribe();
    await send(subscription, 'retry: 700\n\n');
    await end(subscription);
    await wait(subscription);
    await end(subscription);
    expect(delayOf(subscription)).toBe(700);
  });

  test('`Retry-After` in seconds is a floor, and the random part comes on top', async () => {
    const subscription = await subscribe({}, always(503, { 'retry-after': '7' }), { random: 0.5 });
    expect(delayOf(subscription)).toBe(7500);
    expect(subscription.snapshot().error?.retryAfterMs).toBe(7000);
  });

  test('`Retry-After` as an HTTP date is a floor', async () => {
    const now = Date.UTC(2030, 0, 1, 12, 0, 0);
    const headers = { 'retry-after': 'Tue, 01 Jan 2030 12:00:09 GMT' };
    const subscription = await subscribe({}, always(429, headers), { now });
    expect(delayOf(subscription)).toBe(9000);
  });

  test.each([
    ['a past date', 'Tue, 01 Jan 1980 12:00:09 GMT', 100],
    ['nonsense', 'presently', 100],
    ['nothing', '', 100],
    ['an age', '99999999999', LONGEST_TIMER_MS],
  ])('`Retry-After` of %s', async (_, value, expected) => {
    const now = Date.UTC(2030, 0, 1);
    const subscription = await subscribe({}, always(503, { 'retry-after': value }), { now });
    expect(delayOf(subscription)).toBe(expected);
  });

  test('`Retry-After` belongs to its answer, and is over with the next', async () => {
    const busy = () => new Response('', { status: 503, headers: { 'retry-after': '7' } });
    const subscription = await subscribe({}, atFirst(busy));
    await wait(subscription);
    await drop(subscription);
    expect(delayOf(subscription)).toBe(100);
  });

  test('`shouldRetry` may name the delay, which is kept to what a timer can hold', async () => {
    const named = await subscribe({ retry: { shouldRetry: () => 4321 } }, always(404));
    expect(delayOf(named)).toBe(4321);
    const endless = await subscribe({ retry: { shouldRetry: () => Infinity } }, always(404));
    expect(delayOf(endless)).toBe(LONGEST_TIMER_MS);
  });
});

test('a server that said `retry: 0` and went down is asked less and less often', async () => {
  const subscription = await subscribe(
    {},
    (_, index) => (index === 0 ? undefined : new Response('', { status: 503 })),
    { random: 1 },
  );
  await send(subscription, 'retry: 0\n\n');
  await drop(subscription);
  const delays: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    delays.push(delayOf(subscription));
    await wait(subscription);
  }
  expect(delays).toEqual([1100, 2100, 4100, 8100, 16_100, 30_100, 30_100]);
});

test('a server that opens and never sends a byte is given up after `maxAttempts`', async () => {
  const subscription = await subscribe({ idleTimeoutMs: 6000, retry: { maxAttempts: 3 } });
  await subscription.environment.advance(100_000);
  expect(subscription.snapshot()).toMatchObject({
    status: 'failed',
    error: { code: 'retries-exhausted', cause: { code: 'timeout-idle' } },
  });
  expect(subscription.requests).toHaveLength(3);
});

describe('when the count of failures starts again', () => {
  /** Connects, does something, drops; three times. Returns the delays. */
  async function rounds(act: (subscription: Subscription, round: number) => Promise<void>) {
    const subscription = await subscribe({}, undefined, { random: 1 });
    const delays: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      await act(subscription, round);
      await drop(subscription);
      delays.push(delayOf(subscription));
      await wait(subscription);
    }
    return delays;
  }

  test('not at an open: connecting and dropping keeps backing off', async () => {
    expect(await rounds(async () => {})).toEqual([1100, 2100, 4100]);
  });

  test('not at a message without an id: greeting and dropping keeps backing off', async () => {
    const delays = await rounds((subscription) => send(subscription, 'data: hello\n\n'));
    expect(delays).toEqual([1100, 2100, 4100]);
  });

  test('not at a message that repeats the last event id', async () => {
    const delays = await rounds((subscription) => send(subscription, 'id: 1\ndata: hello\n\n'));
    expect(delays).toEqual([1100, 2100, 4100]);
  });

  test('at a message that moved the last event id', async () => {
    const delays = await rounds((subscription, round) =>
      send(subscription, `id: ${round}\ndata: new\n\n`),
    );
    expect(delays).toEqual([1100, 1100, 1100]);
  });

  /** Sends a comment now and another one after so many ms. */
  async function bytesOver(subscription: Subscription, ms: number) {
    await send(subscription, ':\n\n');
    await subscription.environment.advance(ms);
    await send(subscription, ':\n\n');
  }

  test('after bytes over 5 s, and not before', async () => {
    const late = await rounds((subscription) => bytesOver(subscription, 5000));
    expect(late).toEqual([1100, 1100, 1100]);
    const early = await rounds((subscription) => bytesOver(subscription, 4999));
    expect(early).toEqual([1100, 2100, 4100]);
  });

  test('not after an open without a byte, however long', async () => {
    const delays = await rounds(({ environment }) => environment.advance(60_000));
    expect(delays).toEqual([1100, 2100, 4100]);
  });

  test('after bytes over 5 s also when evidence of a dead connection ended it', async () => {
    const subscription = await subscribe({}, undefined, { random: 1 });
    await drop(subscription);
    await wait(subscription);
    await bytesOver(subscription, 60_000);
    subscription.environment.signal({ type: 'freeze' });
    subscription.environment.signal({ type: 'resume' });
    await subscription.environment.settle();
    await drop(subscription);
    expect(delayOf(subscription)).toBe(1100);
  });

  test('at a reconnect', async () => {
    const subscription = await subscribe({}, undefined, { random: 1 });
    await drop(subscription);
    await wait(subscription);
    subscription.source.reconnect();
    await subscription.environment.settle();
    await drop(subscription);
    expect(delayOf(subscription)).toBe(1100);
  });
});
