/*
 * How to test what depends on time, network and page, without React and without fake timers: copy
 * this file.
 *
 * `createTestEnvironment` is a clock, a page and a network that stand still until the test moves
 * them. `random()` is 0 there, so that every delay is its shortest.
 */
import { createEventSource } from 'rivulet/core';
import { createMockFetch, createMockStream, createTestEnvironment } from 'rivulet/testing';
import { expect, test } from 'vitest';

test('a silent stream is given up after its deadline, and resumed', async () => {
  const streams = [createMockStream(), createMockStream()] as const;
  const mock = createMockFetch((_, index) => streams[index === 0 ? 0 : 1]);
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const codes: string[] = [];
  const feed = createEventSource('/api/feed', {
    environment,
    idleTimeoutMs: 30_000,
    onError: ({ code }) => codes.push(code),
  });
  feed.start();
  await environment.settle();
  streams[0].send({ id: 1, data: 'first' });

  await environment.advance(29_999);
  expect(feed.getSnapshot()).toMatchObject({ status: 'open', data: 'first' });
  await environment.advance(1);
  expect(codes).toEqual(['timeout-idle']);
  expect(feed.getSnapshot().status).toBe('waiting');

  await environment.advance(100);
  expect(feed.getSnapshot()).toMatchObject({ status: 'open', attempt: 2 });
  expect(mock.requests[1]?.headers.get('last-event-id')).toBe('1');
  feed.close();
});

test('a lost connection waits for the network', async () => {
  const mock = createMockFetch(() => {
    throw new TypeError('Failed to fetch');
  });
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const feed = createEventSource('/api/feed', { environment });
  environment.setOnline(false);
  feed.start();
  await environment.advance(1000);
  expect(feed.getSnapshot()).toMatchObject({ status: 'paused', pausedBy: ['offline'] });
  expect(mock.requests).toHaveLength(1);

  environment.setOnline(true);
  await environment.settle();
  expect(mock.requests).toHaveLength(2);
  feed.close();
});

test('nothing is left when it is closed', async () => {
  const mock = createMockFetch(() => createMockStream());
  const environment = createTestEnvironment({ fetch: mock.fetch });
  const feed = createEventSource('/api/feed', { environment, idleTimeoutMs: 30_000 });
  feed.start();
  await environment.settle();
  expect(mock.inProgress).toBe(1);

  feed.close();
  await environment.settle();
  expect(mock.inProgress).toBe(0);
  expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
});
