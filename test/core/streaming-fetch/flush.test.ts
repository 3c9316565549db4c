import { createStreamingFetch, type StreamingFetchOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { createWire } from '../../support/wire.ts';

/** A run whose flushes are written down: when, what status, how much text. */
function watch(options: StreamingFetchOptions = {}) {
  const wire = createWire();
  const { environment } = wire;
  const run = createStreamingFetch('/api', { ...wire.options, ...options });
  const begin = environment.now();
  const flushes: string[] = [];
  run.subscribe(() => {
    const { status, text } = run.getSnapshot();
    flushes.push(`${environment.now() - begin} ms: ${status} ${text.length}`);
  });
  return { wire, environment, run, flushes };
}

/** A run that gathers its text in `state`. */
function watchLongState() {
  const wire = createWire();
  const run = createStreamingFetch('/api', {
    ...wire.options,
    framing: 'ndjson',
    parse: ({ data }) => data,
    reduce: (all: string, { value }) => all + value,
    initialState: '',
  });
  const flushes: number[] = [];
  run.subscribe(() => void flushes.push(run.getSnapshot().state.length));
  return { wire, environment: wire.environment, run, flushes };
}

describe('a flush', () => {
  test('comes at once for a status and for the first data, then once per frame', async () => {
    const { wire, environment, run, flushes } = watch();
    const end = run.start();
    await environment.advance(3);
    await wire.send('a');
    for (const piece of 'bcd') await wire.send(piece);
    await environment.advance(20);
    await wire.send('e');
    await wire.send('f');
    await wire.close();
    await end;
    await environment.advance(200);
    expect(flushes).toEqual([
      '0 ms: connecting 0',
      '0 ms: open 0',
      '3 ms: open 1',
      // Frames of the clock come every 16 ms.
      expect.stringMatching(/^(4|5|6|7|8|9|1\d) ms: open 4$/),
      '23 ms: done 6',
    ]);
  });

  test('of the terminal status is one with that of the last data', async () => {
    const { wire, run, flushes } = watch({ flush: 10_000 });
    const end = run.start();
    for (const piece of ['a', 'b', 'c']) await wire.send(piece);
    expect(flushes.at(-1)).toBe('0 ms: open 1');
    await wire.close();
    expect((await end).text).toBe('abc');
    expect(flushes.slice(-2)).toEqual(['0 ms: open 1', '0 ms: done 3']);
  });

  test.each(['abort', 'drop'] as const)('of an end by %s shows the last data too', async (how) => {
    const { wire, run, flushes } = watch({ flush: 10_000 });
    const end = run.start();
    await wire.send('a');
    await wire.send('b');
    if (how === 'abort') run.abort();
    else await wire.drop();
    expect((await end).text).toBe('ab');
    expect(flushes.at(-1)).toMatch(/(aborted|failed) 2$/);
  });

  test('comes in every frame while the text is short, every 50 ms from 20,000 characters on', async () => {
    const { wire, environment, run, flushes } = watch();
    void run.start();
    const countIn = async (ms: number): Promise<number> => {
      const before = flushes.length;
      for (let elapsed = 0; elapsed < ms; elapsed += 4) {
        await wire.send('x');
        await environment.advance(4);
      }
      return flushes.length - before;
    };
    await wire.send('x'.repeat(19_000));
    const short = await countIn(800);
    expect(short).toBeGreaterThanOrEqual(49);
    expect(short).toBeLessThanOrEqual(51);
    await wire.send('x'.repeat(1000));
    await environment.advance(100);
    const long = await countIn(800);
    expect(long).toBeGreaterThanOrEqual(12);
    expect(long).toBeLessThanOrEqual(17);
    run.abort();
  });

  test('counts a long text in `state` as well', async () => {
    const { wire, environment, run, flushes } = watchLongState();
    void run.start();
    await wire.send(`${'x'.repeat(20_000)}\n`);
    await environment.advance(100);
    const before = flushes.length;
    for (let elapsed = 0; elapsed < 800; elapsed += 4) {
      await wire.send('1\n');
      await environment.advance(4);
    }
    expect(flushes.length - before).toBeLessThanOrEqual(17);
    run.abort();
  });

  test.each([
    ['frame', 49, 52],
    [200, 3, 5],
    ['sync', 200, 201],
  ] as const)(
    'under `flush: %s` has its own cadence, however long the text',
    async (flush, least, most) => {
      const { wire, environment, run, flushes } = watch({ flush });
      void run.start();
      await wire.send('x'.repeat(30_000));
      await environment.advance(200);
      const before = flushes.length;
      for (let sent = 0; sent < 200; sent += 1) {
        await wire.send('x');
        await environment.advance(4);
      }
      expect(flushes.length - before).toBeGreaterThanOrEqual(least);
      expect(flushes.length - before).toBeLessThanOrEqual(most);
      run.abort();
    },
  );

  test('gives the same snapshot until the next, with new arrays only for new messages', async () => {
    const { wire, environment, run } = watch();
    void run.start();
    await wire.send('a');
    const first = run.getSnapshot();
    await wire.send('b');
    expect(run.getSnapshot()).toBe(first);
    await environment.advance(20);
    const second = run.getSnapshot();
    expect(second.messages).not.toBe(first.messages);
    expect(first.messages).toHaveLength(1);
    run.abort();
    expect(run.getSnapshot().messages).toBe(second.messages);
  });

  test('is not caused by bytes or timing alone; they ride along', async () => {
    const { wire, environment, run, flushes } = watch({ framing: 'lines' });
    void run.start();
    await wire.send('a\n');
    const before = flushes.length;
    await wire.send('half a line');
    await environment.advance(500);
    expect(flushes).toHaveLength(before);
    expect(run.getSnapshot().bytesReceived).toBe(2);
    run.abort();
    expect(run.getSnapshot().bytesReceived).toBe(13);
  });
});

describe('`timing`', () => {
  test('counts ms from the start to first byte, first message and end', async () => {
    const { wire, environment, run } = watch({ framing: 'lines' });
    const end = run.start();
    await environment.advance(10);
    await wire.send('half');
    await environment.advance(20);
    await wire.send(' a line\nanother\n');
    expect(run.getSnapshot().timing).toEqual({
      firstByteMs: 10,
      firstMessageMs: 30,
      durationMs: null,
    });
    await environment.advance(40);
    await wire.send('last\n');
    await wire.close();
    expect((await end).timing).toEqual({ firstByteMs: 10, firstMessageMs: 30, durationMs: 70 });
  });

  test('counts from the start also when an attempt was repeated', async () => {
    const wire = createWire({
      respond: (_, index) => (index === 0 ? new Response('', { status: 503 }) : undefined),
    });
    const run = createStreamingFetch('/api', { ...wire.options, retry: {} });
    const end = run.start();
    await wire.environment.advance(100);
    await wire.send('a');
    await wire.close();
    expect((await end).timing).toEqual({ firstByteMs: 100, firstMessageMs: 100, durationMs: 100 });
  });

  test('has no first byte where none came', async () => {
    const { wire, environment, run } = watch();
    const end = run.start();
    await environment.advance(5);
    await wire.drop();
    expect((await end).timing).toEqual({ firstByteMs: null, firstMessageMs: null, durationMs: 5 });
  });
});

describe('a chunk of many messages', () => {
  test('is interpreted in slices, between which the host has its turn', async () => {
    const wire = createWire();
    const { environment } = wire;
    let received = 0;
    const run = createStreamingFetch('/api', {
      ...wire.options,
      framing: 'lines',
      onMessage() {
        received += 1;
        environment.skip(1);
      },
    });
    const end = run.start();
    await wire.send('x\n'.repeat(10_000));
    await wire.close();
    expect((await end).status).toBe('done');
    expect(received).toBe(10_000);
    expect(environment.yields).toBeGreaterThanOrEqual(10_000 / 16);
  });
});
