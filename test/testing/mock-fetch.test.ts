import { createMockFetch, createMockStream } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';

const ENDLESS = () => new Promise<Response>(() => {});

describe('a mock fetch', () => {
  test('records every request as the server would see it', async () => {
    const mock = createMockFetch(() => new Response('x'));
    await mock.fetch('/a', {});
    await mock.fetch('/b', { method: 'POST', headers: { 'X-A': '1' }, body: 'text' });
    const [first, second] = mock.requests;
    expect(mock.requests).toHaveLength(2);
    expect(first).toMatchObject({ url: '/a', method: 'GET', body: null, isAborted: false });
    expect(second).toMatchObject({ url: '/b', method: 'POST', body: 'text' });
    expect(second?.headers.get('x-a')).toBe('1');
    expect(second?.init).toEqual({ method: 'POST', headers: { 'X-A': '1' }, body: 'text' });
  });

  test('answers as it is told, by request and by number', async () => {
    const mock = createMockFetch(({ url }, index) => new Response(`${index} ${url}`));
    expect(await (await mock.fetch('/a', {})).text()).toBe('0 /a');
    expect(await (await mock.fetch('/b', {})).text()).toBe('1 /b');
  });

  test('answers with the response of a scripted stream', async () => {
    const stream = createMockStream({ status: 201 });
    const mock = createMockFetch(async () => stream);
    const response = await mock.fetch('/a', {});
    expect(response).toBe(stream.response);
  });

  test.each<[string, () => Promise<Response>]>([
    [
      'throws',
      () => {
        throw new TypeError('Failed to fetch');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])(
    'fails as the network where its script %s, and nothing is under way then',
    async (_, respond) => {
      const mock = createMockFetch(respond);
      await expect(mock.fetch('/a', {})).rejects.toThrow('Failed to fetch');
      expect(mock.requests).toHaveLength(1);
      expect(mock.inProgress).toBe(0);
    },
  );
});

describe('a mock fetch under a signal', () => {
  test('asks nobody when it is aborted already', async () => {
    const mock = createMockFetch(() => new Response());
    const reason = new Error('changed my mind');
    await expect(mock.fetch('/a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(mock.requests).toHaveLength(0);
  });

  test('rejects when it is aborted before the answer', async () => {
    const mock = createMockFetch(ENDLESS);
    const controller = new AbortController();
    const answer = mock.fetch('/a', { signal: controller.signal });
    expect(mock.inProgress).toBe(1);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(mock.requests[0]?.isAborted).toBe(true);
    expect(mock.inProgress).toBe(0);
  });

  test.each([undefined, new Error('enough'), 'enough'])(
    'breaks the body when it is aborted after the answer, for whatever reason: %s',
    async (reason) => {
      const stream = createMockStream();
      const mock = createMockFetch(() => stream);
      const controller = new AbortController();
      const response = await mock.fetch('/a', { signal: controller.signal });
      const reading = response.text();
      controller.abort(reason);
      await expect(reading).rejects.toBe(controller.signal.reason);
      expect(stream.isCancelled).toBe(true);
      expect(stream.isOpen).toBe(false);
      expect(mock.inProgress).toBe(0);
    },
  );

  test('leaves a body alone that had ended', async () => {
    const stream = createMockStream();
    const mock = createMockFetch(() => stream);
    const controller = new AbortController();
    const response = await mock.fetch('/a', { signal: controller.signal });
    stream.send('x');
    stream.close();
    controller.abort();
    expect(stream.isCancelled).toBe(false);
    expect(await response.text()).toBe('data: x\n\n');
  });
});

describe('what is in progress', () => {
  test('is every request without an answer, and every scripted body that is still read', async () => {
    const streams = [createMockStream(), createMockStream(), createMockStream()];
    const mock = createMockFetch((_, index) => streams[index] ?? ENDLESS());
    const controllers = [0, 1, 2, 3].map(() => new AbortController());
    const answers = controllers.map(({ signal }) => mock.fetch('/a', { signal }));
    expect(mock.inProgress).toBe(4);
    await Promise.all(answers.slice(0, 3));
    expect(mock.inProgress).toBe(4);
    streams[0]?.close();
    expect(mock.inProgress).toBe(3);
    streams[1]?.fail();
    expect(mock.inProgress).toBe(2);
    controllers[2]?.abort();
    expect(mock.inProgress).toBe(1);
    controllers[3]?.abort();
    await expect(answers[3]).rejects.toMatchObject({ name: 'AbortError' });
    expect(mock.inProgress).toBe(0);
  });

  test('no longer counts a request that was answered with a response of its own', async () => {
    const mock = createMockFetch(() => new Response(new ReadableStream()));
    await mock.fetch('/a', {});
    expect(mock.inProgress).toBe(0);
  });
});
