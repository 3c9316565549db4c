import type { EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { drop, type Subscription, send, subscribe } from '../../support/subscribe.ts';

/** An open subscription whose connection breaks while the page may be about to go. */
async function breakWhileLeaving(options?: EventSourceOptions): Promise<Subscription> {
  const subscription = await subscribe(options);
  await send(subscription, 'id: 1\ndata: x\n\n');
  subscription.environment.beforeUnload();
  await drop(subscription);
  return subscription;
}

const errorsOf = ({ log }: Subscription) => log.errors.map(({ code }) => code);

describe('a failure after `beforeunload`', () => {
  test('is held back: the status stays, and no callback is called', async () => {
    const subscription = await breakWhileLeaving();
    await subscription.environment.advance(4999);
    expect(subscription.snapshot().status).toBe('open');
    expect(errorsOf(subscription)).toEqual([]);
    expect(subscription.requests).toHaveLength(1);
  });

  test('is told at once where the server answers with it', async () => {
    let answer: (response: Response) => void = () => {};
    const answered = new Promise<Response>((resolve) => {
      answer = resolve;
    });
    const subscription = await subscribe({ retry: false }, () => answered);
    subscription.environment.beforeUnload();
    answer(new Response('', { status: 500 }));
    await subscription.environment.settle();
    expect(subscription.snapshot()).toMatchObject({ status: 'failed', error: { status: 500 } });
  });

  test('is never reported once the page is hidden for good', async () => {
    const subscription = await breakWhileLeaving();
    subscription.environment.signal({ type: 'pagehide', persisted: false });
    await subscription.environment.advance(60_000);
    expect(errorsOf(subscription)).toEqual([]);
    expect(subscription.requests).toHaveLength(1);
  });

  test('takes effect after 5 s on a page that stays, as if it had just happened', async () => {
    const subscription = await breakWhileLeaving();
    await subscription.environment.advance(5000);
    expect(subscription.snapshot().status).toBe('waiting');
    expect(errorsOf(subscription)).toEqual(['network']);
    await subscription.environment.advance(100);
    expect(subscription.snapshot()).toMatchObject({ status: 'open', attempt: 2 });
    expect(subscription.server.request.headers.get('last-event-id')).toBe('1');
  });

  test('takes effect after 5 s for what may not be repeated, too', async () => {
    const subscription = await breakWhileLeaving({ method: 'POST' });
    await subscription.environment.advance(5000);
    expect(subscription.snapshot()).toMatchObject({ status: 'failed', error: { code: 'network' } });
  });

  test('is evidence when the page comes back from the back/forward cache', async () => {
    const subscription = await breakWhileLeaving();
    subscription.environment.signal({ type: 'pagehide', persisted: true });
    await subscription.environment.advance(60_000);
    subscription.environment.signal({ type: 'pageshow', persisted: true });
    await subscription.environment.settle();
    expect(subscription.snapshot()).toMatchObject({ status: 'open', attempt: 2 });
    expect(errorsOf(subscription)).toEqual([]);
  });

  test('is forgotten by a close', async () => {
    const subscription = await breakWhileLeaving();
    subscription.source.close();
    await subscription.environment.advance(60_000);
    expect(subscription.snapshot()).toMatchObject({ status: 'aborted', error: null });
    expect(errorsOf(subscription)).toEqual([]);
    expect(subscription.environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });

  test('is forgotten by a reconnect, which is at once', async () => {
    const subscription = await breakWhileLeaving();
    subscription.source.reconnect();
    await subscription.environment.advance(60_000);
    expect(subscription.requests).toHaveLength(2);
    expect(errorsOf(subscription)).toEqual([]);
  });
});

test('a clean end after `beforeunload` is held back like a failure', async () => {
  const subscription = await subscribe();
  subscription.environment.beforeUnload();
  subscription.server.stream.close();
  await subscription.environment.advance(4999);
  expect(subscription.snapshot().status).toBe('open');
  await subscription.environment.advance(1);
  expect(subscription.snapshot().status).toBe('waiting');
});

test('a failure more than 5 s after `beforeunload` is reported at once', async () => {
  const subscription = await subscribe();
  subscription.environment.beforeUnload();
  await subscription.environment.advance(5000);
  await drop(subscription);
  expect(subscription.snapshot().status).toBe('waiting');
});

test('messages still arrive while the page may be about to go', async () => {
  const subscription = await subscribe();
  subscription.environment.beforeUnload();
  await send(subscription, 'data: x\n\n');
  expect(subscription.log.lines).toContain('message x');
});

test('`beforeunload` is listened to only while a request is in progress', async () => {
  const subscription = await subscribe();
  const open = subscription.environment.pending().listeners;
  await drop(subscription);
  expect(subscription.snapshot().status).toBe('waiting');
  expect(subscription.environment.pending().listeners).toBe(open - 1);
});
