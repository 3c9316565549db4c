import { createEventSource } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';

/** A promise that a test settles when it likes. */
function createLater<TValue>() {
  let resolve: (value: TValue) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<TValue>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

/** A subscription over a fetch-like function that knows nothing of signals. */
function subscribe(answer: () => Promise<Response>, headers?: () => Promise<HeadersInit>) {
  const fetch = vi.fn<() => Promise<Response>>(answer);
  const environment = createTestEnvironment({ fetch });
  const statuses: string[] = [];
  const source = createEventSource('/api', {
    environment,
    ...(headers && { headers }),
    onStatusChange: (status) => statuses.push(status),
  });
  source.start();
  return { fetch, environment, source, statuses };
}

describe('an attempt that lost its lifecycle does nothing, whatever its fetch does', () => {
  test('headers that come after close() send no request', async () => {
    const headers = createLater<HeadersInit>();
    const { fetch, environment, source } = subscribe(vi.fn(), () => headers.promise);
    await environment.settle();
    source.close();
    headers.resolve({});
    await environment.settle();
    expect(fetch).not.toHaveBeenCalled();
  });

  test('headers of a replaced attempt send no second request', async () => {
    const late = [createLater<HeadersInit>(), createLater<HeadersInit>()];
    let asked = 0;
    const { fetch, environment, source } = subscribe(
      () => new Promise(() => {}),
      () => late[asked++]?.promise ?? Promise.reject(new Error('asked too often')),
    );
    await environment.settle();
    source.reconnect();
    await environment.settle();
    for (const { resolve } of late) resolve({});
    await environment.settle();
    expect(fetch).toHaveBeenCalledTimes(1);
    source.close();
  });

  test('a response that comes after close() is cancelled unread', async () => {
    const response = createLater<Response>();
    const { environment, source, statuses } = subscribe(() => response.promise);
    await environment.settle();
    source.close();
    const cancel = vi.fn<() => void>();
    const body = new ReadableStream({ cancel }, { highWaterMark: 0 });
    response.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    await environment.settle();
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(statuses).toEqual(['connecting', 'aborted']);
  });

  test('a failure that comes after close() changes nothing', async () => {
    const response = createLater<Response>();
    const { environment, source, statuses } = subscribe(() => response.promise);
    await environment.settle();
    source.close();
    response.reject(new TypeError('late'));
    await environment.advance(60_000);
    expect(statuses).toEqual(['connecting', 'aborted']);
    expect(source.getSnapshot()).toMatchObject({ reason: 'caller', error: null });
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });
});
