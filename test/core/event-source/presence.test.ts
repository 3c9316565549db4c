import type { EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { manageEventSource } from '../../../src/core/event-source/event-source.ts';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../../support/mock-server.ts';

/** A controller as a hook makes it, before anything is mounted. */
function create(options: EventSourceOptions = {}) {
  const server = createMockServer();
  const { environment } = server;
  const source = manageEventSource(
    '/events',
    { environment, ...options },
    { enabled: options.enabled ?? true, replaces: undefined },
  );
  return { server, environment, source, snapshot: source.getSnapshot };
}

/** A mounted one that received an event. */
async function mounted(options: EventSourceOptions = {}) {
  const given = create(options);
  given.source.retain();
  await given.environment.settle();
  given.server.stream.send({ id: 1, data: 'x' });
  await given.environment.advance(100);
  return given;
}

describe('mounting', () => {
  test('starts one microtask later, once', async () => {
    const { server, environment, source, snapshot } = create();
    source.retain();
    expect(server.requests).toHaveLength(0);
    await environment.settle();
    expect(server.requests).toHaveLength(1);
    expect(snapshot().status).toBe('open');
  });

  test('destroyed and created in one flush leaves the running request alone', async () => {
    const { server, environment, source, snapshot } = create();
    source.retain();
    source.release();
    source.retain();
    await environment.settle();
    source.release();
    source.retain();
    await environment.settle();
    expect(server.requests.map(({ isAborted }) => isAborted)).toEqual([false]);
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 1 });
  });

  test('taken back in the same flush sends nothing', async () => {
    const { server, environment, source } = create();
    source.retain();
    source.release();
    await environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});

describe('unmounting', () => {
  test('aborts, keeps the data, and leaves nothing behind', async () => {
    const { server, environment, source, snapshot } = await mounted();
    source.release();
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'aborted', reason: 'unmounted', data: 'x' });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('and mounting again resumes what may be repeated', async () => {
    const { server, environment, source, snapshot } = await mounted();
    source.release();
    await environment.settle();
    source.retain();
    await environment.settle();
    expect(server.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1']);
    expect(snapshot()).toMatchObject({ status: 'open', data: 'x' });
  });

  test('and mounting again leaves alone what may not be repeated', async () => {
    const { server, environment, source, snapshot } = await mounted({ body: 'prompt' });
    source.release();
    await environment.settle();
    source.retain();
    await environment.advance(60_000);
    expect(server.requests).toHaveLength(1);
    expect(snapshot()).toMatchObject({ status: 'aborted', reason: 'unmounted' });
  });

  test('and mounting again sends the Idempotency-Key of before', async () => {
    let made = 0;
    const headers = () => {
      made += 1;
      return { 'Idempotency-Key': `key ${made}` };
    };
    const { server, environment, source } = await mounted({ body: 'prompt', headers });
    source.release();
    await environment.settle();
    source.retain();
    await environment.settle();
    const keys = server.requests.map((request) => request.headers.get('idempotency-key'));
    expect(keys).toEqual(['key 1', 'key 1']);
  });

  test.each([
    ['closed', async (given: Awaited<ReturnType<typeof mounted>>) => given.source.close()],
    [
      'failed',
      async ({ server, environment }: Awaited<ReturnType<typeof mounted>>) => {
        server.stream.fail();
        await environment.settle();
      },
    ],
  ])('and mounting again leaves alone what was %s', async (_, end) => {
    const given = await mounted({ retry: false });
    await end(given);
    const { status } = given.snapshot();
    given.source.release();
    await given.environment.settle();
    given.source.retain();
    await given.environment.advance(60_000);
    expect(given.server.requests).toHaveLength(1);
    expect(given.snapshot().status).toBe(status);
  });
});

describe('`enabled`', () => {
  test('false closes to `idle`, keeps data and id, and leaves nothing behind', async () => {
    const { server, environment, source, snapshot } = await mounted();
    source.setEnabled(false);
    await environment.settle();
    expect(snapshot()).toMatchObject({ status: 'idle', attempt: 0, data: 'x', lastEventId: '1' });
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('true again connects with the id', async () => {
    const { server, environment, source, snapshot } = await mounted();
    source.setEnabled(false);
    await environment.settle();
    source.setEnabled(true);
    await environment.settle();
    expect(server.request.headers.get('last-event-id')).toBe('1');
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 1, data: 'x' });
  });

  test('true again counts as a start for what may not be repeated', async () => {
    const { server, environment, source } = await mounted({ body: 'prompt' });
    source.setEnabled(false);
    await environment.settle();
    source.setEnabled(true);
    await environment.settle();
    expect(server.requests).toHaveLength(2);
  });

  test('true again does not reopen what the caller closed', async () => {
    const { server, environment, source, snapshot } = await mounted();
    source.close();
    source.setEnabled(false);
    await environment.settle();
    source.setEnabled(true);
    await environment.settle();
    expect(server.requests).toHaveLength(1);
    source.reconnect();
    await environment.settle();
    expect(snapshot().status).toBe('open');
  });

  test('false from the beginning starts nothing', async () => {
    const { server, environment, source, snapshot } = create({ enabled: false });
    source.retain();
    await environment.settle();
    expect(server.requests).toHaveLength(0);
    expect(snapshot().status).toBe('idle');
    source.setEnabled(true);
    await environment.settle();
    expect(snapshot().status).toBe('open');
  });
});

test('without a URL nothing starts, whatever is called', async () => {
  const { environment, requests } = createMockServer();
  const options: EventSourceOptions = { environment };
  const source = manageEventSource(null, options, { enabled: false, replaces: undefined });
  source.retain();
  source.start();
  source.reconnect();
  await environment.settle();
  expect(source.getSnapshot()).toMatchObject({ status: 'idle', attempt: 0 });
  expect(requests).toHaveLength(0);
});

describe('coming back to a server that asked to be left alone', () => {
  test('waits for as long as it asked', async () => {
    const server = createMockServer(
      () => new Response('', { status: 429, headers: { 'retry-after': '60' } }),
    );
    const { environment, requests } = server;
    const options: EventSourceOptions = { environment };
    const source = manageEventSource('/events', options, { enabled: true, replaces: undefined });
    source.retain();
    await environment.settle();
    expect(source.getSnapshot().status).toBe('waiting');
    for (let round = 0; round < 3; round += 1) {
      source.release();
      await environment.settle();
      source.retain();
      await environment.advance(1000);
    }
    expect([requests.length, source.getSnapshot().status]).toEqual([1, 'waiting']);
    await environment.advance(60_000);
    expect(requests).toHaveLength(2);
    source.release();
  });
});

test('identities that come and go unseen keep nothing of one another', () => {
  const options: EventSourceOptions = { environment: createMockServer().environment };
  type Managed = ReturnType<typeof create>['source'];
  const make = (replaces?: Managed) =>
    manageEventSource('/events', options, { enabled: true, replaces });
  const first = make();
  first.retain();
  const unseen = make(first);
  const last = make(make(unseen));
  expect(last.predecessor()).toBe(first);
});
