import type { TestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { freeze, goOfflineAndBack, sleep } from '../../support/interruptions.ts';
import { always, atFirst, drop, send, subscribe } from '../../support/subscribe.ts';

const showAgain = (page: TestEnvironment) => {
  page.signal({ type: 'pagehide', persisted: true });
  page.signal({ type: 'pageshow', persisted: true });
};

const slow = { retry: { baseDelayMs: 25_000 } };

describe('a pending retry', () => {
  test.each<[string, (page: TestEnvironment) => void]>([
    ['a resume after a freeze', freeze],
    ['`online` after `offline`', goOfflineAndBack],
    ['`pageshow` of a page that was kept', showAgain],
  ])('is cut short by %s', async (_, interrupt) => {
    const subscription = await subscribe(slow, undefined, { random: 1 });
    await drop(subscription);
    interrupt(subscription.environment);
    await subscription.environment.settle();
    expect(subscription.requests).toHaveLength(2);
    expect(subscription.snapshot().status).toBe('open');
  });

  test('that is due, while its timer sleeps, is sent on becoming visible', async () => {
    const subscription = await subscribe(slow, undefined, { random: 1 });
    const { environment, requests } = subscription;
    await drop(subscription);
    environment.setVisible(false);
    sleep(environment, 25_099);
    environment.setVisible(true);
    await environment.settle();
    expect(requests).toHaveLength(1);
    sleep(environment, 1);
    environment.setVisible(true);
    await environment.settle();
    expect(requests).toHaveLength(2);
  });

  test.each<[string, (page: TestEnvironment) => void]>([
    ['a resume after a freeze', freeze],
    ['`online` after `offline`', goOfflineAndBack],
    ['`pageshow` of a page that was kept', showAgain],
    ['becoming visible', (page) => page.setVisible(true)],
  ])('is not cut short by %s while a `Retry-After` runs', async (_, interrupt) => {
    const subscription = await subscribe({}, always(503, { 'retry-after': '30' }));
    const { environment, requests, snapshot } = subscription;
    const due = snapshot().nextRetryAt;
    await environment.advance(10_000);
    interrupt(environment);
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'waiting', nextRetryAt: due });
    await environment.advance(19_999);
    expect(requests).toHaveLength(1);
    await environment.advance(1);
    expect(requests).toHaveLength(2);
  });
});

describe('a pending retry is left alone', () => {
  test.each<[string, (page: TestEnvironment) => void, (page: TestEnvironment) => void]>([
    ['resume', freeze, (page) => page.signal({ type: 'resume' })],
    ['online', goOfflineAndBack, (page) => page.setOnline(true)],
    ['pageshow', showAgain, (page) => page.signal({ type: 'pageshow', persisted: true })],
  ])('by a second `%s` of one interruption', async (_, interrupt, repeat) => {
    const subscription = await subscribe(slow, undefined, { random: 1 });
    const { environment, requests } = subscription;
    interrupt(environment);
    await environment.advance(2000);
    expect(requests).toHaveLength(2);
    await drop(subscription);
    repeat(environment);
    await environment.settle();
    expect(subscription.snapshot().status).toBe('waiting');
    expect(requests).toHaveLength(2);
  });

  test.each<[string, (page: TestEnvironment) => void, (page: TestEnvironment) => void]>([
    [
      'freeze',
      (page) => page.signal({ type: 'freeze' }),
      (page) => page.signal({ type: 'resume' }),
    ],
    [
      'stay in the cache',
      (page) => page.signal({ type: 'pagehide', persisted: true }),
      (page) => page.signal({ type: 'pageshow', persisted: true }),
    ],
  ])('by the end of a %s that began when nobody was connected any more', async (_, begin, end) => {
    const subscription = await subscribe(slow, undefined, { random: 1 });
    const { environment, source, snapshot } = subscription;
    begin(environment);
    source.close();
    source.reconnect();
    await environment.settle();
    await drop(subscription);
    end(environment);
    await environment.settle();
    expect(snapshot().status).toBe('waiting');
  });
});

describe('offline', () => {
  test('holds back a retry, and says so, until `online`', async () => {
    const subscription = await subscribe();
    const { environment, snapshot, requests, log } = subscription;
    environment.setOnline(false);
    await drop(subscription);
    expect(snapshot()).toMatchObject({
      status: 'paused',
      readyState: 0,
      pausedBy: ['offline'],
      nextRetryAt: null,
      error: { code: 'network' },
    });
    expect(log.lines).toContain('network, will retry');
    await environment.advance(29_999);
    expect(requests).toHaveLength(1);
    environment.setOnline(true);
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 2, pausedBy: [] });
    expect(requests).toHaveLength(2);
  });

  test('holds back a retry that waits already', async () => {
    const subscription = await subscribe();
    await drop(subscription);
    subscription.environment.setOnline(false);
    expect(subscription.snapshot()).toMatchObject({ status: 'paused', pausedBy: ['offline'] });
  });

  test('is believed for 30 s at most, again and again', async () => {
    const subscription = await subscribe({}, (_, index) => {
      if (index === 0) return undefined;
      throw new TypeError('Failed to fetch');
    });
    const { environment, requests, snapshot } = subscription;
    environment.setOnline(false);
    await drop(subscription);
    await environment.advance(30_000);
    expect(requests).toHaveLength(2);
    expect(snapshot()).toMatchObject({ status: 'paused', pausedBy: ['offline'] });
    await environment.advance(30_000);
    expect(requests).toHaveLength(3);
  });

  test('does not hold back a start', async () => {
    const { environment, source, snapshot, requests } = await subscribe();
    source.close();
    environment.setOnline(false);
    source.reconnect();
    await environment.settle();
    expect(requests).toHaveLength(2);
    expect(snapshot().status).toBe('open');
  });

  test('that ends lets a `Retry-After` run on', async () => {
    const subscription = await subscribe({}, always(503, { 'retry-after': '60' }));
    const { environment, snapshot, requests } = subscription;
    const due = snapshot().nextRetryAt;
    environment.setOnline(false);
    expect(snapshot().status).toBe('paused');
    await environment.advance(20_000);
    environment.setOnline(true);
    expect(snapshot()).toMatchObject({ status: 'waiting', nextRetryAt: due });
    await environment.advance(39_999);
    expect(requests).toHaveLength(1);
    await environment.advance(1);
    expect(requests).toHaveLength(2);
  });
});

describe('a retry that is sent although the page says it is offline', () => {
  /** A subscription that goes offline for so long, with requests that all fail. */
  async function offlineFor(ms: number, maxAttempts: number) {
    const subscription = await subscribe({ retry: { maxAttempts } }, (_, index) => {
      if (index === 0) return undefined;
      throw new TypeError('Failed to fetch');
    });
    subscription.environment.setOnline(false);
    await drop(subscription);
    await subscription.environment.advance(ms);
    return subscription;
  }

  test('does not count towards `maxAttempts`, in however long a time', async () => {
    const { snapshot, requests } = await offlineFor(3_600_000, 2);
    expect(snapshot().status).toBe('paused');
    expect(requests.length).toBeGreaterThan(50);
  });

  test('leaves all of the attempts for when the page is online', async () => {
    const { snapshot, environment, requests } = await offlineFor(100_000, 3);
    const before = requests.length;
    environment.setOnline(true);
    await environment.advance(100_000);
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'retries-exhausted' } });
    // The drop was the first of three.
    expect(requests.length - before).toBe(2);
  });
});

describe('a hidden page', () => {
  test('stays connected by default', async () => {
    const subscription = await subscribe();
    subscription.environment.setVisible(false);
    await send(subscription, 'data: x\n\n');
    await subscription.environment.advance(600_000);
    expect(subscription.requests).toHaveLength(1);
    expect(subscription.snapshot()).toMatchObject({ status: 'open', data: 'x' });
  });

  test('is paused with `pauseWhenHidden`, and resumes when shown', async () => {
    const subscription = await subscribe({ pauseWhenHidden: true });
    const { environment, snapshot, server, requests } = subscription;
    await send(subscription, 'id: 7\ndata: x\n\n');
    environment.setVisible(false);
    expect(snapshot()).toMatchObject({ status: 'paused', readyState: 0, pausedBy: ['hidden'] });
    await environment.settle();
    expect(server.inProgress).toBe(0);
    freeze(environment);
    goOfflineAndBack(environment);
    await environment.advance(600_000);
    expect(requests).toHaveLength(1);

    environment.setVisible(true);
    await environment.settle();
    expect(requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '7']);
    expect(snapshot()).toMatchObject({ status: 'open', pausedBy: [], attempt: 2, data: 'x' });
  });

  test('holds back the first request with `pauseWhenHidden`', async () => {
    const { environment, source, snapshot, requests } = await subscribe({ pauseWhenHidden: true });
    source.close();
    environment.setVisible(false);
    source.reconnect();
    await environment.settle();
    expect(requests).toHaveLength(1);
    expect(snapshot()).toMatchObject({ status: 'paused', pausedBy: ['hidden'], attempt: 0 });
    environment.setVisible(true);
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 1 });
  });

  test('is not paused where the request may not be repeated', async () => {
    const { environment, snapshot } = await subscribe({ pauseWhenHidden: true, body: 'x' });
    environment.setVisible(false);
    await environment.settle();
    expect(snapshot().status).toBe('open');
  });

  test('waits for the end of a `Retry-After` when shown too early', async () => {
    const options = { pauseWhenHidden: true };
    const subscription = await subscribe(options, always(503, { 'retry-after': '60' }));
    const { environment, snapshot } = subscription;
    const due = snapshot().nextRetryAt;
    environment.setVisible(false);
    environment.setOnline(false);
    expect(snapshot()).toMatchObject({ status: 'paused', pausedBy: ['hidden'] });
    await environment.advance(10_000);
    environment.setVisible(true);
    environment.setOnline(true);
    expect(snapshot()).toMatchObject({ status: 'waiting', nextRetryAt: due });
  });

  test('forgets a `Retry-After` once the server accepted a request', async () => {
    const busy = () => new Response('', { status: 503, headers: { 'retry-after': '60' } });
    const options = { pauseWhenHidden: true, retry: { shouldRetry: () => 100 } };
    const { environment, snapshot } = await subscribe(options, atFirst(busy));
    await environment.advance(100);
    expect(snapshot().status).toBe('open');
    environment.setVisible(false);
    environment.setVisible(true);
    expect(snapshot().status).toBe('connecting');
  });
});
