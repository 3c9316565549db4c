import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
  each,
} from 'rivulet/core';
import { inPage } from 'rivulet/share';
import { describe, expect, test } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';

/** Subscriptions to one URL that share their connection, on one server. */
function createMembers(...arguments_: Parameters<typeof createMockServer>) {
  const server = createMockServer(...arguments_);
  const { environment } = server;
  const join = (options: EventSourceOptions = {}, url = '/api') => {
    const controller = createEventSource(url, { share: inPage, environment, ...options });
    controller.start();
    return controller;
  };
  return { server, environment, join };
}

const dataOf = (controller: EventSourceController) => {
  return controller.getSnapshot().messages.map(({ data }) => data);
};

describe('`share: inPage`', () => {
  test('sends one request for any number of subscriptions', async () => {
    const { server, environment, join } = createMembers();
    const members = [join(), join(), join()];
    await environment.settle();
    server.stream.send('a');
    await environment.advance(100);
    expect(server.requests).toHaveLength(1);
    expect(members.map(dataOf)).toEqual([['a'], ['a'], ['a']]);
  });

  test('keeps requests of other identities and credentials apart', async () => {
    const { server, environment, join } = createMembers();
    join();
    join({ key: 'another user' });
    join({ credentials: 'include' });
    join({ withCredentials: true });
    join({}, '/other');
    await environment.settle();
    expect(server.requests).toHaveLength(4);
  });

  test('gives a late joiner status and id, and no past messages', async () => {
    const { server, environment, join } = createMembers();
    join();
    await environment.settle();
    server.stream.send({ id: '7', data: 'early' });
    await environment.advance(100);
    const late = join();
    expect(late.getSnapshot()).toMatchObject({
      status: 'open',
      attempt: 1,
      lastEventId: '7',
      messages: [],
      data: undefined,
    });
    server.stream.send({ id: '8', data: 'later' });
    await environment.advance(100);
    expect(dataOf(late)).toEqual(['later']);
    expect(server.requests).toHaveLength(1);
  });

  test('lets each subscription parse, reduce, filter and keep for itself', async () => {
    const { server, environment } = createMembers();
    const common = { share: inPage, environment } as const;
    const sum = createEventSource('/api', {
      ...common,
      parse: 'json',
      reduce: (total: number, { value }) => total + Number(value),
      initialState: 0,
    });
    const texts = createEventSource('/api', {
      ...common,
      reduce: (all: string, { data }) => `${all}<${data}>`,
      initialState: '',
      maxMessages: 1,
    });
    const nothing = createEventSource('/api', { ...common, events: ['other'] });
    for (const controller of [sum, texts, nothing]) controller.start();
    await environment.settle();
    server.stream.send('1');
    server.stream.send('2');
    await environment.advance(100);
    expect(sum.getSnapshot()).toMatchObject({ state: 3, data: 2 });
    expect(texts.getSnapshot()).toMatchObject({ state: '<1><2>', data: '2', dropped: 1 });
    expect(nothing.getSnapshot().messages).toEqual([]);
  });

  test('goes on for the others when one closes, also in the middle of a message', async () => {
    const { server, environment, join } = createMembers();
    const seen: string[] = [];
    const leaving = join({ onMessage: () => other.close() });
    const other = join({ onMessage: ({ data }) => seen.push(data) });
    const staying = join();
    await environment.settle();
    server.stream.send('a');
    server.stream.send('b');
    await environment.advance(100);
    expect(seen).toEqual([]);
    expect(other.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    leaving.close();
    server.stream.send('c');
    await environment.advance(100);
    expect(dataOf(staying)).toEqual(['a', 'b', 'c']);
    expect(server.inProgress).toBe(1);
  });

  test('isolates the throw of one subscription from the rest', async () => {
    const { server, environment, join } = createMembers();
    join({
      onMessage() {
        throw new Error('mine');
      },
    });
    const other = join();
    await environment.settle();
    server.stream.send('a');
    await environment.advance(100);
    expect(dataOf(other)).toEqual(['a']);
    expect(environment.reported).toEqual([new Error('mine')]);
  });

  test.each([
    ['a predicate `endWhen`', { endWhen: () => true }, 'done'],
    ['`onInvalid: fail`', { parse: () => JSON.parse('{'), onInvalid: 'fail' }, 'failed'],
  ] as const)('ends the part of one subscription by %s', async (_, options, status) => {
    const { server, environment, join } = createMembers();
    const leaving = join(options);
    const staying = join();
    await environment.settle();
    server.stream.send('a');
    server.stream.send('b');
    await environment.advance(100);
    expect(leaving.getSnapshot().status).toBe(status);
    expect(dataOf(staying)).toEqual(['a', 'b']);
  });

  test('ends the part of one subscription by its signal, and starts none under an aborted one', async () => {
    const { server, environment, join } = createMembers();
    const controller = new AbortController();
    const leaving = join({ signal: controller.signal });
    const staying = join();
    await environment.settle();
    controller.abort();
    expect(leaving.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'signal' });
    const refused = join({ signal: controller.signal });
    expect(refused.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'signal' });
    server.stream.send('a');
    await environment.advance(100);
    expect(dataOf(staying)).toEqual(['a']);
  });

  test('ends for all by a sentinel', async () => {
    const { server, environment, join } = createMembers();
    const members = [join({ endWhen: 'bye' }), join({ endWhen: 'bye' })];
    await environment.settle();
    server.stream.send('bye');
    await environment.settle();
    expect(members.map((member) => member.getSnapshot().status)).toEqual(['done', 'done']);
  });

  test('reconnects for all', async () => {
    const { server, environment, join } = createMembers();
    const first = join();
    const second = join();
    await environment.settle();
    server.stream.send({ id: '3', data: 'a' });
    await environment.advance(100);
    second.reconnect();
    expect(first.getSnapshot().status).toBe('connecting');
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('3');
    expect(server.inProgress).toBe(1);
  });

  test('tells a message to all before one of them reconnects because of it', async () => {
    const { server, environment, join } = createMembers();
    const heard: string[] = [];
    const first = join({
      parse: each(({ data }) => data.split(',')),
      onMessage({ value }) {
        heard.push(`first ${value}`);
        if (value === 'b') first.reconnect();
      },
    });
    join({ onMessage: ({ data }) => void heard.push(`second ${data}`) });
    await environment.settle();
    server.stream.write('id: 1\ndata: a\n\nid: 2\ndata: b,c\n\nid: 3\ndata: d\n\n');
    await environment.settle();
    expect(heard).toEqual(['first a', 'second a', 'first b', 'first c', 'second b,c']);
    expect(server.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '2']);
  });

  test('tells nobody of a state that one of them has left meanwhile', async () => {
    const { server, environment, join } = createMembers();
    const log: string[] = [];
    let isFirst = true;
    const first = join({
      onOpen() {
        if (isFirst) first.reconnect();
        isFirst = false;
      },
    });
    const second = join({
      onStatusChange: (status) => void log.push(`${status}, shows ${second.getSnapshot().status}`),
    });
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(log).toEqual(['open, shows open']);
  });

  test('connects anew for who comes after everybody left a failure', async () => {
    const { server, environment, join } = createMembers((_, index) =>
      index === 0 ? new Response('', { status: 404 }) : undefined,
    );
    const first = join();
    await environment.settle();
    expect(first.getSnapshot().status).toBe('failed');
    first.close();
    const second = join();
    await environment.settle();
    expect(second.getSnapshot().status).toBe('open');
    expect(server.requests).toHaveLength(2);
  });

  test('lingers 1 s for the next subscription after the last one has left', async () => {
    const { server, environment, join } = createMembers();
    join().close();
    const first = join();
    await environment.settle();
    first.close();
    await environment.advance(999);
    expect(server.inProgress).toBe(1);
    const next = join();
    expect(next.getSnapshot().status).toBe('open');
    await environment.advance(5000);
    expect(server.requests).toHaveLength(1);
    next.close();
    await environment.advance(1000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('brings what came meanwhile to who comes back while it lingers', async () => {
    const { server, environment, join } = createMembers();
    const heard: string[] = [];
    const member = join({ onMessage: ({ data }) => void heard.push(data) });
    await environment.settle();
    server.stream.send({ id: '1', data: 'a' });
    await environment.settle();
    member.close();
    server.stream.send({ id: '2', data: 'b' });
    await environment.settle();
    member.reconnect();
    await environment.settle();
    expect(server.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1']);
    server.stream.send({ id: '2', data: 'b' });
    await environment.settle();
    expect(heard).toEqual(['a', 'b']);
    member.close();
    await environment.advance(1000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('shares no relative URL with a page of another path', async () => {
    const { server, environment } = createMembers();
    let base = 'http://localhost/a/';
    const page = { ...environment, baseUrl: () => base };
    const options = { share: inPage, environment: page };
    createEventSource('feed', options).start();
    base = 'http://localhost/b/';
    createEventSource('feed', options).start();
    createEventSource('feed', options).start();
    await environment.settle();
    expect(server.requests).toHaveLength(2);
  });

  test('connects anew, with the id kept, once the linger is over', async () => {
    const { server, environment, join } = createMembers();
    const member = join();
    await environment.settle();
    server.stream.send({ id: '4', data: 'a' });
    await environment.advance(100);
    member.close();
    await environment.advance(2000);
    member.reconnect();
    await environment.settle();
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('4');
  });

  test('takes transport options from the longest-living subscription, and says that others differ', async () => {
    const { server, environment, join } = createMembers();
    const eldest = join({ headers: { 'x-from': 'eldest' } });
    const next = join({ headers: { 'x-from': 'next' } });
    await environment.settle();
    expect(environment.warnings).toHaveLength(1);
    expect(environment.warnings[0]).toContain('headers');
    next.reconnect();
    await environment.settle();
    eldest.close();
    next.reconnect();
    await environment.settle();
    expect(server.requests.map(({ headers }) => headers.get('x-from'))).toEqual([
      'eldest',
      'eldest',
      'next',
    ]);
  });

  test('shows a newcomer a failure, and lets who comes back try again for all', async () => {
    const { server, environment, join } = createMembers((_, index) => {
      return index === 0 ? new Response('no', { status: 403 }) : undefined;
    });
    const first = join();
    await environment.settle();
    const newcomer = join();
    expect(newcomer.getSnapshot()).toMatchObject({ status: 'failed', error: { status: 403 } });
    newcomer.reconnect();
    await environment.settle();
    expect(first.getSnapshot().status).toBe('open');
    expect(server.requests).toHaveLength(2);
  });

  test('forgets a failure once everybody has left it', async () => {
    const { server, environment, join } = createMembers((_, index) =>
      index === 0 ? new Response('', { status: 403 }) : undefined,
    );
    const member = join();
    await environment.settle();
    expect(member.getSnapshot().status).toBe('failed');
    member.close();
    expect(member.getSnapshot().status).toBe('failed');
    await environment.advance(1000);
    const next = join();
    await environment.settle();
    expect(next.getSnapshot().status).toBe('open');
    expect(server.requests).toHaveLength(2);
    next.close();
    await environment.advance(1000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });

  test('waits for the slowest iterator, and for no other consumer', async () => {
    const { server, environment, join } = createMembers();
    const member = join();
    const iterator = createEventSource('/api', { share: inPage, environment })[
      Symbol.asyncIterator
    ]();
    await environment.settle();
    for (const data of ['a', 'b', 'c']) {
      server.stream.send(data);
      await environment.advance(100);
    }
    expect(dataOf(member)).toEqual(['a', 'b']);
    expect(await iterator.next()).toMatchObject({ value: { data: 'a' } });
    await environment.advance(100);
    expect(dataOf(member)).toEqual(['a', 'b', 'c']);
    await iterator.return?.();
  });
});
