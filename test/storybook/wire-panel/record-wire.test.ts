import { createEventSource } from 'rivulet/core';
import { createMockFetch, createMockStream } from 'rivulet/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWireRecorder, type WireRecorder } from '../../../stories/wire-panel/record-wire.ts';

/** The frames that were asked for, to be drawn by the test. */
let frames: FrameRequestCallback[] = [];

function drawFrame(): void {
  const due = frames;
  frames = [];
  for (const callback of due) callback(performance.now());
}

beforeEach(() => {
  frames = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
  vi.stubGlobal('cancelAnimationFrame', () => {
    frames = [];
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A subscription that is recorded, and its server. */
function record(headers: Record<string, string> = {}) {
  const streams = [createMockStream(), createMockStream()] as const;
  const mock = createMockFetch((_, index) => streams[index] ?? new Response(null, { status: 204 }));
  vi.stubGlobal('fetch', mock.fetch);
  const recorder = createWireRecorder({ isLate: false });
  const { fetch, onOpen, onChunk, onMessage, onError, onStatusChange } = recorder.callbacks;
  const source = createEventSource('/feed', {
    headers,
    fetch,
    onOpen,
    onChunk,
    onMessage,
    onError,
    onStatusChange,
    flush: 'sync',
  });
  return { recorder, source, streams, mock };
}

/** What the recorder shows after the next frame. */
function shown(recorder: WireRecorder) {
  drawFrame();
  return recorder.getSnapshot();
}

describe('the recorder of the wire panel', () => {
  it('draws nothing before somebody looks, and once a frame then', async () => {
    const { recorder, source, streams } = record();
    source.start();
    streams[0].write('data: early\n\n');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('early'));
    expect(frames).toHaveLength(0);
    const listener = vi.fn<() => void>();
    const stop = recorder.subscribe(listener);
    for (let count = 0; count < 1000; count += 1) streams[0].send(`${count}`);
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('999'));
    expect(listener).not.toHaveBeenCalled();
    expect(frames).toHaveLength(1);
    expect(shown(recorder).totals).toMatchObject({ messages: 1001, requests: 1 });
    expect(listener).toHaveBeenCalledOnce();
    stop();
    source.close();
  });

  it('moves on by itself while a request is under way, and rests after it', async () => {
    const { recorder, source, streams } = record();
    const stop = recorder.subscribe(() => {});
    source.start();
    streams[0].send('hello');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('hello'));
    drawFrame();
    const before = recorder.getSnapshot().now;
    expect(frames).toHaveLength(0);
    vi.advanceTimersByTime(100);
    expect(frames).toHaveLength(1);
    expect(shown(recorder).now).toBe(before + 100);
    source.close();
    expect(shown(recorder).live).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(frames).toHaveLength(0);
    stop();
  });

  it('leaves no frame and no timer when nobody looks any more', async () => {
    const { recorder, source, streams } = record();
    const stop = recorder.subscribe(() => {});
    source.start();
    streams[0].send('hello');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('hello'));
    drawFrame();
    streams[0].send('again');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('again'));
    expect(frames).toHaveLength(1);
    stop();
    expect(frames).toHaveLength(0);
    streams[0].send('unseen');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('unseen'));
    expect(frames).toHaveLength(0);
    source.close();
  });

  it('shows a broken connection with its outcome, its wait and when that ends', async () => {
    const { recorder, source, streams } = record();
    recorder.subscribe(() => {});
    source.start();
    streams[0].send('hello');
    await vi.waitFor(() => expect(source.getSnapshot().data).toBe('hello'));
    streams[0].fail();
    await vi.waitFor(() => expect(source.getSnapshot().status).toBe('waiting'));
    const { rows, nextRetryAt, now, requests } = shown(recorder);
    const due = (source.getSnapshot().nextRetryAt ?? 0) - Date.now();
    expect(nextRetryAt).toBeCloseTo(now + due, 3);
    expect(rows.slice(0, 2)).toMatchObject([
      { kind: 'error', code: 'network', willRetry: true },
      { kind: 'end', number: 1, change: { status: 'waiting', previous: 'open' } },
    ]);
    expect(requests).toMatchObject([{ isAccepted: true, isBroken: true, bytes: 13 }]);
    source.close();
  });

  it('shows no token', async () => {
    const { recorder, source, mock } = record({ authorization: 'Bearer secret', 'x-client': 'a' });
    recorder.subscribe(() => {});
    source.start();
    await vi.waitFor(() => expect(mock.requests).toHaveLength(1));
    expect(mock.requests[0]?.headers.get('authorization')).toBe('Bearer secret');
    const { rows } = shown(recorder);
    expect(rows.find(({ kind }) => kind === 'request')).toMatchObject({
      headers: expect.arrayContaining([
        ['authorization', 'Bearer …'],
        ['x-client', 'a'],
      ]),
    });
    source.close();
  });

  it('counts a chunk once that several hooks are told of', () => {
    const recorder = createWireRecorder({ isLate: false });
    recorder.subscribe(() => {});
    const bytes = new Uint8Array(10);
    recorder.callbacks.onChunk?.(bytes, { loaded: 10 });
    recorder.callbacks.onChunk?.(bytes, { loaded: 10 });
    recorder.callbacks.onChunk?.(new Uint8Array(10), { loaded: 20 });
    expect(shown(recorder)).toMatchObject({ isShared: true, totals: { chunks: 2, bytes: 20 } });
  });

  it('shortens what is long', () => {
    const recorder = createWireRecorder({ isLate: false });
    recorder.subscribe(() => {});
    const rest = { lastEventId: '', origin: '' };
    const data = 'x'.repeat(5000);
    recorder.callbacks.onMessage?.({ event: 'tick', data, value: data, ...rest });
    expect(shown(recorder).rows).toMatchObject([{ newest: `tick: ${'x'.repeat(100)}…` }]);
  });
});
