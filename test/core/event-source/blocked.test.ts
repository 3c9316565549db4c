import { describe, expect, test } from 'vitest';
import { type Place, type Subscription, subscribe } from '../../support/subscribe.ts';

const PLACE: Place = { url: 'https://api.example/events?a=1#top', baseUrl: 'https://app.example/' };

/** A subscription whose request fails, and a page whose policy refuses this URL. */
async function refuse(blockedUrl: string | null): Promise<Subscription> {
  let fail = () => {};
  const subscription = await subscribe(
    {},
    () =>
      new Promise<Response>((_, reject) => {
        fail = () => reject(new TypeError('Failed to fetch'));
      }),
    PLACE,
  );
  if (blockedUrl !== null) subscription.environment.refuseByPolicy(blockedUrl);
  fail();
  await subscription.environment.settle();
  return subscription;
}

describe('a request that the policy of the page refuses', () => {
  test.each([
    ['its URL without the fragment', 'https://api.example/events?a=1'],
    ['its origin', 'https://api.example'],
  ])('is `blocked` and final, told by %s', async (_, blockedUrl) => {
    const subscription = await refuse(blockedUrl);
    expect(subscription.snapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'blocked', cause: expect.any(TypeError) },
    });
    expect(subscription.log.errors).toHaveLength(1);
    await subscription.environment.advance(100_000);
    expect(subscription.requests).toHaveLength(1);
    expect(subscription.environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });

  test('is not blamed on CORS; the advice names the directive', async () => {
    const { environment } = await refuse('https://api.example');
    expect(environment.warnings).toEqual([expect.stringContaining('`connect-src`')]);
  });
});

test.each([
  ['nothing', null],
  ['another origin', 'https://cdn.example'],
  ['another path', 'https://api.example/other'],
  ['an inline script', 'inline'],
  ['nothing that has a name', ''],
])('a request that fails while the policy refuses %s is a `network` error', async (_, blocked) => {
  const subscription = await refuse(blocked);
  expect(subscription.snapshot()).toMatchObject({ status: 'waiting', error: { code: 'network' } });
});
