import { setImmediate as nextTask, setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
} from 'rivulet/core';
import { createTestEnvironment, type TestEnvironment } from 'rivulet/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Exchange,
  expectAllClosed,
  openEventStream,
  type StreamServer,
  startStreamServer,
} from '../support/stream-server.ts';
import { untilStatus } from '../support/until.ts';

/* A server that is faster than the one who iterates, on a real socket. */

const EVENT_BYTES = 4096;
/** Several times what the socket buffers of a system hold. */
const EVENTS = 20_000;

let server: StreamServer;
let environment: TestEnvironment;
let source: EventSourceController | undefined;
/** What the newest connection has come to at the server. */
let progress: { written: number; isStuck: boolean };

beforeEach(async () => {
  // Time stands still unless a test moves it: requests and sockets are real.
  environment = createTestEnvironment({ fetch });
  progress = { written: 0, isStuck: false };
  server = await startStreamServer({ '/': writeAll });
});

afterEach(async () => {
  source?.close();
  await expectAllClosed(server);
  await server.stop();
});

/** Writes the events after the last event id as fast as the client takes them, then holds. */
async function writeAll({ response, resumesAfter }: Exchange): Promise<void> {
  openEventStream(response);
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const own = { written: resumesAfter, isStuck: false };
  progress = own;
  while (own.written < EVENTS && !response.closed) {
    own.written += 1;
    const head = `id: ${own.written}\ndata: `;
    if (response.write(`${head.padEnd(EVENT_BYTES - 2, 'x')}\n\n`)) continue;
    own.isStuck = true;
    await Promise.race([closed, new Promise<void>((resolve) => response.once('drain', resolve))]);
    own.isStuck = false;
  }
}

/** Waits until the server has long been unable to write; gives back its last event. */
async function untilStuck(): Promise<number> {
  for (;;) {
    const { written } = progress;
    for (let look = 0; look < 20; look += 1) await wait(20);
    if (written === progress.written && (progress.isStuck || written === EVENTS)) return written;
  }
}

function iterate(options: EventSourceOptions = {}) {
  const stream = createEventSource(server.url('/'), { environment, maxMessages: 1, ...options });
  const iterator = stream[Symbol.asyncIterator]();
  /** The ids of the next so many messages. */
  const take = async (count: number) => {
    const ids: number[] = [];
    while (ids.length < count) {
      const { done, value } = await iterator.next();
      if (done) break;
      ids.push(Number(value.lastEventId));
    }
    return ids;
  };
  source = stream;
  return { stream, iterator, take };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('an iteration that is slower than the server', () => {
  it('makes the server wait, and holds at most two chunks', async () => {
    let framed = 0;
    let largestChunk = 0;
    const { take } = iterate({
      onMessage: () => void (framed += 1),
      onChunk: ({ length }) => void (largestChunk = Math.max(largestChunk, length)),
    });
    expect(await take(10)).toEqual(range(1, 10));
    expect(await untilStuck()).toBeLessThan(EVENTS);
    expect((framed - 10) * EVENT_BYTES).toBeLessThanOrEqual(2 * largestChunk + EVENT_BYTES);
    expect(await take(EVENTS - 10)).toEqual(range(11, EVENTS));
    expect(progress.written).toBe(EVENTS);
  });

  it('lets the deadlines stand still meanwhile, and run again when it has caught up', async () => {
    const errors: string[] = [];
    const { stream, take } = iterate({
      idleTimeoutMs: 1000,
      messageTimeoutMs: 1000,
      onError: ({ code }) => errors.push(code),
    });
    await take(10);
    await untilStuck();
    await environment.advance(3_600_000);
    expect([stream.getSnapshot().status, errors]).toEqual(['open', []]);
    await take(EVENTS - 10);
    await environment.advance(999);
    expect([stream.getSnapshot().status, errors]).toEqual(['open', []]);
    await environment.advance(1);
    expect([stream.getSnapshot().status, errors]).toEqual(['waiting', ['timeout-idle']]);
  });

  it('ends the request when it is left', async () => {
    const { stream, iterator, take } = iterate();
    await take(10);
    await untilStuck();
    await iterator.return?.();
    expect(stream.getSnapshot()).toMatchObject({ status: 'aborted', reason: 'caller' });
    await expectAllClosed(server);
    expect(environment.pending()).toEqual({ timers: 0, listeners: 0 });
  });

  it('gets every event once and in order over reconnect() while it is behind', async () => {
    const { stream, take } = iterate();
    await take(10);
    for (let turn = 0; turn < 3; turn += 1) {
      await untilStuck();
      stream.reconnect();
      await untilStatus(stream, 'open');
    }
    expect(await take(EVENTS - 10)).toEqual(range(11, EVENTS));
    expect(server.requests('/')).toHaveLength(4);
  });

  it('does not keep the messages that were read', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const { iterator, take } = iterate();
    const reference = async () => new WeakRef((await iterator.next()).value);
    const first = await reference();
    // One at a time and many chunks on, so that there are always more to read.
    for (let taken = 1; taken < 200; taken += 1) {
      await take(1);
      await nextTask();
    }
    // The snapshot moves on from the first message.
    await environment.advance(1000);
    collectGarbage();
    expect(first.deref()).toBeUndefined();
  });
});
