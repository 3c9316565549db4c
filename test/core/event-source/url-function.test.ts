import { createEventSource, type EventSourceOptions, type UrlSource } from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createMockServer } from '../../support/mock-server.ts';

/** A started subscription to what a function gives. */
async function subscribeTo(url: UrlSource, options: EventSourceOptions = {}) {
  const server = createMockServer();
  const { environment } = server;
  const source = createEventSource(url, { environment, ...options });
  source.start();
  await environment.settle();
  return { server, environment, source };
}

describe('a URL that a function gives', () => {
  test.each<[string, () => UrlSource]>([
    ['at once', () => () => '/events?ticket=1'],
    ['as a promise', () => async () => '/events?ticket=1'],
    ['as an object', () => () => new URL('http://localhost/events?ticket=1')],
  ])('%s is requested', async (_, make) => {
    const { server, source } = await subscribeTo(make());
    expect(server.request.url).toMatch(/\/events\?ticket=1$/);
    expect(source.getSnapshot().status).toBe('open');
  });

  test('is asked for anew for every attempt, so that a ticket is used once', async () => {
    let ticket = 0;
    const { server, environment } = await subscribeTo(() => `/events?ticket=${(ticket += 1)}`);
    server.stream.fail();
    await environment.advance(200);
    const tickets = server.requests.map(({ url }) => new URL(url, 'http://localhost').search);
    expect(tickets).toEqual(['?ticket=1', '?ticket=2']);
  });

  test.each<[string, UrlSource]>([
    [
      'throws',
      () => {
        throw new Error('no ticket');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no ticket'))],
  ])('and that %s fails as `request-setup`, and is asked again', async (_, failing) => {
    const url = vi.fn<() => ReturnType<Extract<UrlSource, () => unknown>>>();
    url.mockImplementationOnce(failing as () => string);
    url.mockImplementation(() => '/events');
    const { environment, source } = await subscribeTo(url);
    expect(source.getSnapshot()).toMatchObject({
      status: 'waiting',
      error: { code: 'request-setup', message: '`url` failed: no ticket.' },
    });
    await environment.advance(100);
    expect(source.getSnapshot().status).toBe('open');
  });

  test('carries the last event id in the query, if that is asked for', async () => {
    const { server, environment } = await subscribeTo(() => '/events?ticket=1', {
      resume: { query: 'last' },
    });
    server.stream.send({ id: 7, data: 'x' });
    await environment.settle();
    server.stream.fail();
    await environment.advance(200);
    expect(server.request.url).toMatch(/\?ticket=1&last=7$/);
  });

  test('that comes after a close is not requested', async () => {
    let give: (url: string) => void = () => {};
    const url = () =>
      new Promise<string>((resolve) => {
        give = resolve;
      });
    const { server, environment, source } = await subscribeTo(url);
    source.close();
    give('/events');
    await environment.settle();
    expect(server.requests).toHaveLength(0);
  });
});
