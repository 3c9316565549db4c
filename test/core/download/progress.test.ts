import { describe, expect, test } from 'vitest';
import { createRateMeter, shareOf, totalOf } from '../../../src/core/download/progress.ts';

describe('where the total comes from', () => {
  const all = {
    'content-length': '10',
    'x-size': '20',
  };
  const hints = { completeLength: 40, sizeHeader: 'X-Size', expectedBytes: 30 };

  test.each([
    ['Content-Range first', all, hints, { bytes: 40, source: 'content-range' }],
    [
      'then the named header',
      all,
      { ...hints, completeLength: null },
      { bytes: 20, source: 'size-header' },
    ],
    [
      'then the expectation',
      all,
      { ...hints, completeLength: null, sizeHeader: 'x-other' },
      { bytes: 30, source: 'expected' },
    ],
    ['then Content-Length', all, { completeLength: null }, { bytes: 10, source: 'content-length' }],
    ['then nothing', {}, { completeLength: null }, null],
    ['a Content-Range of 0', all, { completeLength: 0 }, { bytes: 0, source: 'content-range' }],
    [
      'an expectation of 0',
      {},
      { completeLength: null, expectedBytes: 0 },
      { bytes: 0, source: 'expected' },
    ],
    [
      'Content-Length of `identity`',
      { 'content-length': '10', 'content-encoding': 'Identity' },
      { completeLength: null },
      { bytes: 10, source: 'content-length' },
    ],
    ...['gzip', 'br', 'deflate', 'zstd', 'identity, gzip'].map((coding) => {
      const headers = { 'content-length': '10', 'content-encoding': coding };
      return [`no Content-Length of ${coding}`, headers, { completeLength: null }, null] as const;
    }),
    ...['', 'abc', '-5', '1.5', '1e3', '0x10', '10, 10'].map((size) => {
      const named = { completeLength: null, sizeHeader: 'x-size' };
      return [
        `no size header of ${JSON.stringify(size)}`,
        { 'x-size': size },
        named,
        null,
      ] as const;
    }),
    [
      'a size header with blanks around it',
      { 'x-size': '  20 ' },
      { completeLength: null, sizeHeader: 'x-size' },
      { bytes: 20, source: 'size-header' },
    ],
    [
      'no Content-Length without sense',
      { 'content-length': '10, 20' },
      { completeLength: null },
      null,
    ],
  ] as const)('%s', (_, headers, given, total) => {
    expect(totalOf(new Headers(headers), given)).toEqual(total);
  });
});

describe('the share that is loaded', () => {
  test.each([
    [0, null, false, null, null],
    [5, null, false, null, null],
    [0, 10, false, 0, 0],
    [5, 10, false, 0.5, 50],
    [1, 3, false, 1 / 3, 33],
    [2, 3, false, 2 / 3, 66],
    [999, 1000, false, 0.999, 99],
    [9999, 10_000, false, 0.999, 99],
    [10, 10, false, 0.999, 99],
    [0, 0, false, 0, 0],
    [10, 10, true, 1, 100],
    [0, 0, true, 1, 100],
    [5, null, true, 1, 100],
  ])('%i of %s bytes, done: %s, are %s and %s %%', (loaded, total, isDone, progress, percent) => {
    expect(shareOf(loaded, total, isDone)).toEqual({ progress, percent });
  });

  test('percent is exact for every whole percent, and floored between', () => {
    for (let percent = 0; percent < 100; percent += 1) {
      expect(shareOf(percent, 100, false).percent).toBe(percent);
      expect(shareOf(percent * 7 + 6, 700, false).percent).toBe(percent);
    }
  });
});

describe('the rate', () => {
  /** A meter that is fed `[ms since the last sample, bytes since then]` after it was opened. */
  function metered(samples: readonly (readonly [number, number])[], loaded = 0, total = 10_000) {
    const meter = createRateMeter();
    let now = 1_000_000;
    let bytes = loaded;
    meter.open(now, bytes);
    return samples.map(([elapsed, more]) => {
      now += elapsed;
      bytes += more;
      meter.tick(now, bytes);
      const left = meter.secondsLeft(total);
      return [meter.bytesPerSecond(), left && Math.round(left * 10) / 10];
    });
  }

  test.each<[string, readonly (readonly [number, number])[], readonly (number | null)[]]>([
    [
      'is nothing in the first 500 ms',
      [
        [250, 500],
        [249, 500],
      ],
      [null, null],
    ],
    [
      'is then the average of them',
      [
        [250, 0],
        [250, 1000],
      ],
      [null, 2000],
    ],
    ['is known at the first late tick', [[5000, 1000]], [200]],
    [
      'stays where it is while bytes come evenly',
      [
        [500, 500],
        [250, 250],
        [250, 250],
      ],
      [1000, 1000, 1000],
    ],
    [
      'is halfway to a new rate after 2 s',
      [
        [500, 500],
        [2000, 6000],
      ],
      [1000, 2000],
    ],
    [
      'is so in eight steps too',
      [[500, 500], ...Array.from({ length: 8 }, () => [250, 750] as const)],
      [1000, 1166, 1318, 1458, 1586, 1703, 1811, 1909, 2000],
    ],
    [
      'halves in 2 s without a byte',
      [
        [500, 500],
        [2000, 0],
        [2000, 0],
      ],
      [1000, 500, 250],
    ],
    [
      'does not care how late a tick is',
      [
        [500, 500],
        [60_000, 60_000],
      ],
      [1000, 1000],
    ],
    [
      'takes no sample in no time',
      [
        [500, 500],
        [0, 1000],
        [-5, 0],
      ],
      [1000, 1000, 1000],
    ],
  ])('%s', (_, samples, rates) => {
    expect(metered(samples).map(([rate]) => rate)).toEqual(rates);
  });

  test.each<[string, readonly (readonly [number, number])[], number, readonly (number | null)[]]>([
    [
      'is what is left at that rate',
      [
        [500, 500],
        [250, 250],
      ],
      10_000,
      [9.5, 9.3],
    ],
    ['is unknown while the rate is', [[250, 250]], 10_000, [null]],
    [
      'is unknown after 2 s without a byte',
      [
        [500, 500],
        [1999, 0],
        [1, 0],
      ],
      10_000,
      [9.5, 19, null],
    ],
    [
      'is known again with the next byte',
      [
        [500, 500],
        [4000, 0],
        [250, 250],
      ],
      10_000,
      [9.5, null, 29.6],
    ],
    [
      'is unknown at less than a byte a second',
      [
        [500, 0],
        [250, 0],
      ],
      10_000,
      [null, null],
    ],
    ['is never below 0', [[500, 1000]], 400, [0]],
  ])('the time left %s', (_, samples, total, seconds) => {
    expect(metered(samples, 0, total).map(([, left]) => left)).toEqual(seconds);
  });

  test('the time left is unknown without a total', () => {
    const meter = createRateMeter();
    meter.open(0, 0);
    meter.tick(1000, 1000);
    expect([meter.bytesPerSecond(), meter.secondsLeft(null)]).toEqual([1000, null]);
  });

  test('what was loaded before it was opened is not part of it', () => {
    expect(metered([[500, 500]], 1_000_000)[0]?.[0]).toBe(1000);
  });

  test('is nothing after `close()`, and begins anew with `open()`', () => {
    const meter = createRateMeter();
    meter.open(0, 0);
    meter.tick(1000, 1000);
    meter.close();
    expect([meter.bytesPerSecond(), meter.secondsLeft(2000)]).toEqual([null, null]);
    meter.tick(2000, 5000);
    expect(meter.bytesPerSecond()).toBeNull();
    meter.open(3_600_000, 1000);
    meter.tick(3_600_250, 1500);
    expect(meter.bytesPerSecond()).toBeNull();
    meter.tick(3_600_500, 2000);
    expect(meter.bytesPerSecond()).toBe(2000);
  });
});
