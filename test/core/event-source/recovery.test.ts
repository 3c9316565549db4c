import type { TestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import {
  comeBackFromCache,
  freeze,
  goOfflineAndBack,
  leaveIntoCache,
  sleep,
} from '../../support/interruptions.ts';
import { drop, type Subscription, send, subscribe } from '../../support/subscribe.ts';

/** An open subscription that received an id, with a page to be interrupted. */
async function live(): Promise<Subscription> {
  const subscription = await subscribe();
  await send(subscription, 'id: 7\ndata: x\n\n');
  await subscription.environment.advance(1000);
  return subscription;
}

/** Exactly one request is live, and it is the second, which resumes. */
function expectOneResumed({ requests, server, snapshot, log }: Subscription): void {
  expect(requests).toHaveLength(2);
  expect(requests[0]?.isAborted).toBe(true);
  expect(requests[1]?.headers.get('last-event-id')).toBe('7');
  expect(server.inProgress).toBe(1);
  expect(snapshot()).toMatchObject({ status: 'open', attempt: 2, error: null, data: 'x' });
  expect(log.errors).toEqual([]);
}

describe('evidence that a connection died reconnects at once, once', () => {
  test('a resume after a freeze', async () => {
    const subscription = await live();
    freeze(subscription.environment);
    await subscription.environment.settle();
    expectOneResumed(subscription);
    expect(subscription.log.lines.slice(-3)).toEqual([
      'open -> connecting',
      'connecting -> open',
      'opened with 200',
    ]);
  });

  test('`online` after `offline`', async () => {
    const subscription = await live();
    goOfflineAndBack(subscription.environment);
    await subscription.environment.settle();
    expectOneResumed(subscription);
  });

  test('`offline` alone leaves the connection alone: it may well work', async () => {
    const subscription = await live();
    subscription.environment.setOnline(false);
    await subscription.environment.advance(60_000);
    expect(subscription.requests).toHaveLength(1);
    expect(subscription.snapshot().status).toBe('open');
  });

  test.each([
    ['over 75 s late', 15_000 + 75_001, 2],
    ['75 s late', 15_000 + 75_000 - 1000, 1],
  ])('a tick that is %s', async (_, ms, expected) => {
    const subscription = await live();
    const { environment } = subscription;
    sleep(environment, ms - 1000);
    await environment.advance(0);
    expect(subscription.requests).toHaveLength(expected);
  });

  test('a tick that is late, seen on becoming visible', async () => {
    const subscription = await live();
    const { environment } = subscription;
    environment.setVisible(false);
    sleep(environment, 200_000);
    environment.setVisible(true);
    await environment.settle();
    expectOneResumed(subscription);
  });

  test('a page that ticks once a minute, as a hidden one does, is not asleep', async () => {
    const subscription = await live();
    const { environment } = subscription;
    for (let minute = 0; minute < 10; minute += 1) {
      sleep(environment, 60_000);
      await environment.advance(0);
    }
    expect(subscription.requests).toHaveLength(1);
  });

  test('a page back from the cache with no byte within 2 s', async () => {
    const subscription = await live();
    const { environment } = subscription;
    leaveIntoCache(environment);
    await environment.advance(5000);
    comeBackFromCache(environment);
    await environment.advance(1999);
    expect(subscription.requests).toHaveLength(1);
    await environment.advance(1);
    expectOneResumed(subscription);
  });

  test('a page back from the cache whose backlog arrives keeps its stream', async () => {
    const subscription = await live();
    const { environment, requests } = subscription;
    leaveIntoCache(environment);
    await environment.advance(5000);
    comeBackFromCache(environment);
    await send(subscription, ': still here\n\n');
    await environment.advance(20_000);
    expect(requests).toHaveLength(1);
    expect(subscription.snapshot().status).toBe('open');
  });

  test('a byte before the page came back is not a sign of life', async () => {
    const subscription = await live();
    const { environment } = subscription;
    leaveIntoCache(environment);
    await send(subscription, ': leaving\n\n');
    await environment.advance(5000);
    comeBackFromCache(environment);
    await environment.advance(2000);
    expectOneResumed(subscription);
  });

  test('an older last byte than `idleTimeoutMs` allows, seen on becoming visible', async () => {
    const subscription = await subscribe({ idleTimeoutMs: 20_000 });
    const { environment, requests, snapshot, log } = subscription;
    await send(subscription, 'id: 7\ndata: x\n\n');
    environment.setVisible(false);
    sleep(environment, 20_000);
    environment.setVisible(true);
    await environment.settle();
    expect(requests).toHaveLength(2);
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 2, error: null });
    expect(log.errors.map(({ code }) => code)).toEqual(['timeout-idle']);
  });
});

describe('what is not evidence', () => {
  test.each<[string, (page: TestEnvironment) => void]>([
    ['becoming visible', (page) => [false, true].forEach(page.setVisible)],
    [
      '`pageshow` of a page that was not kept',
      (page) => page.signal({ type: 'pageshow', persisted: false }),
    ],
    ['`pagehide` alone', (page) => page.signal({ type: 'pagehide', persisted: true })],
    ['`freeze` alone', (page) => page.signal({ type: 'freeze' })],
    ['`resume` without `freeze`', (page) => page.signal({ type: 'resume' })],
    ['`online` without `offline`', (page) => page.setOnline(true)],
    [
      'a freeze on the way into the cache',
      (page) => {
        page.signal({ type: 'pagehide', persisted: true });
        freeze(page);
      },
    ],
  ])('%s', async (_, interrupt) => {
    const subscription = await live();
    interrupt(subscription.environment);
    await subscription.environment.advance(10_000);
    expect(subscription.requests).toHaveLength(1);
    expect(subscription.snapshot().status).toBe('open');
  });

  test('an interruption that began before the attempt it would strike', async () => {
    const subscription = await live();
    const { environment, source, requests } = subscription;
    environment.signal({ type: 'freeze' });
    environment.setOnline(false);
    source.reconnect();
    await environment.settle();
    expect(requests).toHaveLength(2);
    environment.signal({ type: 'resume' });
    environment.setOnline(true);
    await environment.advance(5000);
    expect(requests).toHaveLength(2);
  });

  test('what a shown message or a new connection already answered', async () => {
    const subscription = await live();
    freeze(subscription.environment);
    await subscription.environment.settle();
    subscription.environment.signal({ type: 'resume' });
    await subscription.environment.advance(10_000);
    expectOneResumed(subscription);
  });
});

describe('everything at once gives one request', () => {
  const signals: Record<string, (page: TestEnvironment) => void> = {
    visible: (page) => page.setVisible(true),
    pageshow: (page) => page.signal({ type: 'pageshow', persisted: true }),
    online: (page) => page.setOnline(true),
    resume: (page) => page.signal({ type: 'resume' }),
  };
  const orders = permutations(Object.keys(signals));

  /** The page is put aside, and everything that can happen to it does. */
  function putAside(page: TestEnvironment): void {
    page.signal({ type: 'freeze' });
    page.signal({ type: 'pagehide', persisted: true });
    page.setVisible(false);
    page.setOnline(false);
    sleep(page, 300_000);
  }

  test.each(orders)('in the order %s, %s, %s, %s, with a late tick', async (...order) => {
    const subscription = await live();
    const { environment } = subscription;
    putAside(environment);
    for (const name of order) {
      signals[name]?.(environment);
      await environment.settle();
    }
    await environment.advance(60_000);
    expectOneResumed(subscription);
  });

  test.each(orders)('also while a retry is due: %s, %s, %s, %s', async (...order) => {
    const subscription = await live();
    const { environment, requests, server } = subscription;
    await drop(subscription);
    expect(subscription.snapshot().status).toBe('waiting');
    putAside(environment);
    for (const name of order) signals[name]?.(environment);
    await environment.advance(60_000);
    expect(requests).toHaveLength(2);
    expect(server.inProgress).toBe(1);
    expect(subscription.snapshot()).toMatchObject({ status: 'open', attempt: 2 });
  });
});

function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => {
    return permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]);
  });
}
